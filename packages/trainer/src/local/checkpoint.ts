import { TooltuneError } from '@tooltune/sdk';
import { replaceFile } from '@tooltune/sdk/files';
import { arrayBytes } from '../array-bytes.js';
import { readSafetensors } from '../model/safetensors.js';
import { type SafetensorsTensorToWrite, writeSafetensors } from '../model/safetensors-writer.js';
import type { AdamW } from './adamw.js';
import type { ParameterStore } from './parameter-store.js';
import type { Validation } from './training-events.js';

/** How far a run has come. */
export interface TrainingProgress {
  /** Optimiser steps taken. */
  step: number;
  /** Sum of label losses in nats, and number of labels, since the epoch began. */
  epochLossSum: number;
  epochLabels: number;
  /** What the last complete epoch gave: a run killed after its last step has nothing else to report from. */
  lastEpoch: EpochResult | null;
  /** The validation that was best so far, and the step that it came after. */
  best: BestValidation | null;
  /** Validations since then. */
  validationsSinceBest: number;
}

export interface BestValidation {
  step: number;
  validation: Validation;
}

/** Before the first step. */
export function newProgress(): TrainingProgress {
  return { step: 0, epochLossSum: 0, epochLabels: 0, lastEpoch: null, best: null, validationsSinceBest: 0 };
}

/** Results of one epoch. */
export interface EpochResult {
  /** Mean over the epoch, nats a label token. */
  trainLoss: number;
  /** null where there are no validation examples. */
  validation: Validation | null;
}

/** Everything that decides a run's result, by name; a run is resumed only where all of it is equal. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/**
 * Writes the state of a run; the file is complete or the old one. Nothing is copied: where all weights are trained the file
 * may be larger than the largest buffer (4 GiB in Node 20). Throws FileError.
 */
export async function saveCheckpoint(
  path: string,
  store: ParameterStore,
  optimizer: AdamW,
  progress: TrainingProgress,
  identity: RunIdentity,
): Promise<void> {
  const tensor = (name: string, values: Float32Array): SafetensorsTensorToWrite => {
    return { name, format: 'F32', shape: [values.length], data: async () => arrayBytes(values) };
  };
  const tensors = [
    tensor('values', store.values),
    tensor('firstMoment', optimizer.firstMoment),
    tensor('secondMoment', optimizer.secondMoment),
    ...(store.best === null ? [] : [tensor('best', store.best)]),
  ];
  const metadata = { identity: JSON.stringify(identity), progress: JSON.stringify(progress) };
  await replaceFile(path, (temporary) => writeSafetensors(temporary, tensors, metadata));
}

/**
 * Reads the state of a run into the store and the optimiser.
 * Throws `training/checkpoint-differs`, naming what differs, for a checkpoint of another run.
 */
export async function loadCheckpoint(
  path: string,
  store: ParameterStore,
  optimizer: AdamW,
  identity: RunIdentity,
): Promise<TrainingProgress> {
  const { metadata, tensors } = await readSafetensors(path);
  const saved = JSON.parse(metadata.identity ?? '{}') as RunIdentity;
  const differing = [...new Set([...Object.keys(saved), ...Object.keys(identity)])].filter(
    (key) => JSON.stringify(saved[key]) !== JSON.stringify(identity[key]),
  );
  if (differing.length > 0) {
    const list = differing.map(
      (key) => `${key} was ${JSON.stringify(saved[key])}, is ${JSON.stringify(identity[key])}`,
    );
    throw new TooltuneError(
      'training/checkpoint-differs',
      `this checkpoint is of another run: ${list.join('; ')}; use the same options, or another output folder`,
      { location: { file: path } },
    );
  }
  const read = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.data.length === store.values.length) return tensor.data;
    throw new TooltuneError('training/checkpoint-damaged', `${name} is missing or cut off; start the run anew`, {
      location: { file: path },
    });
  };
  for (const [name, target] of [
    ['values', store.values],
    ['firstMoment', optimizer.firstMoment],
    ['secondMoment', optimizer.secondMoment],
  ] as const) {
    target.set(read(name));
  }
  const progress = JSON.parse(metadata.progress ?? '{}') as TrainingProgress;
  if (progress.best !== null) store.best = read('best');
  return progress;
}
