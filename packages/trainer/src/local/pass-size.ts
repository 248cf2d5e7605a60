import { freemem } from 'node:os';
import type { MemoryPlan } from './memory-estimate.js';
import { labelCount, type TrainingExample } from './training-example.js';

/** The largest pass: as many rows as fit, and labels among them as in all examples. */
export function passSize(
  training: readonly TrainingExample[],
  { longest, maxTokensPerPass, batchSize }: { longest: number; maxTokensPerPass: number; batchSize: number },
): Pick<MemoryPlan, 'rows' | 'labelRows'> {
  const rows = Math.min(Math.max(longest, maxTokensPerPass), batchSize * longest);
  const labels = training.reduce((sum, example) => sum + labelCount(example), 0);
  const all = training.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { rows, labelRows: Math.ceil((rows * labels) / all) };
}

/** Bytes that this process can still take. Newer versions of Node know of limits on the process too. */
export function availableMemory(): number {
  const { availableMemory: limited } = process as { availableMemory?: () => number };
  return limited?.call(process) ?? freemem();
}
