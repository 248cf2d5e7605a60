import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainAdapterOptions } from '@tooltune/trainer';
import type { OpenedCase } from './case-folder.js';

/** Ours: with the base's weights as float32, as the peer; as the blocks of its file; and with activations made again. */
export type Variant = 'lora' | 'qlora' | 'qlora-checkpointing';

/** How a case is trained; the output folder is emptied. */
export async function trainingOptions(
  folder: string,
  { settings, toolset, examples }: OpenedCase,
  variant: Variant,
): Promise<TrainAdapterOptions> {
  const { base, format, hyperparameters, seed, threads, maxTokensPerPass } = settings;
  const output = join(folder, `bundle-${variant}`);
  await rm(output, { recursive: true, force: true });
  return {
    ...{ base, toolset, output, hyperparameters, seed, threads, maxTokensPerPass },
    ...{ training: examples, promptFormat: format, quantized: variant !== 'lora' },
    checkpointing: variant === 'qlora-checkpointing',
    forgetting: false,
  };
}
