import { resolveBaseModel } from '@tooltune/sdk/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToolRuntime } from '../../src/index.js';
import { createRemoteToolRuntime } from '../../src/remote/index.js';
import { ask, collect, content, describeConformance, suiteTools } from './conformance.js';
import { findLlamaServer, startLlamaServer } from './llama-server.js';

const settings = { tools: suiteTools, base: 'smollm2-135m', maxTokens: 60 } as const;

describeConformance('node-llama-cpp, in this process', () =>
  createToolRuntime({ ...settings, contextSize: 1024, threads: 1 }),
);

const program = findLlamaServer();
const missing = 'no llama-server: set TOOLTUNE_LLAMA_SERVER, or run scripts/build-llama-server.mjs';

describe.skipIf(program === undefined)(program === undefined ? `llama-server (${missing})` : 'llama-server', () => {
  let server: Awaited<ReturnType<typeof startLlamaServer>>;
  beforeAll(async () => {
    const { path } = await resolveBaseModel(settings.base);
    server = await startLlamaServer(program!, { '-m': path, '-c': 2048, '-np': 1 });
  });
  afterAll(() => server?.stop());
  const open = (options = {}) =>
    createRemoteToolRuntime({ server: 'llama-server', baseUrl: server.url, ...settings, ...options });

  describeConformance('with a grammar', () => open());

  it('says what the engine in this process says', async () => {
    const local = await createToolRuntime({ ...settings, contextSize: 1024, threads: 1 });
    const remote = await open();
    for (const request of ['turn on the kitchen light', 'play Für Elise', 'bedroom light off please']) {
      const asked = { messages: ask(request), toolChoice: { name: 'set_light' } } as const;
      const names = (events: Awaited<ReturnType<typeof collect>>) =>
        content(events).filter(({ type }) => type === 'tool-call');
      expect(names(await collect(remote.stream(asked)))).toEqual(names(await collect(local.stream(asked))));
    }
    await local.dispose();
  });

  it('writes a call under a JSON Schema', async () => {
    const runtime = await open({ serverConstraint: 'json-schema', toolChoice: 'required', maxTokens: 100 });
    const { calls, malformed } = await runtime.call(ask('turn on the kitchen light'));
    expect([calls.length, malformed]).toEqual([1, false]);
  });

  it('may be told nothing, and what is wrong is found here', async () => {
    const runtime = await open({ serverConstraint: 'none', toolChoice: 'required' });
    const answer = await runtime.call(ask('What is the capital of France?'));
    expect([answer.calls, answer.malformed]).toEqual([[], true]);
  });

  it('refuses a prompt that is too long for it', async () => {
    const runtime = await open();
    await expect(runtime.call(ask('light '.repeat(3000)))).rejects.toMatchObject({
      code: 'remote/refused',
      status: 400,
    });
  });
});
