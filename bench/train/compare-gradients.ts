import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peftFiles } from '../../packages/trainer/src/adapter/peft-folder.js';
import { readSafetensors } from '../../packages/trainer/src/model/safetensors.js';
import { peerName, variantNames } from './case-result.js';
import type { Peft } from './peft.js';
import type { Variant } from './training-options.js';

const run = promisify(execFile);
/** Beside this file where it runs. */
const worker = fileURLToPath(new URL('./gradient-worker.js', import.meta.url));

/** How far one set of gradients is from another. */
export interface GradientDifference {
  /** Largest difference of an element, in parts of the largest element of the other's tensor. */
  largest: number;
  /** PEFT's name of the tensor it is in. */
  tensor: string;
}

/** How far gradients are from those that PEFT computes in double precision, and from those that it trains with. */
export interface GradientDifferences {
  toDouble: GradientDifference;
  toPeft: GradientDifference;
}

/** Gradients of a case's first batch by each variant and by PEFT, compared; one process after another. */
export async function compareGradients(
  folder: string,
  variants: readonly Variant[],
  peft: Peft,
): Promise<Record<string, GradientDifferences>> {
  const outputs = join(folder, 'gradients');
  await rm(outputs, { recursive: true, force: true });
  const env = { ...process.env, ...peft.environment };
  const theirs = join(outputs, 'peft');
  await run(peft.python, [peft.script, 'gradients', peft.base, folder, theirs], { env });
  const files: [string, string][] = [[peerName, join(theirs, 'float.safetensors')]];
  for (const variant of variants) {
    const ours = join(outputs, variant);
    await run(process.execPath, [worker, folder, variant, ours]);
    files.push([variantNames[variant], join(ours, peftFiles.weights)]);
  }
  const differences: Record<string, GradientDifferences> = {};
  for (const [name, file] of files) {
    differences[name] = {
      toDouble: await largestDifference(file, join(theirs, 'double.safetensors')),
      toPeft: await largestDifference(file, join(theirs, 'float.safetensors')),
    };
  }
  return differences;
}

async function largestDifference(ours: string, theirs: string): Promise<GradientDifference> {
  const [a, b] = [(await readSafetensors(ours)).tensors, (await readSafetensors(theirs)).tensors];
  const missing = [...a.keys()].filter((name) => !b.has(name)).concat([...b.keys()].filter((name) => !a.has(name)));
  if (missing.length > 0) throw new Error(`gradients of only one side: ${missing.slice(0, 3).join(', ')}`);
  let worst = { largest: 0, tensor: '' };
  for (const [name, { data }] of b) {
    const other = a.get(name)!.data;
    let difference = 0;
    let scale = 0;
    data.forEach((value, at) => {
      difference = Math.max(difference, Math.abs(value - other[at]!));
      scale = Math.max(scale, Math.abs(value));
    });
    if (!(difference / scale <= worst.largest)) worst = { largest: difference / scale, tensor: name };
  }
  return worst;
}
