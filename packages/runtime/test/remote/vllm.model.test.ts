import { describe, expect, it } from 'vitest';
import { createRemoteToolRuntime } from '../../src/remote/index.js';
import { ask, describeConformance, suiteTools } from './conformance.js';

// A running server: `vllm serve FOLDER --served-model-name home`, of SmolLM2's vocabulary; docs/remote.md says how one was had.
const baseUrl = process.env.TOOLTUNE_VLLM_URL;
/** Folder of a PEFT adapter on the server's machine, where it was started with LoRA on and may load adapters. */
const adapterFolder = process.env.TOOLTUNE_VLLM_ADAPTER;

describe.skipIf(baseUrl === undefined)(
  baseUrl === undefined ? 'vLLM (none is named by TOOLTUNE_VLLM_URL)' : 'vLLM',
  () => {
    const open = (options = {}) =>
      createRemoteToolRuntime({
        ...{ server: 'vllm', baseUrl: baseUrl!, model: 'home', base: 'smollm2-135m', tools: suiteTools, maxTokens: 60 },
        ...options,
      });

    describeConformance('with a grammar', () => open());

    it('writes a call under a JSON Schema', async () => {
      const runtime = await open({ serverConstraint: 'json-schema', toolChoice: 'required', maxTokens: 100 });
      const { calls, malformed } = await runtime.call(ask('turn on the kitchen light'));
      expect([calls.length, malformed]).toEqual([1, false]);
    });

    it.skipIf(adapterFolder === undefined)('loads an adapter, answers with it, and unloads it', async () => {
      const serverAdapter = { name: 'own', path: adapterFolder! };
      const runtime = await open({ serverAdapter, toolChoice: 'required' });
      expect((await runtime.call(ask('turn on the kitchen light'))).calls.length).toBeGreaterThan(0);
      await runtime.dispose();
      const gone = await open({ serverAdapter: { name: 'own' } });
      await expect(gone.call(ask('turn on the kitchen light'))).rejects.toMatchObject({ status: 404 });
    });

    it('refuses a prompt that is too long for it', async () => {
      const runtime = await open();
      const long = runtime.call(ask('light '.repeat(3000)));
      await expect(long).rejects.toMatchObject({ code: 'remote/refused', status: 400 });
    });
  },
);
