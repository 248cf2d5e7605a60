import type { Random } from '../random/index.js';
import type { OrdinalMetrics, UnboundedEstimate } from '../schemas/index.js';
import type { AnsweredIntent } from './intent-metrics.js';
import { bootstrapFigures, mean, percentileInterval, wilsonRate } from './statistics.js';

/** A row by the places and values of its levels. */
interface Placed {
  wanted: number;
  got: number;
  wantedValue: number;
  gotValue: number;
  expected: number;
}

/**
 * How far scores are from the right ones; `random` draws the samples of the bootstrap intervals.
 * @param levels from the lowest to the highest, with what each counts
 * @throws RangeError where there is no row
 */
export function ordinalMetrics(
  rows: readonly AnsweredIntent[],
  levels: readonly { level: string; value: number }[],
  random: Random,
): OrdinalMetrics {
  const placeOf = new Map(levels.map(({ level }, place) => [level, place]));
  const placed = rows.map(({ expected, answer }): Placed => {
    const [wanted, got] = [placeOf.get(expected!)!, placeOf.get(answer.intent!)!];
    return {
      ...{ wanted, got, expected: answer.score!.expected },
      wantedValue: levels[wanted]!.value,
      gotValue: levels[got]!.value,
    };
  });
  const near = placed.filter(({ wanted, got }) => Math.abs(wanted - got) <= 1).length;
  const ofLevel = (sample: readonly Placed[]) =>
    mean(sample.map(({ wantedValue, gotValue }) => Math.abs(wantedValue - gotValue)));
  const ofExpected = (sample: readonly Placed[]) =>
    mean(sample.map(({ wantedValue, expected }) => Math.abs(wantedValue - expected)));
  const kappa = (sample: readonly Placed[]) => quadraticKappa(sample, levels.length);
  return {
    meanAbsoluteError: estimate(placed, ofLevel, random.fork('absolute error'))!,
    expectedError: estimate(placed, ofExpected, random.fork('expected error'))!,
    withinOne: wilsonRate(near, placed.length),
    weightedKappa: estimate(placed, kappa, random.fork('kappa')),
  };
}

function estimate(
  rows: readonly Placed[],
  figure: (rows: readonly Placed[]) => number | null,
  random: Random,
): UnboundedEstimate | null {
  const value = figure(rows);
  return value === null ? null : { value, ...percentileInterval(bootstrapFigures(rows, figure, random)) };
}

/**
 * Cohen's kappa with quadratic weights (Cohen 1968): 1 less the mean squared distance over the one that the same wanted and
 * given levels have when paired by chance. null where that is 0: all are the same level.
 */
function quadraticKappa(rows: readonly Pick<Placed, 'wanted' | 'got'>[], levels: number): number | null {
  const [wanted, got] = [new Float64Array(levels), new Float64Array(levels)];
  let observed = 0;
  for (const row of rows) {
    wanted[row.wanted]!++;
    got[row.got]!++;
    observed += (row.wanted - row.got) ** 2;
  }
  let expected = 0;
  for (let i = 0; i < levels; i++) {
    for (let j = 0; j < levels; j++) expected += (wanted[i]! * got[j]! * (i - j) ** 2) / rows.length;
  }
  return expected === 0 ? null : 1 - observed / expected;
}
