/** How far two distributions over the same groups lie apart. */
export interface PopulationStability {
  /** Population stability index, in nats: 0 for the same shares; 0.1 and 0.25 are the usual limits. */
  index: number;
  /** What chance alone stays below in 99 of 100 comparisons of so many rows. */
  noise: number;
  /** By the limits; what chance explains is stable. */
  verdict: 'stable' | 'moderate' | 'shifted';
}

/** From here on a distribution has moved somewhat, and much. */
export const stabilityLimits = { moderate: 0.1, shifted: 0.25 } as const;

/** The normal distribution's 99% point. */
const z = 2.3263478740408408;

/**
 * Population stability index of counts (Siddiqi 2006): the sum of (p − q) · ln(p / q) over the groups. Groups that one side
 * lacks are smoothed: half a row a group is added to each side, by the shares of both together, so that the same shares
 * give 0 however many rows there are. Without a change the index of samples of n and m rows is about (1/n + 1/m) times a
 * chi-squared variable of one degree of freedom less than there are groups (Yurdakul 2018), whose 99% point is `noise`.
 * @param expected counts by group; a group that is left out has none
 * @throws RangeError where either side has no row
 */
export function populationStability(
  expected: ReadonlyMap<unknown, number>,
  actual: ReadonlyMap<unknown, number>,
): PopulationStability {
  const groups = [...new Set([...expected.keys(), ...actual.keys()])].filter(
    (group) => (expected.get(group) ?? 0) + (actual.get(group) ?? 0) > 0,
  );
  const [expectedRows, actualRows] = [totalOf(expected), totalOf(actual)];
  if (!(expectedRows > 0 && actualRows > 0)) throw new RangeError('a distribution of no rows');
  const added = groups.length / 2;
  let index = 0;
  for (const group of groups) {
    const p = (expected.get(group) ?? 0) / expectedRows;
    const q = (actual.get(group) ?? 0) / actualRows;
    if (p === q) continue;
    const both = (p + q) / 2;
    const smoothed = (share: number, rows: number) => (share * rows + both * added) / (rows + added);
    const [left, right] = [smoothed(p, expectedRows), smoothed(q, actualRows)];
    index += (left - right) * Math.log(left / right);
  }
  const noise = (1 / expectedRows + 1 / actualRows) * chiSquared99(groups.length - 1);
  const { moderate, shifted } = stabilityLimits;
  const verdict = index < Math.max(moderate, noise) ? 'stable' : index < shifted ? 'moderate' : 'shifted';
  return { index, noise, verdict };
}

function totalOf(counts: ReadonlyMap<unknown, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** 99% point of the chi-squared distribution (Wilson & Hilferty 1931). */
function chiSquared99(degrees: number): number {
  if (degrees < 1) return 0;
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + z * Math.sqrt(part)) ** 3;
}
