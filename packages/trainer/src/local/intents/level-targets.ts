/** How far the targets of a score spread, in levels: a standard deviation; docs/intents.md tells what was measured. */
const defaultLevelSpread = 0.6;

/**
 * How likely each level is to be of a row that has one: most on its own, less the farther a level is from it (soft labels of
 * ordinal regression, Díaz & Marathe 2019, with the squared distance), so that a near miss costs less than a far one.
 * Shape [levels], sum 1.
 * @param place of the row's level, from 0
 * @param spread standard deviation in levels; 0 for all on the row's own
 */
export function levelTargets(levels: number, place: number, spread = defaultLevelSpread): Float32Array {
  const weights = Array.from({ length: levels }, (_, level) => {
    if (level === place) return 1;
    return spread === 0 ? 0 : Math.exp(-((level - place) ** 2) / (2 * spread * spread));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, (weight) => weight / total);
}
