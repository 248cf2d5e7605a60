import { type AIMessageChunk, HumanMessage, ToolMessage, type UsageMetadata } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandomBase } from '../../../test/random-base.js';
import { finish, refusedCalls, runtimeOf } from '../../../test/streamed-runtime.js';
import { type ChatTooltune, createChatTooltune } from './index.js';

const setLight = tool(async ({ room, on }) => `${room} ${on}`, {
  name: 'set_light',
  description: 'Switch a light.',
  schema: z.object({ room: z.enum(['kitchen', 'bedroom']), on: z.boolean() }),
});
const city = z.object({ name: z.string().max(8), size: z.enum(['small', 'large']) });
/** LangChain's type of this is never under exactOptionalPropertyTypes. */
const usage = (message: AIMessageChunk) => message.usage_metadata as unknown as UsageMetadata;
const settings = { tool_choice: 'required', parallel_tool_calls: false };

let base: Awaited<ReturnType<typeof createRandomBase>>;
let model: ChatTooltune;
beforeAll(async () => {
  base = await createRandomBase();
  model = await createChatTooltune({ base: base.path, threads: 1, maxTokens: 60 });
});
afterAll(async () => {
  await model?.dispose();
  await base?.remove();
});

describe('ChatTooltune, with LangChain itself', () => {
  it('answers with a call of a bound tool, which runs, and goes on with the result', async () => {
    const bound = model.bindTools([setLight], settings);
    const human = new HumanMessage('Light!');
    const message = await bound.invoke([human]);
    const [call] = message.tool_calls!;
    expect(call).toMatchObject({ name: 'set_light', id: expect.stringMatching(/^call_/) });
    expect(usage(message).total_tokens).toBe(usage(message).input_tokens + usage(message).output_tokens);
    expect(message.response_metadata.finish_reason).toBe('tool_calls');
    const result: ToolMessage = await setLight.invoke({ ...call!, type: 'tool_call' });
    expect(ToolMessage.isInstance(result)).toBe(true);
    const next = await bound.invoke([human, message, result], { tool_choice: 'none' });
    expect(next.tool_calls).toEqual([]);
    expect(next.text).not.toBe('');
    expect(usage(next).input_tokens).toBeGreaterThan(usage(message).input_tokens);
  });

  it('streams calls in pieces, which joined are what invoke gives', async () => {
    const bound = model.bindTools([setLight], settings);
    let whole: AIMessageChunk | undefined;
    let pieces = 0;
    for await (const chunk of await bound.stream('Light!')) {
      pieces += chunk.tool_call_chunks?.length ?? 0;
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    expect(pieces).toBeGreaterThan(2);
    const [invoked] = (await bound.invoke('Light!')).tool_calls!;
    expect(whole!.tool_calls).toEqual([{ ...invoked, id: expect.any(String) }]);
  });

  it('takes tools as OpenAI writes them, and says what is no tool', async () => {
    const parameters = { type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'] };
    const bound = model.bindTools([{ type: 'function', function: { name: 'lamp', parameters } }], {
      tool_choice: 'lamp',
    });
    expect((await bound.invoke('x')).tool_calls![0]!.args).toEqual({ on: expect.any(Boolean) });
    await expect(model.bindTools([{ name: 3 }]).invoke('x')).rejects.toThrow('no tool of LangChain');
  });

  it('gives structured output of Zod and JSON Schema, with the raw message where it is wanted', async () => {
    const object = await model.withStructuredOutput(city).invoke('A city');
    expect(city.parse(object)).toEqual(object);
    const schema = z.toJSONSchema(city);
    const { raw, parsed } = await model.withStructuredOutput(schema, { includeRaw: true }).invoke('A city');
    expect(city.parse(parsed)).toEqual(JSON.parse(raw.text));
    expect(() => model.withStructuredOutput(city, { method: 'functionCalling' })).toThrow('functionCalling');
  });

  it('answers batches, and stops when it is aborted', async () => {
    const answers = await model.batch(['a', 'b', 'c'], { max_tokens: 4 } as object);
    expect(answers.map((answer) => usage(answer).output_tokens)).toEqual([4, 4, 4]);
    const controller = new AbortController();
    const read = async () => {
      for await (const _ of await model.stream('x', { signal: controller.signal, max_tokens: 2000 }))
        controller.abort();
    };
    await expect(read()).rejects.toThrow();
    expect(usage(await model.invoke('x', { max_tokens: 3 })).output_tokens).toBe(3);
  });
});

describe('a call that is refused', () => {
  it.each(refusedCalls)('fails the answer: %s', async (_name, events) => {
    const own = await createChatTooltune(
      runtimeOf(async function* () {
        yield* events;
        yield finish('stop');
      }),
    );
    await expect(own.invoke('x')).rejects.toMatchObject({ code: 'runtime/invalid-answer' });
  });

  it('is no error where the answer was aborted in its midst', async () => {
    const controller = new AbortController();
    const own = await createChatTooltune(
      runtimeOf(async function* () {
        yield* refusedCalls[0]![1].slice(0, 2);
        controller.abort(new Error('enough'));
        yield* refusedCalls[0]![1].slice(2);
        yield finish('aborted');
      }),
    );
    await expect(own.invoke('x', { signal: controller.signal })).rejects.toThrow(/enough|abort/i);
  });
});
