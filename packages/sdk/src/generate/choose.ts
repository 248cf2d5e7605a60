import type { Random } from '../random/index.js';

/** One of several, each as likely. */
export function choose<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(0, values.length - 1)]!;
}

/** True so often. */
export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** One of several by weight; weights need not add up to 1. @throws RangeError where no weight is above 0 */
export function chooseWeighted<T>(random: Random, values: readonly T[], weightOf: (value: T) => number): T {
  const total = values.reduce((sum, value) => sum + weightOf(value), 0);
  if (!(total > 0)) throw new RangeError('nothing to choose from');
  let left = random.next() * total;
  for (const value of values) {
    left -= weightOf(value);
    if (left < 0) return value;
  }
  return values.findLast((value) => weightOf(value) > 0)!;
}
