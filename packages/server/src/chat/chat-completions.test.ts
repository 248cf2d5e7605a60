import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, createRandomPool, lamp, longTool, type RandomPool, radio } from '../../test/random-server.js';
import type { ListeningServer } from '../index.js';

let random: RandomPool;
let server: ListeningServer;
let client: OpenAI;
let base: string;

beforeAll(async () => {
  random = await createRandomPool();
  server = await random.serve();
  client = clientOf(server);
  base = random.pool.base.id;
});
afterAll(() => random?.remove());

const messages = [{ role: 'user' as const, content: 'lamp on' }];
const asTool = ({ name, description, parameters }: typeof lamp): OpenAI.ChatCompletionTool => ({
  type: 'function',
  function: { name, description: description!, parameters: parameters as Record<string, unknown> },
});
const required = { messages, tool_choice: 'required' as const, parallel_tool_calls: false };

async function refusal(request: unknown): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await client.chat.completions.create(request as never).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OpenAI.APIError) return error;
  throw new Error(`not refused: ${JSON.stringify(request)}`, { cause: error });
}

describe('chat completions', () => {
  it('call a tool of the adapter, whole and as a stream alike', async () => {
    const whole = await client.chat.completions.create({ ...required, model: 'home' });
    expect(whole).toMatchObject({
      object: 'chat.completion',
      model: 'home',
      system_fingerprint: /^fp_/ as never,
    } as never);
    const [choice] = whole.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { role: 'assistant', content: null } });
    const [call] = choice!.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(['lamp', 'radio']).toContain(call!.function.name);
    expect(['on', 'off']).toContain(JSON.parse(call!.function.arguments).state);
    const { usage } = whole;
    expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens);

    const stream = client.chat.completions.stream({
      ...{ ...required, model: 'home' },
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const streamed = await stream.finalChatCompletion();
    const [streamedCall] = streamed.choices[0]!.message.tool_calls!;
    expect(streamedCall).toMatchObject({ function: call!.function });
    expect(streamed.choices[0]!.finish_reason).toBe('tool_calls');
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: usage!.completion_tokens } });
    expect(chunks.at(-1)).toHaveProperty('timings.total_ms');
    // The arguments come in pieces, and nothing but their text.
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(pieces[0]).toMatchObject({ index: 0, id: streamedCall!.id, type: 'function' });
    expect(pieces.map((piece) => piece.function!.arguments).join('')).toBe(call!.function.arguments);
  });

  it('call the tools of each request, of the bare base and of an adapter', async () => {
    const nameOf = async (model: string, tools: OpenAI.ChatCompletionTool[], more: object = {}) => {
      const { choices } = await client.chat.completions.create({ ...required, model, tools, ...more });
      return (choices[0]!.message.tool_calls ?? []).map(
        (call) => (call as { function: { name: string } }).function.name,
      );
    };
    expect(await nameOf('home', [asTool(radio)])).toEqual(['radio']);
    expect(await nameOf(base, [asTool({ ...lamp, name: 'door' })])).toEqual(['door']);
    const both = [asTool(lamp), asTool(radio)];
    const chosen = { type: 'function', function: { name: 'radio' } };
    expect(await nameOf('home', both, { tool_choice: chosen })).toEqual(['radio']);
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'lamp' } }] };
    expect(await nameOf('home', both, { tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })).toEqual([
      'lamp',
    ]);
    expect(await nameOf('home', both, { tool_choice: 'none', max_tokens: 3 })).toEqual([]);
    for (const { name } of [lamp, radio]) {
      const one = { mode: 'required', tools: [{ type: 'function', function: { name } }] };
      const own = { tools: undefined, tool_choice: { type: 'allowed_tools', allowed_tools: one } };
      expect(await nameOf('home', [], own)).toEqual([name]);
    }
    const asJson = { tools: undefined, response_format: { type: 'json_object' } };
    expect(await nameOf('home', [], asJson)).toHaveLength(1);
    expect(await refusal({ ...required, model: 'home', tools: [asTool({ ...lamp, name: 'door' })] })).toMatchObject({
      status: 400,
      code: 'runtime/other-tools',
    });
  });

  it('answer in JSON by a schema, after the calls where there are tools', async () => {
    const schema = {
      ...{ type: 'object', properties: { mood: { enum: ['good', 'bad'] }, sure: { type: 'boolean' } } },
      ...{ required: ['mood', 'sure'], additionalProperties: false },
    };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'mood', schema, strict: true } };
    const asked = { model: base, messages, response_format };
    const { choices } = await client.chat.completions.create(asked);
    expect(JSON.parse(choices[0]!.message.content!)).toEqual({
      mood: expect.stringMatching(/^(good|bad)$/),
      sure: expect.any(Boolean),
    });
    const tools = [asTool(lamp)];
    const first = await client.chat.completions.create({ ...asked, tools });
    expect(first.choices[0]!.finish_reason).toBe('tool_calls');
    const said = first.choices[0]!.message;
    const results = said.tool_calls!.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'done' }));
    const second = await client.chat.completions.create({ ...asked, tools, messages: [...messages, said, ...results] });
    expect(JSON.parse(second.choices[0]!.message.content!)).toHaveProperty('mood');
  });

  it('tell each token with its log-probability, those of calls too', async () => {
    const asked = { ...required, model: 'home', logprobs: true, top_logprobs: 3 };
    const { choices, usage } = await client.chat.completions.create(asked);
    const tokens = choices[0]!.logprobs!.content! as (OpenAI.ChatCompletionTokenLogprob & { forced?: true })[];
    const text = Buffer.from(tokens.flatMap(({ bytes }) => bytes!)).toString();
    const call = choices[0]!.message.tool_calls![0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    expect(text).toContain(call.function.arguments);
    expect(tokens.filter(({ forced }) => forced)).toHaveLength(
      (usage as unknown as { completion_tokens_details: { forced_tokens: number } }).completion_tokens_details
        .forced_tokens,
    );
    const chosen = tokens.filter(({ forced }) => !forced);
    expect(chosen.length).toBeGreaterThan(0);
    for (const { logprob, token, top_logprobs: top } of chosen) {
      expect(top.length).toBeLessThanOrEqual(3);
      expect(top[0]).toMatchObject({ token, logprob });
    }
    const stream = client.chat.completions.stream({ ...asked, stream: true });
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]!.logprobs!.content).toEqual(tokens);
    const plain = await client.chat.completions.create({ ...required, model: 'home' });
    expect(plain.choices[0]!.logprobs).toBeNull();
  });

  it('draw by temperature and seed, and end at the budget', async () => {
    const draw = async (seed: number, top_p = 1) => {
      const asked = { model: base, messages, max_tokens: 5, temperature: 2, seed, top_p };
      const { choices } = await client.chat.completions.create(asked);
      return choices[0]!.message.content;
    };
    expect(await draw(1)).toBe(await draw(1));
    expect(new Set([await draw(1), await draw(2), await draw(3)]).size).toBeGreaterThan(1);
    expect(await draw(1, 1e-9)).toBe(await draw(2, 1e-9));
    const cut = await client.chat.completions.create({ model: base, messages, max_completion_tokens: 2 });
    expect(cut).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 2 } });
  });

  const call = { id: '1', type: 'function', function: { name: 'lamp', arguments: '{' } };
  const deepCall = { ...call, function: { name: 'lamp', arguments: `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` } };
  const deepSchema = Array.from({ length: 4000 }).reduce<object>((inner) => ({ not: inner }), {});
  const deepFormat = { type: 'json_schema', json_schema: { name: 'x', schema: deepSchema } };
  const namedDoor = { type: 'function', function: { name: 'door' } };
  const image = { type: 'image_url', image_url: { url: 'x' } };
  const tooLong = [{ role: 'user', content: 'a b '.repeat(3000) }];
  const strange = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'strange' } } };
  it.each<[name: string, request: object, status: number, code: string, param: string | null]>([
    ['an unknown model', { model: 'gpt-9' }, 404, 'model_not_found', 'model'],
    ['a classifier', { model: 'classes' }, 400, 'invalid_request', 'model'],
    ['no messages', { messages: [] }, 400, 'invalid_request', 'messages'],
    ['a role', { messages: [{ role: 'robot', content: 'x' }] }, 400, 'invalid_request', 'messages[0].role'],
    ['a content', { messages: [{ role: 'user', content: 3 }] }, 400, 'invalid_request', 'messages[0].content'],
    ['an image', { messages: [{ role: 'user', content: [image] }] }, 400, 'invalid_request', 'messages[0].content[0]'],
    [
      'arguments that are no JSON',
      { messages: [...messages, { role: 'assistant', tool_calls: [call] }] },
      ...([400, 'invalid_request', 'messages[1].tool_calls[0].function.arguments'] as const),
    ],
    ['two answers', { n: 2 }, 400, 'unsupported_parameter', 'n'],
    ['stop sequences', { stop: ['x'] }, 400, 'unsupported_parameter', 'stop'],
    ['top_logprobs alone', { top_logprobs: 3 }, 400, 'invalid_request', 'top_logprobs'],
    ['a temperature', { temperature: -1 }, 400, 'invalid_request', 'temperature'],
    [
      'parameters that are no schema',
      { tools: [{ type: 'function', function: { name: 'lamp', parameters: 7 } }] },
      ...([400, 'invalid_request', 'tools[0].function.parameters'] as const),
    ],
    [
      'a choice that is no tool',
      { tools: [asTool(lamp)], tool_choice: { type: 'function', function: { name: 'x' } } },
      ...([400, 'invalid_request', 'tool_choice'] as const),
    ],
    [
      'a choice that is none of the adapter’s tools',
      { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [namedDoor] } } },
      ...([400, 'invalid_request', 'tool_choice'] as const),
    ],
    ['a call where there are no tools', { tools: [], tool_choice: 'required' }, 400, 'invalid_request', 'tool_choice'],
    ['a name that is no text', { tools: [asTool({ ...lamp, name: 'a\ud800' })] }, 400, 'json/not-canonical', null],
    ['a schema that is nested too deep', { response_format: deepFormat }, 400, 'invalid_request', null],
    [
      'arguments that are nested too deep',
      { messages: [...messages, { role: 'assistant', tool_calls: [deepCall] }] },
      ...([400, 'invalid_request', 'messages[1].tool_calls[0].function.arguments'] as const),
    ],
    ['two tools of one name', { tools: [asTool(lamp), asTool(lamp)] }, 400, 'toolset/invalid', null],
    ['more than the context holds', { messages: tooLong }, 400, 'context_length_exceeded', 'messages'],
    [
      'more than the context holds, before a call',
      { messages: tooLong, tool_choice: 'required' },
      ...([400, 'context_length_exceeded', 'messages'] as const),
    ],
    [
      'more than the context holds, before an answer by a schema',
      { messages: tooLong, response_format: { type: 'json_object' }, tool_choice: 'none' },
      ...([400, 'context_length_exceeded', 'messages'] as const),
    ],
    ['a schema that is none', { response_format: strange }, 400, 'constraint/invalid-schema', null],
  ])('refuse %s', async (_name, request, status, code, param) => {
    for (const stream of [false, true]) {
      expect(await refusal({ model: 'home', messages, ...request, stream })).toMatchObject({ status, code, param });
    }
  });

  it('end when the client leaves, and the model answers the next', async () => {
    const statuses: number[] = [];
    const watched = await random.serve({ onRequest: ({ status }) => statuses.push(status) });
    const asked = { ...required, model: base, tools: [longTool], max_tokens: 900, stream: true as const };
    const stream = await clientOf(watched).chat.completions.create(asked);
    for await (const _ of stream) break;
    await expect.poll(() => statuses).toEqual([499]);
    expect(await (await fetch(`${watched.url}/health`)).json()).toMatchObject({ active: 0 });
    expect((await client.chat.completions.create({ ...required, model: 'home' })).choices).toHaveLength(1);
  });
});
