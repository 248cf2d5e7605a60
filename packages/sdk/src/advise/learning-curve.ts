import { TooltuneError } from '../errors/index.js';
import { percentileInterval, wilsonRate } from '../evaluate/statistics.js';
import type { Random } from '../random/index.js';
import { fitErrorLaw } from './error-law.js';

/** What a model that learnt from so many rows got right. */
export interface SizeResult {
  /** Rows that it learnt from. */
  rows: number;
  /** Of each held-out row; the same rows in the same order for every size. */
  right: readonly boolean[];
}

/** A figure with its 95% interval. */
export interface Estimated {
  value: number;
  low: number;
  high: number;
}

/** How the share of right rows grows with the rows that are learnt from. */
export interface LearningCurve {
  /** What was measured, with Wilson's 95% interval. */
  points: (Estimated & { rows: number })[];
  /** Share of right rows after learning from so many. */
  accuracyAt(rows: number): Estimated;
  /** What that many more rows bring, as a difference of shares; never below 0. */
  gain(from: number, to: number): Estimated;
}

export interface LearningCurveOptions {
  random: Random;
  /**
   * Standard deviation, as a share at one half, of what another seed of the same training gets right. Default 0.03, a guess
   * from two seeds of one training on SNIPS: 0.4 points apart at the end, up to 12 on the way (docs/training.md).
   */
  trainingNoise?: number;
  /** Default 1,000. */
  samples?: number;
}

/** Fewer sizes say nothing of how a curve bends. */
export const fewestSizes = 3;

/**
 * Fits error = limit + scale · rows^−slope (Cortes et al. 1994; Hestness et al. 2017) to measured sizes. Few sizes leave a
 * limit or none equally likely, so intervals are those of samples, each with held-out rows drawn with replacement (the same
 * for every size), noise of training, and what is believed before (slopes near 0.5, any limit) drawn anew: randomised
 * maximum a posteriori estimates (Bardsley et al. 2014).
 * @throws TooltuneError `advise/too-few-sizes` below three
 */
export function fitLearningCurve(results: readonly SizeResult[], options: LearningCurveOptions): LearningCurve {
  const { random, trainingNoise = 0.03, samples = 1000 } = options;
  const sizes = results.toSorted((a, b) => a.rows - b.rows);
  const largest = sizes.at(-1)?.rows ?? 0;
  const heldOut = sizes[0]?.right.length ?? 0;
  if (new Set(sizes.map(({ rows }) => rows)).size < fewestSizes || heldOut === 0) {
    throw new TooltuneError('advise/too-few-sizes', 'a learning curve needs three sizes and a held-out row');
  }
  if (sizes.some(({ right }) => right.length !== heldOut)) throw new RangeError('sizes were asked different rows');
  const relative = sizes.map(({ rows }) => rows / largest);
  const [rowDraws, noiseDraws] = [random.fork('rows'), random.fork('noise')];
  const laws = Array.from({ length: samples }, () => {
    const drawn = Array.from({ length: heldOut }, () => rowDraws.integer(0, heldOut - 1));
    const measured = sizes.map(({ right }) => {
      let wrong = 0;
      for (const row of drawn) if (!right[row]) wrong++;
      // One row more, half right: where all rows are right none of the samples would say otherwise.
      const error = (wrong + 0.5) / (heldOut + 1);
      const spread = error * (1 - error);
      const noise = (2 * trainingNoise) ** 2 * spread;
      return {
        error: Math.min(1, Math.max(0, error + Math.sqrt(noise) * noiseDraws.normal())),
        variance: spread / heldOut + noise,
      };
    });
    return fitErrorLaw(relative, measured, {
      slope: slopeBefore * Math.exp(slopeSpread * noiseDraws.normal()),
      // Beyond both ends, so that none and nothing but a limit are believed in too.
      limit: 1.6 * noiseDraws.next() - 0.3,
    });
  });
  const accuracy = (law: (typeof laws)[number], rows: number) => 1 - law(rows / largest);
  return {
    points: sizes.map(({ rows, right }) => {
      const { rate, low, high } = wilsonRate(right.filter(Boolean).length, heldOut);
      return { rows, value: rate!, low: low!, high: high! };
    }),
    accuracyAt: (rows) => estimated(laws.map((law) => accuracy(law, rows))),
    gain: (from, to) => estimated(laws.map((law) => accuracy(law, to) - accuracy(law, from))),
  };
}

/** Slopes that learning curves have: between 0.1 and 2 nearly always (Hestness et al. 2017; Viering & Loog 2023). */
const slopeBefore = 0.5;
/** Of its logarithm. */
const slopeSpread = 0.7;

/** The median of samples, and what lies between the 2.5th and the 97.5th percentile. */
function estimated(values: number[]): Estimated {
  const sorted = values.sort((a, b) => a - b);
  return { value: sorted[Math.floor(sorted.length / 2)]!, ...percentileInterval(sorted) };
}
