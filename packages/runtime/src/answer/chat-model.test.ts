import { parseToolset, type Tool } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandomAdapters } from '../../test/random-adapters.js';
import { createRandomBase } from '../../test/random-base.js';
import { createAdapterPool } from '../pool/index.js';
import type { ToolStreamEvent } from '../stream/index.js';
import { createToolRuntime } from '../tool-runtime/index.js';
import { type ChatModel, type ChatRequest, checkToolsFit, createChatModel } from './index.js';

const tool = (name: string, ...names: string[]): Tool => ({
  name,
  parameters: {
    type: 'object',
    properties: Object.fromEntries(names.map((property) => [property, { enum: ['on', 'off'] }])),
    required: names,
  },
});
const lamp = tool('lamp', 'state');
const radio = tool('radio', 'state');
const messages = [{ role: 'user' as const, content: 'x' }];

let base: Awaited<ReturnType<typeof createRandomBase>>;
beforeAll(async () => {
  base = await createRandomBase();
});
afterAll(() => base?.remove());

async function ask(model: ChatModel, request: Partial<ChatRequest>) {
  const events: ToolStreamEvent[] = [];
  for await (const event of model.stream({ messages, ...request })) events.push(event);
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.name] : []));
  const finish = events.at(-1);
  if (finish?.type !== 'finish') throw new Error('no finish');
  return { text, calls, finish };
}

describe.each<[string, () => Promise<ChatModel & { end?: () => Promise<void> }>]>([
  ['options', () => createChatModel({ base: base.path, threads: 1, maxTokens: 60 })],
  [
    'a runtime',
    async () => {
      const runtime = await createToolRuntime({
        ...{ base: base.path, tools: { tools: [lamp], fingerprint: '' }, threads: 1, maxTokens: 60 },
      });
      return { ...(await createChatModel(runtime)), end: () => runtime.dispose() };
    },
  ],
  [
    'the bare base of a pool',
    async () => {
      const pool = await createAdapterPool({ base: base.path, threads: 1 });
      return { ...(await createChatModel({ pool, name: null })), end: () => pool.dispose() };
    },
  ],
])('createChatModel of %s', (_name, create) => {
  let model: Awaited<ReturnType<typeof create>>;
  beforeAll(async () => {
    model = await create();
  });
  afterAll(async () => {
    await model?.dispose();
    await model?.end?.();
  });

  it('calls the tools of each request, and none where it has none', async () => {
    const required = { toolChoice: 'required' as const, parallelCalls: false };
    expect((await ask(model, { ...required, tools: [lamp] })).calls).toEqual(['lamp']);
    expect((await ask(model, { ...required, tools: [radio] })).calls).toEqual(['radio']);
    const chosen = await ask(model, { tools: [lamp, radio], toolChoice: { name: 'radio' }, parallelCalls: false });
    expect(chosen).toMatchObject({ calls: ['radio'], finish: { reason: 'tool-calls' } });
    expect(await ask(model, { tools: [], maxTokens: 5 })).toMatchObject({ calls: [], finish: { reason: 'length' } });
  });

  it('answers in JSON by the schema of the request', async () => {
    const schema = {
      type: 'object',
      properties: { a: { enum: [1, 2] }, b: { type: 'boolean' } },
      required: ['a', 'b'],
    };
    const { text, finish } = await ask(model, { schema, maxTokens: 60 });
    expect(JSON.parse(text)).toEqual({ a: expect.any(Number), b: expect.any(Boolean) });
    expect(finish).toMatchObject({ reason: 'stop', usage: { forcedTokens: expect.any(Number) } });
    expect(JSON.parse((await ask(model, { schema: true, maxTokens: 20 })).text)).toBeTypeOf('object');
    await expect(ask(model, { schema, maxTokens: 2 })).rejects.toMatchObject({ code: 'constraint/budget' });
    await expect(ask(model, { schema, constrained: false })).rejects.toMatchObject({ code: 'runtime/bad-options' });
  });

  it('ends between two tokens when it is aborted', async () => {
    const controller = new AbortController();
    const events: string[] = [];
    for await (const event of model.stream({ messages, tools: [], maxTokens: 500, signal: controller.signal })) {
      events.push(event.type === 'finish' ? event.reason : event.type);
      controller.abort();
    }
    expect(events).toEqual(['text-delta', 'aborted']);
  });
});

describe('a chat model of an adapter', () => {
  let adapters: Awaited<ReturnType<typeof createRandomAdapters>>;
  let folder: string;
  beforeAll(async () => {
    adapters = await createRandomAdapters();
    folder = await adapters.writeTools('home', parseToolset([lamp, radio]), 1);
  });
  afterAll(() => adapters?.remove());

  it.each([
    ['options', false],
    ['a pool', true],
  ])('takes tools of its toolset in the prompt that it was trained on, of %s', async (_name, isPooled) => {
    const base = adapters.basePath;
    const pool = isPooled ? await createAdapterPool({ base, adapters: { home: folder }, threads: 1 }) : undefined;
    const model = await createChatModel(pool ? { pool, name: 'home' } : { base, adapter: folder, threads: 1 });
    try {
      expect(model.adapter?.manifest.base.id).toBe('tiny');
      expect(model.tools.map(({ name }) => name)).toEqual(['lamp', 'radio']);
      const required = { toolChoice: 'required' as const, parallelCalls: false };
      const all = await ask(model, required);
      expect(all.calls).toHaveLength(1);
      for (const one of model.tools) {
        const some = await ask(model, { ...required, tools: [one] });
        expect(some.calls).toEqual([one.name]);
        expect(some.finish.usage.promptTokens).toBe(all.finish.usage.promptTokens);
      }
      const { text } = await ask(model, { schema: { enum: ['yes', 'no'] } });
      expect(['yes', 'no']).toContain(JSON.parse(text));
      await expect(ask(model, { tools: [tool('door')] })).rejects.toMatchObject({ code: 'runtime/other-tools' });
    } finally {
      await model.dispose();
      await pool?.dispose();
    }
  });

  it('answers with its own toolset only where something is wrapped around its runtime', async () => {
    const runtime = await createToolRuntime({ base: adapters.basePath, adapter: folder, threads: 1 });
    try {
      let seen = 0;
      const counted = runtime.withStream((stream) => (request) => {
        seen++;
        return stream(request);
      });
      const wrapped = { ...runtime, ...counted };
      const model = await createChatModel(wrapped);
      const required = { toolChoice: 'required' as const, maxTokens: 60 };
      expect((await ask(model, required)).calls.length).toBeGreaterThan(0);
      expect((await ask(model, { ...required, tools: [lamp, radio] })).calls.length).toBeGreaterThan(0);
      expect(seen).toBe(2);
      await expect(ask(model, { schema: true })).rejects.toThrow('own toolset only');
    } finally {
      await runtime.dispose();
    }
  });
});

describe('checkToolsFit', () => {
  it('takes tools of the adapter, and says what it does not know', () => {
    expect(() => checkToolsFit([lamp], [lamp, radio], 'my-adapter')).not.toThrow();
    expect(() => checkToolsFit([], [lamp], 'my-adapter')).not.toThrow();
    expect(() => checkToolsFit([tool('door'), tool('lamp', 'state', 'hue')], [lamp, radio], 'my-adapter')).toThrow(
      'it does not know the tool "door"; its tool "lamp" has no hue. It was trained for lamp, radio',
    );
  });
});
