import { type AdapterPool, createAdapterPool, createToolRuntime } from '@tooltune/runtime';
import { createRemoteToolRuntime } from '@tooltune/runtime/remote';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, collect, content, describeConformance, suiteTools } from '../../runtime/test/remote/conformance.js';
import { createServer, type ListeningServer, listen } from '../src/index.js';

const model = 'smollm2-135m';
const engine = { base: model, contextSize: 1024, threads: 1, maxTokens: 60 };
const settings = { tools: suiteTools, maxTokens: 60 };

describe('a runtime on a tooltune server', () => {
  let pool: AdapterPool;
  let server: ListeningServer;
  beforeAll(async () => {
    pool = await createAdapterPool({ ...engine, sequences: 3 });
    server = await listen(createServer({ pool }), { port: 0 });
  });
  afterAll(async () => {
    await server?.close();
    await pool?.dispose();
  });
  const open = () => createRemoteToolRuntime({ server: 'openai', baseUrl: `${server.url}/v1`, model, ...settings });

  describeConformance('is like any other', open);

  it('says what the engine in this process says', async () => {
    const local = await createToolRuntime({ ...engine, ...settings });
    const remote = await open();
    for (const request of ['turn on the kitchen light', 'play Für Elise', 'thank you']) {
      const calls = async (runtime: typeof local) =>
        content(await collect(runtime.stream({ messages: ask(request) }))).filter(({ type }) => type !== 'text-delta');
      expect(await calls(remote)).toEqual(await calls(local));
    }
    await local.dispose();
  });
});
