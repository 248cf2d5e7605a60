import { parseToolset } from '@tooltune/sdk';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBaseFile } from '../../test/remote/base-file.js';
import { ask, checkEvents, collect, content, suiteTools } from '../../test/remote/conformance.js';
import { eventsOf, fixture, kinds, replay } from '../../test/remote/fixtures.js';
import { type ReplayServer, type Reply, type SeenRequest, startReplayServer } from '../../test/remote/replay-server.js';
import type { StreamOptions, ToolStreamEvent } from '../index.js';
import { createRemoteToolRuntime, type RemoteToolRuntimeOptions } from './create-remote-tool-runtime.js';

let base: Awaited<ReturnType<typeof createBaseFile>>;
let server: ReplayServer | undefined;
beforeAll(async () => {
  base = await createBaseFile();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => base.remove());

type Kind = (typeof kinds)[number];

async function open(
  kind: Kind,
  reply: (request: SeenRequest, count: number) => Reply,
  options: Partial<RemoteToolRuntimeOptions> = {},
) {
  await server?.close();
  server = await startReplayServer(reply);
  return createRemoteToolRuntime({
    ...{ server: kind, baseUrl: server.url, model: 'smollm2', base: base.path, tools: suiteTools },
    retry: { backoffMs: 1 },
    ...options,
  });
}

/** The events of a request, and the error that ended it. */
async function run(runtime: Awaited<ReturnType<typeof open>>, request: Partial<StreamOptions> = {}) {
  const events: ToolStreamEvent[] = [];
  try {
    for await (const event of runtime.stream({ messages: ask('light off, then Für Elise'), ...request }))
      events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error: error as { code: string } & Record<string, unknown> };
  }
}

const calls = (events: readonly ToolStreamEvent[]) =>
  events.flatMap((event) => (event.type === 'tool-call' ? [{ name: event.name, arguments: event.arguments }] : []));
const errors = (events: readonly ToolStreamEvent[]) => events.filter((event) => event.type === 'tool-call-error');
const twoCalls = [
  { name: 'set_light', arguments: { room: 'kitchen', state: 'off' } },
  { name: 'play_media', arguments: { title: 'Für Elise 🎹' } },
];

describe.each(kinds)('%s', (kind) => {
  const whole = () => eventsOf(fixture(kind, 'two-calls'));

  it('gives the same events however the bytes are cut, comments between them', async () => {
    const expected = await run(await open(kind, () => ({ pieces: whole() })));
    expect(calls(expected.events)).toEqual(twoCalls);
    checkEvents(expected.events);
    const bytes = new TextEncoder().encode(whole().join(': keep-alive\n\n'));
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const ends = [...places.sort((first, second) => first - second), bytes.length];
        const pieces = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1]!, end));
        const { events } = await run(await open(kind, () => ({ pieces })));
        expect(content(events)).toEqual(content(expected.events));
      }),
      { numRuns: 25 },
    );
  });

  it('ends a stream that is cut off anywhere with an error, and never with a wrong call', async () => {
    const events = whole();
    for (let kept = 1; kept < events.length; kept++) {
      const ending = kept % 2 === 0 ? 'end' : 'destroy';
      const result = await run(await open(kind, () => ({ pieces: events.slice(0, kept), ending })));
      expect(server!.requests.filter(({ path }) => path !== '/lora-adapters')).toHaveLength(1);
      const isWhole = /"(finish_reason":"|stop":true)/.test(events.slice(0, kept).join(''));
      if (isWhole && ending === 'end') expect(result.error).toBeUndefined();
      else expect(result.error).toMatchObject({ code: 'remote/incomplete' });
      expect(twoCalls.slice(0, calls(result.events).length)).toEqual(calls(result.events));
      const starts = result.events.filter(({ type }) => type === 'tool-call-start').length;
      expect(calls(result.events).length + errors(result.events).length).toBeGreaterThanOrEqual(starts);
    }
  });

  it('takes a stream without [DONE] and one whose last line is not ended', async () => {
    const text = whole().join('').replace('data: [DONE]\n\n', '');
    for (const body of [text, text.trimEnd()]) {
      const { events, error } = await run(await open(kind, () => ({ pieces: [body.replaceAll('\n', '\r\n')] })));
      expect(error).toBeUndefined();
      expect(calls(events)).toEqual(twoCalls);
    }
  });

  it('throws what the server tells in the middle, after an error for what was begun', async () => {
    const problem =
      'data: {"error":{"message":"CUDA out of memory","type":"server_error","param":null,"code":500}}\n\n';
    const pieces = [...whole().slice(0, 3), problem, 'data: [DONE]\n\n'];
    const { events, error } = await run(await open(kind, () => ({ pieces })));
    expect(error).toMatchObject({ code: 'remote/server-error', status: 500 });
    expect(String(error)).toContain('CUDA out of memory');
    expect(calls(events)).toEqual([]);
    expect(events.some(({ type }) => type === 'finish')).toBe(false);
  });

  it('tries again after 500, 429 with Retry-After, and a connection that breaks before the answer', async () => {
    const busy: Reply[] = [
      { status: 500, pieces: ['oops'] },
      {
        status: 429,
        headers: { 'retry-after': '0', 'content-type': 'application/json' },
        pieces: ['{"error":{"message":"slow down"}}'],
      },
      { pieces: [], ending: 'destroy' },
    ];
    let count = 0;
    const runtime = await open(kind, () => busy[count++] ?? { pieces: whole() }, {
      retry: { backoffMs: 1, maxRetries: 3 },
    });
    const { events, error } = await run(runtime);
    expect(error).toBeUndefined();
    expect(calls(events)).toEqual(twoCalls);
    expect(server!.requests).toHaveLength(4);
  });

  it('gives up where the server asks to wait too long, refuses, or wants another key', async () => {
    const json = { 'content-type': 'application/json' };
    const cases = [
      { status: 429, headers: { ...json, 'retry-after': '3600' }, code: 'remote/rate-limited', requests: 1 },
      { status: 400, headers: json, code: 'remote/refused', requests: 1 },
      { status: 401, headers: json, code: 'remote/unauthorized', requests: 1 },
      { status: 503, headers: json, code: 'remote/server-error', requests: 3 },
    ];
    for (const { status, headers, code, requests } of cases) {
      const pieces = ['{"error":{"message":"not today"}}'];
      const { events, error } = await run(await open(kind, () => ({ status, headers, pieces })));
      expect(error).toMatchObject({ code, status });
      expect(String(error)).toContain('not today');
      expect(events).toEqual([]);
      expect(server!.requests).toHaveLength(requests);
    }
  });

  it('does not wait for ever: for headers, the first token or the next one', async () => {
    const timeouts = { connectMs: 60, firstTokenMs: 60, idleMs: 60 };
    const replies: [string, Reply][] = [
      ['connect', { pieces: whole(), delayMs: 400 }],
      ['first-token', { pieces: [': ping\n\n', ': ping\n\n'], pauseMs: 20, ending: 'hang' }],
      ['idle', { pieces: whole().slice(0, 4), ending: 'hang' }],
    ];
    for (const [phase, reply] of replies) {
      const runtime = await open(kind, () => reply, { timeouts, retry: { maxRetries: 0 } });
      const { error } = await run(runtime);
      expect(error).toMatchObject({ code: 'remote/timeout', phase });
    }
  });

  it('refuses an answer that is no event stream', async () => {
    const page = { headers: { 'content-type': 'text/html' }, pieces: ['<html>'] };
    expect((await run(await open(kind, () => page))).error).toMatchObject({ code: 'remote/bad-stream' });
    const broken = { pieces: ['data: {"choices": [\n\n'] };
    expect((await run(await open(kind, () => broken))).error).toMatchObject({ code: 'remote/bad-stream' });
  });

  it('ends the answer at the first byte that is not allowed, and closes the connection', async () => {
    const right = fixture(kind, kind === 'openai' ? 'call' : 'two-calls');
    const cases: [string, string, string][] = [
      ['kitchen', 'garage', 'invalid-arguments'],
      ['light"', 'night"', 'unknown-tool'],
    ];
    for (const [allowed, wrong, code] of cases) {
      expect(right).toContain(allowed);
      const pieces = eventsOf(right.replaceAll(allowed, wrong)).slice(0, -2);
      const { events, error } = await run(await open(kind, () => ({ pieces, pauseMs: 2, ending: 'hang' })));
      expect(error).toBeUndefined();
      expect(calls(events)).toEqual([]);
      expect(errors(events)).toHaveLength(1);
      expect(['malformed', code]).toContain(errors(events)[0]!.code);
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
      await expect.poll(() => server!.left).toBe(1);
    }
  });

  it('tells of a call that is required and did not come', async () => {
    const runtime = await open(kind, () => ({ pieces: eventsOf(fixture(kind, 'text')) }));
    const { events } = await run(runtime, { toolChoice: 'required' });
    expect(calls(events)).toEqual([]);
    expect(errors(events)).toHaveLength(1);
    const free = await run(runtime);
    expect(free.events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe(
      "You're welcome 🙂.",
    );
  });

  it('allows one call where several are not wanted', async () => {
    const { events } = await run(await open(kind, () => ({ pieces: whole() }), { parallelCalls: false }));
    expect(calls(events)).toEqual(twoCalls.slice(0, 1));
    expect(errors(events)).toHaveLength(1);
  });

  it('asks validateCall before it tells the arguments', async () => {
    const runtime = await open(kind, () => ({ pieces: whole() }), {
      validateCall: ({ name }) => (name === 'set_light' ? [{ pointer: '/room', message: 'is asleep' }] : []),
    });
    const { events } = await run(runtime);
    expect(calls(events)).toEqual(twoCalls.slice(1));
    expect(errors(events)).toMatchObject([
      { index: 0, code: 'invalid-arguments', problems: [{ pointer: '/arguments/room' }] },
    ]);
    expect(events.filter((event) => event.type === 'arguments-delta' && event.index === 0)).toEqual([]);
  });

  it('checks free answers too', async () => {
    const pieces = eventsOf(fixture(kind, 'two-calls').replaceAll('off', 'dim'));
    const runtime = await open(kind, () => ({ pieces }));
    const { events } = await run(runtime, { constrained: false });
    expect(calls(events)).toEqual(twoCalls.slice(1));
    expect(errors(events)).toMatchObject([{ code: 'invalid-arguments', problems: [{ pointer: '/arguments/state' }] }]);
  });

  it('grounds arguments in the request', async () => {
    const runtime = await open(kind, () => ({ pieces: whole() }), { grounding: { play_media: { title: 'span' } } });
    expect(calls((await run(runtime, { messages: ask('play Für Elise 🎹 in the dark') })).events)).toEqual(twoCalls);
    const { events } = await run(runtime, { messages: ask('play Yellow') });
    expect(calls(events)).toEqual(twoCalls.slice(0, 1));
    expect(errors(events)).toMatchObject([{ name: 'play_media', code: 'invalid-arguments' }]);
  });

  it('refuses what needs logits', async () => {
    const runtime = await open(kind, () => ({ pieces: whole() }));
    for (const option of [{ alternatives: 4 }, { repairTries: 2 }, { confidence: true }, { tokens: { top: 1 } }]) {
      expect((await run(runtime, option)).error).toMatchObject({ code: 'runtime/bad-options' });
    }
    expect(server!.requests).toEqual([]);
  });
});

describe('a chat server whose budget is spent', () => {
  const spent = (text: string) => eventsOf(text.replace('"finish_reason":"tool_calls"', '"finish_reason":"length"'));

  it('has given a call whose arguments are whole', async () => {
    const runtime = await open('openai', () => ({ pieces: spent(fixture('openai', 'two-calls')) }));
    const { events } = await run(runtime);
    expect(calls(events)).toEqual(twoCalls);
    expect(events.at(-1)).toMatchObject({ type: 'finish' });
  });

  it('has given none of a call that is cut off', async () => {
    const pieces = spent(fixture('openai', 'two-calls'));
    const lastDelta = pieces.findLastIndex((piece) => piece.includes('"arguments"'));
    const runtime = await open('openai', () => ({ pieces: pieces.toSpliced(lastDelta, 1) }));
    const { events } = await run(runtime);
    expect(calls(events)).toEqual(twoCalls.slice(0, 1));
    expect(errors(events)).toMatchObject([{ code: 'incomplete' }]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'length' });
  });
});

describe('requests', () => {
  const asked = async (
    kind: Kind,
    options: Partial<RemoteToolRuntimeOptions> = {},
    request: Partial<StreamOptions> = {},
  ) => {
    const runtime = await open(kind, (seen) => replay(kind, seen), { apiKey: 'secret', ...options });
    await run(runtime, { messages: ask('hello'), ...request });
    const { requests } = server!;
    await runtime.dispose();
    return { requests, last: requests.find(({ path }) => path.endsWith('completions') || path === '/completion')! };
  };

  it('asks llama-server with token ids, a grammar and the adapter by its number', async () => {
    const { last, requests } = await asked('llama-server', { serverAdapter: 'home.gguf' });
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/lora-adapters' });
    expect(last.headers.authorization).toBe('Bearer secret');
    expect(last.body).toMatchObject({ lora: [{ id: 0, scale: 1 }], stream: true, temperature: 0, n_predict: 512 });
    expect(last.body.prompt.every(Number.isInteger)).toBe(true);
    expect(last.body.grammar).toMatch(/^root ::= /);
    const unknown = open('llama-server', (seen) => replay('llama-server', seen), { serverAdapter: 'office.gguf' });
    await expect(unknown).rejects.toMatchObject({
      code: 'remote/unknown-adapter',
      message: expect.stringContaining('home.gguf'),
    });
  });

  it('loads and unloads an adapter at vLLM and SGLang, and selects it as each wants', async () => {
    const serverAdapter = { name: 'home', path: '/adapters/home' };
    const first = await asked('vllm', { serverAdapter });
    expect(first.requests.map(({ path }) => path)).toEqual([
      '/v1/load_lora_adapter',
      '/v1/completions',
      '/v1/unload_lora_adapter',
    ]);
    expect(first.requests[0]!.body).toEqual({ lora_name: 'home', lora_path: '/adapters/home' });
    expect(first.last.body).toMatchObject({
      model: 'home',
      structured_outputs: { grammar: expect.stringMatching(/^root/) },
    });
    expect(first.last.body.stop_token_ids.length).toBeGreaterThan(0);
    const second = await asked('sglang', { serverAdapter });
    expect(second.requests.map(({ path }) => path)).toEqual([
      '/load_lora_adapter',
      '/v1/completions',
      '/unload_lora_adapter',
    ]);
    expect(second.last.body).toMatchObject({ model: 'smollm2:home', ebnf: expect.stringMatching(/^root/) });
  });

  it('sends one call as a JSON Schema where that is asked for, the tag standing in the prompt', async () => {
    const schema = { serverConstraint: 'json-schema', toolChoice: 'required' } as const;
    const body = eventsOf(fixture('vllm', 'call').replaceAll('<', '').replaceAll('"text":"tool"', '"text":""'));
    expect(body.length).toBeGreaterThan(10);
    const json = [' {', ' "name" :', '"set_light", "arguments": {"room":', ' "kit', 'chen", "state": "o', 'n" } }'];
    const chunk = (text: string, reason: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, text, finish_reason: reason }] })}\n\n`;
    const runtime = await open(
      'vllm',
      () => ({ pieces: [...json.map((text) => chunk(text)), chunk('', 'stop')] }),
      schema,
    );
    const { events } = await run(runtime);
    expect(calls(events)).toEqual([{ name: 'set_light', arguments: { room: 'kitchen', state: 'on' } }]);
    const { structured_outputs, prompt } = server!.requests[0]!.body;
    expect(structured_outputs.json.anyOf).toHaveLength(2);
    await run(await open('vllm', (seen) => replay('vllm', seen)));
    expect(prompt.length).toBeGreaterThan(server!.requests[0]!.body.prompt.length);
    const words = await run(await open('vllm', (seen) => replay('vllm', seen), { serverConstraint: 'json-schema' }));
    expect(words.error).toMatchObject({ code: 'runtime/bad-options' });
  });

  it('asks chat servers with messages and tools, strict where the schema is', async () => {
    const messages = [
      ...ask('light on'),
      { role: 'assistant' as const, content: null, toolCalls: [{ name: 'set_light', arguments: { room: 'kitchen' } }] },
      { role: 'tool' as const, content: 'done' },
      ...ask('and off'),
    ];
    const { last } = await asked(
      'openai',
      { body: { max_tokens: null, user: 'me' } },
      { messages, toolChoice: { name: 'set_light' } },
    );
    expect(last.path).toBe('/chat/completions');
    expect(last.body.tools.map((tool: { function: { strict?: boolean } }) => tool.function.strict)).toEqual([
      true,
      undefined,
    ]);
    expect(last.body).toMatchObject({ tool_choice: { type: 'function', function: { name: 'set_light' } }, user: 'me' });
    expect('max_tokens' in last.body).toBe(false);
    const [, assistant, tool] = last.body.messages;
    expect(tool).toEqual({ role: 'tool', tool_call_id: assistant.tool_calls[0].id, content: 'done' });
    expect(assistant.tool_calls[0].function.arguments).toBe('{"room":"kitchen"}');
  });

  it("keeps the server's ids of calls", async () => {
    const { events } = await run(await open('openai', () => ({ pieces: eventsOf(fixture('openai', 'two-calls')) })));
    const ids = events.flatMap((event) => (event.type === 'tool-call' ? [event.id] : []));
    expect(ids).toEqual(['call_Zp3uX7cN2mQ9sW1kL5vB8tYd', 'call_H4rT6yU8iO0pA2sD4fG6hJ8k']);
  });

  it('tells the counts of the server', async () => {
    const { events } = await run(await open('sglang', () => ({ pieces: eventsOf(fixture('sglang', 'two-calls')) })));
    expect(events.at(-1)).toMatchObject({ usage: { promptTokens: 23, cachedPromptTokens: 12, completionTokens: 29 } });
  });

  it('is made only of options that make sense', async () => {
    const tools = parseToolset([{ name: 'x', parameters: { type: 'object' } }]);
    const baseUrl = 'http://127.0.0.1:1';
    await expect(createRemoteToolRuntime({ server: 'vllm', baseUrl, tools, base: base.path })).rejects.toMatchObject({
      code: 'runtime/bad-options',
    });
    await expect(createRemoteToolRuntime({ server: 'llama-server', baseUrl, tools })).rejects.toMatchObject({
      code: 'runtime/bad-options',
    });
    await expect(createRemoteToolRuntime({ server: 'openai', baseUrl, model: 'x' })).rejects.toMatchObject({
      code: 'runtime/bad-options',
    });
    const nowhere = await createRemoteToolRuntime({
      server: 'openai',
      baseUrl,
      model: 'x',
      tools,
      retry: { maxRetries: 0 },
    });
    await expect(collect(nowhere.stream({ messages: ask('x') }))).rejects.toMatchObject({
      code: 'remote/unreachable',
      retryable: true,
    });
  });
});
