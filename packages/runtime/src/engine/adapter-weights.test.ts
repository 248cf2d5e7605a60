import { join } from 'node:path';
import { parseToolset } from '@tooltune/sdk';
import { expect, it } from 'vitest';
import { createRandomAdapters } from '../../test/random-adapters.js';
import { createLlamaEngine } from './llama-engine.js';
import { leaseModel } from './shared-models.js';

it('frees the weights of an adapter with the last engine that uses them, while the model stays', async () => {
  const files = await createRandomAdapters();
  const adapterPath = join(
    await files.writeTools(
      'tools',
      parseToolset([{ name: 'stop', parameters: { type: 'object', properties: {} } }]),
      1,
    ),
    'adapter.gguf',
  );
  const options = { modelPath: files.basePath, contextSize: 256, threads: 1, adapterPath };
  const lease = await leaseModel(files.basePath);
  // Where node-llama-cpp keeps them: a field of its own, so this also fails when a later version does otherwise.
  const { _loraAdapters: kept } = lease.model as unknown as { _loraAdapters: Map<string, { disposed: boolean }> };
  const engines = [await createLlamaEngine(options), await createLlamaEngine(options)];
  const [weights] = kept.values();
  await engines[0]!.dispose();
  await engines[0]!.dispose();
  expect([kept.size, weights?.disposed]).toEqual([1, false]);
  await engines[1]!.dispose();
  expect([kept.size, weights?.disposed]).toEqual([0, true]);
  await expect(createLlamaEngine({ ...options, adapterPath: files.basePath })).rejects.toMatchObject({
    code: 'engine/adapter-unreadable',
  });
  const again = await createLlamaEngine(options);
  expect(kept.size).toBe(1);
  await again.dispose();
  await lease.release();
  await files.remove();
});
