import { generateObject, generateText, Output, stepCountIs, streamObject, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandomBase } from '../../../test/random-base.js';
import { createTooltune, type TooltuneLanguageModel } from './index.js';

const room = z.enum(['kitchen', 'bedroom']);
const calls: unknown[] = [];
const tools = {
  set_light: tool({
    description: 'Switch a light.',
    inputSchema: z.object({ room, on: z.boolean() }),
    execute: async (input) => {
      calls.push(input);
      return 'done';
    },
  }),
};
const city = z.object({ name: z.string().max(8), size: z.enum(['small', 'large']) });

const oneCall = { tooltune: { parallelToolCalls: false } };

let base: Awaited<ReturnType<typeof createRandomBase>>;
let model: TooltuneLanguageModel;
beforeAll(async () => {
  // The tests look at warnings themselves.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  base = await createRandomBase();
  model = await createTooltune({ base: base.path, threads: 1, maxTokens: 60 });
});
afterAll(async () => {
  await model?.dispose();
  await base?.remove();
});

describe('createTooltune, with the AI SDK itself', () => {
  it('streams a call in pieces that are its input, runs it and goes on with the result', async () => {
    calls.length = 0;
    const result = streamText({
      ...{ model, tools, toolChoice: 'required' as const, prompt: 'Light!', stopWhen: stepCountIs(2) },
      prepareStep: ({ stepNumber }) => (stepNumber === 0 ? {} : { toolChoice: 'none' as const }),
      providerOptions: oneCall,
    });
    const types: string[] = [];
    let deltas = '';
    for await (const part of result.fullStream) {
      if (types.at(-1) !== part.type) types.push(part.type);
      if (part.type === 'tool-input-delta') deltas += part.delta;
      if (part.type === 'error') throw part.error;
    }
    expect(types.slice(0, 7)).toEqual([
      ...['start', 'start-step', 'tool-input-start', 'tool-input-delta', 'tool-input-end', 'tool-call', 'tool-result'],
    ]);
    expect(calls).toHaveLength(1);
    expect(JSON.parse(deltas)).toEqual(calls[0]);
    const steps = await result.steps;
    expect(steps.map(({ finishReason }) => finishReason)).toEqual([
      'tool-calls',
      expect.stringMatching(/^(stop|length)$/),
    ]);
    expect(steps[1]?.usage.inputTokens).toBeGreaterThan(steps[0]!.usage.inputTokens!);
    expect((await result.totalUsage).outputTokens).toBeGreaterThan(0);
  });

  it('calls the tool that is chosen, and none where there is to be none', async () => {
    const chosen = await generateText({
      model,
      tools,
      toolChoice: { type: 'tool', toolName: 'set_light' },
      providerOptions: oneCall,
      prompt: 'x',
    });
    expect(chosen.toolCalls.map(({ toolName }) => toolName)).toContain('set_light');
    expect(chosen.finishReason).toBe('tool-calls');
    const none = await generateText({ model, tools, toolChoice: 'none', prompt: 'x', maxOutputTokens: 9 });
    expect(none).toMatchObject({ toolCalls: [], usage: { outputTokens: 9 }, finishReason: 'length' });
    expect(none.text).not.toBe('');
  });

  it('makes objects of a schema, whole, in pieces and without a schema', async () => {
    const { object } = await generateObject({ model, schema: city, prompt: 'A city' });
    expect(city.parse(object)).toEqual(object);
    const streamed = streamObject({ model, schema: city, prompt: 'A city' });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(JSON.parse(text)).toEqual(object);
    expect(await streamed.object).toEqual(object);
    const any = await generateObject({ model, output: 'no-schema', prompt: 'x', maxOutputTokens: 20 });
    expect(any.object).toBeTypeOf('object');
    const choice = await generateObject({ model, output: 'enum', enum: ['yes', 'no'], prompt: 'x' });
    expect(['yes', 'no']).toContain(choice.object);
  });

  it('calls tools first and answers in JSON after, where both are wanted', async () => {
    const result = await generateText({
      ...{
        model,
        tools,
        prompt: 'x',
        providerOptions: oneCall,
        stopWhen: stepCountIs(2),
        output: Output.object({ schema: city }),
      },
    });
    expect(result.steps[0]!.toolCalls.length).toBeGreaterThan(0);
    expect(city.parse(result.output)).toEqual(result.output);
  });

  it('stops when it is aborted', async () => {
    const reason = new Error('enough');
    await expect(generateText({ model, prompt: 'x', abortSignal: AbortSignal.abort(reason) })).rejects.toThrow(
      'enough',
    );
    const controller = new AbortController();
    const types: string[] = [];
    const streamed = streamText({ model, prompt: 'x', maxOutputTokens: 2000, abortSignal: controller.signal });
    for await (const part of streamed.fullStream) {
      types.push(part.type);
      if (part.type === 'text-delta') controller.abort();
    }
    expect(types.at(-1)).toBe('abort');
    expect(types.filter((type) => type === 'text-delta').length).toBeLessThan(50);
    // The sequence is free again.
    expect((await generateText({ model, prompt: 'x', maxOutputTokens: 3 })).usage.outputTokens).toBe(3);
  });

  it('says what it does not have', async () => {
    const result = await generateText({ model, prompt: 'x', maxOutputTokens: 3, topK: 4, stopSequences: ['.'] });
    expect(result.warnings).toEqual(
      ['stopSequences', 'topK'].map((feature) => expect.objectContaining({ type: 'unsupported', feature })),
    );
    const file = { type: 'file' as const, data: 'AA==', mediaType: 'image/png' };
    await expect(generateText({ model, messages: [{ role: 'user', content: [file] }] })).rejects.toThrow(/files/);
    const providerOptions = { tooltune: { constraint: false } };
    await expect(generateText({ model, prompt: 'x', providerOptions })).rejects.toThrow(
      'providerOptions.tooltune.constraint',
    );
  });
});
