import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModelPrompting, type ModelPrompting, type Toolset } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { adapterFromParameters } from '../../trainer/src/adapter/adapter.js';
import { manifestPrompt } from '../../trainer/src/adapter/manifest-prompt.js';
import { writeAdapterBundle, writeIntentBundle } from '../../trainer/src/adapter/write-bundle.js';
import { openGguf } from '../../trainer/src/model/gguf-reader.js';
import type { ModelConfig } from '../../trainer/src/model/model-config.js';
import { randomAdapter } from '../../trainer/test/random-adapter.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';

/** A random base model of 80,000 weights, and adapters for it that answer each in their own way. */
export interface RandomAdapters {
  basePath: string;
  /** Writes an adapter that calls tools, over one that is there. @returns its folder */
  writeTools(name: string, toolset: Toolset, seed: number): Promise<string>;
  /** Writes an adapter that names intents. @returns its folder */
  writeIntents(name: string, intents: readonly string[], seed: number): Promise<string>;
  /** Path of a file or folder beside them. */
  path(name: string): string;
  remove(): Promise<void>;
}

const training = {
  ...{ seed: 1, rows: 1, validationRows: 0, dataSha256: [], epochs: 1, batchSize: 1, learningRate: 1 },
  ...{ warmupFraction: 0, weightDecay: 0, maxGradientNorm: 1, steps: 1, trainLoss: 1, validationLoss: null },
};

/** @param baseSeed Decides the base's weights. */
export async function createRandomAdapters({ baseSeed = 1 } = {}): Promise<RandomAdapters> {
  const folder = await mkdtemp(join(tmpdir(), 'tooltune-pool-'));
  const basePath = join(folder, 'model.gguf');
  const config = await writeTinyModel(basePath, { contextLength: 1024, seed: baseSeed });
  const sha256 = await fileSha256(basePath);
  const { metadata } = await openGguf(basePath);
  const format = { tools: 'none', callFormat: 'json-in-tags', system: null } as const;
  const prompting = createModelPrompting(metadata, { format, toolset: { tools: [] } });
  const common = (seed: number) => ({
    weights: { adapter: randomWeights(config, seed) },
    ...{ config, baseModel: null },
  });
  const described = { createdBy: 'test 1.0.0', base: { id: 'tiny', sha256, architecture: 'llama' }, training };
  return {
    basePath,
    async writeTools(name, toolset, seed) {
      const manifest = { ...described, prompt: manifestPrompt(format, prompting), grounding: {} };
      await writeAdapterBundle(join(folder, name), { ...common(seed), toolset, manifest });
      return join(folder, name);
    },
    async writeIntents(name, intents, seed) {
      const labels = intents.map((intent, index) => ({ intent, token: firstToken(prompting) + index }));
      const prompt = manifestPrompt({ system: 'Name the intent.' }, prompting);
      const calibration = { temperature: 1, rows: 4, threshold: null };
      const manifest = { ...described, task: 'intents' as const, prompt, labels, calibration };
      await writeIntentBundle(join(folder, name), { ...common(seed), manifest });
      return join(folder, name);
    },
    path: (name) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function randomWeights(config: ModelConfig, seed: number) {
  return adapterFromParameters(config, randomAdapter(config, 2, 0.5, seed), { rank: 2, alpha: 4 });
}

/** A token from which on all are plain ones. */
function firstToken({ tokenizer }: ModelPrompting): number {
  let token = 0;
  while (tokenizer.isSpecial(token)) token++;
  return token;
}
