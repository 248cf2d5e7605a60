/**
 * Writes the gradients of a case's first batch at its gradient adapter, in the form of a PEFT adapter:
 * `gradient-worker.js FOLDER VARIANT OUTPUT`.
 *
 * They are those that trainAdapter itself computes. A run is stopped before its first step, the adapter in its checkpoint
 * replaced, and gone on with for one step: the optimiser's first moment then is (1 - beta1) times the gradient.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TrainAdapterOptions, trainAdapter } from '@tooltune/trainer';
import { adapterFromParameters } from '../../packages/trainer/src/adapter/adapter.js';
import { writePeftFolder } from '../../packages/trainer/src/adapter/peft-folder.js';
import { adamWDefaults } from '../../packages/trainer/src/local/adamw.js';
import { encodeSafetensors, readSafetensors } from '../../packages/trainer/src/model/safetensors.js';
import { gradientParameters, openCase } from './case-folder.js';
import { trainingOptions, type Variant } from './training-options.js';

const [folder, variant, output] = process.argv.slice(2) as [string, Variant, string];
const opened = await openCase(folder);
const options = await trainingOptions(folder, opened, variant);
const unclipped = { ...options.hyperparameters, maxGradientNorm: Number.MAX_VALUE };
const checkpoint = join(options.output, 'checkpoint.safetensors');
const parameters = gradientParameters(opened);

await trainUntil(0, {});
const { metadata, tensors } = await readSafetensors(checkpoint);
concatenate(parameters.map(({ data }) => data)).forEach((value, at) => {
  tensors.get('values')!.data[at] = value;
});
await writeFile(checkpoint, encodeSafetensors([...tensors.values()], metadata));
await trainUntil(1, { resume: true });

const moment = (await readSafetensors(checkpoint)).tensors.get('firstMoment')!.data;
let offset = 0;
const gradients = parameters.map(({ name, shape, data }) => {
  offset += data.length;
  const ofParameter = moment.subarray(offset - data.length, offset);
  return { name, shape, data: ofParameter.map((value) => value / (1 - adamWDefaults.beta1)) };
});
await mkdir(output, { recursive: true });
const { rank, alpha } = opened.settings.hyperparameters;
const asAdapter = adapterFromParameters(opened.config, gradients, { rank, alpha });
await writePeftFolder(output, opened.config, asAdapter, null);

/** Trains up to and with a step, and leaves the checkpoint. */
async function trainUntil(step: number, more: Partial<TrainAdapterOptions>): Promise<void> {
  const controller = new AbortController();
  if (step === 0) controller.abort();
  const training = trainAdapter({
    ...{ ...options, ...more, hyperparameters: unclipped, signal: controller.signal },
    onEvent: (event) => {
      if (event.type === 'step' && event.step === step) controller.abort();
    },
  });
  await training.then(
    () => {
      throw new Error(`${folder}: the run ended before it was stopped; it needs more than one step`);
    },
    (error: unknown) => {
      if (!controller.signal.aborted || error !== controller.signal.reason) throw error;
    },
  );
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
