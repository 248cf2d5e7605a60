import { join } from 'node:path';
import { createModelPrompting, type Toolset } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { adapterFromParameters } from '../../packages/trainer/src/adapter/adapter.js';
import { manifestPrompt } from '../../packages/trainer/src/adapter/manifest-prompt.js';
import { writeAdapterBundle } from '../../packages/trainer/src/adapter/write-bundle.js';
import { openBase } from '../../packages/trainer/src/model/open-base.js';
import { readModelConfig } from '../../packages/trainer/src/model/read-model-config.js';
import { randomAdapter } from '../../packages/trainer/test/random-adapter.js';

const rank = 16;

/** Adapters of random weights, large enough that each answers in its own way. @returns their folders, by name */
export async function writeRandomAdapters(
  folder: string,
  basePath: string,
  toolset: Toolset,
  count: number,
): Promise<Record<string, string>> {
  const base = await openBase(basePath);
  const config = readModelConfig(base);
  const format = { tools: 'none', callFormat: 'json-in-tags', system: 'You call tools.' } as const;
  const prompting = createModelPrompting(base.metadata, { format, toolset });
  const folders: Record<string, string> = {};
  for (let seed = 1; seed <= count; seed++) {
    const adapter = adapterFromParameters(config, randomAdapter(config, rank, 0.02, seed), { rank, alpha: 32 });
    const name = `random-${seed}`;
    folders[name] = join(folder, name);
    await writeAdapterBundle(folders[name], {
      weights: { adapter },
      ...{ config, baseModel: null, toolset },
      manifest: {
        createdBy: 'bench',
        base: { id: 'base', sha256: await fileSha256(basePath), architecture: config.architecture },
        prompt: manifestPrompt(format, prompting),
        grounding: {},
        training: {
          ...{ seed, rows: 1, validationRows: 0, dataSha256: [], epochs: 1, batchSize: 1, learningRate: 1 },
          ...{ warmupFraction: 0, weightDecay: 0, maxGradientNorm: 1, steps: 1, trainLoss: 0, validationLoss: null },
        },
      },
    });
  }
  return folders;
}
