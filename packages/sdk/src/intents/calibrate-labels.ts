import type { IntentCalibration, IntentLabel } from '../schemas/index.js';
import { fitTemperature } from './fit-temperature.js';
import { labelMargins, marginProbability } from './predict-labels.js';

/** A held-out row, all of its intents, and what the model made of it. */
export interface ScoredLabelsRow {
  intents: readonly string[];
  /** In the order of the labels, raw. */
  logits: ArrayLike<number>;
}

/** A row and an intent. */
interface Pair {
  intent: string;
  /** Calibrated. */
  probability: number;
  isWanted: boolean;
}

/** Pairs with the intent, and as many without, from which on a threshold is chosen and not left at a half. */
const leastPairs = 20;
/** The same of one intent: from which on it has a threshold of its own. */
const leastOwnPairs = 50;

/**
 * Fits temperature and thresholds to held-out rows. The temperature is the one at which the rows' sets are the most likely,
 * each intent by itself (Guo et al. 2017, of binary answers). The threshold is that of the highest F1 score over all pairs
 * of a row and an intent; an intent that enough rows have, and have not, gets one by its own F1 score.
 */
export function calibrateLabels(labels: readonly IntentLabel[], rows: readonly ScoredLabelsRow[]): IntentCalibration {
  const margins = rows.flatMap(({ intents, logits }) =>
    labelMargins(labels, logits).map((label) => ({ ...label, isWanted: intents.includes(label.intent) })),
  );
  const temperature = fitTemperature(
    margins.map(({ margin, isWanted }) => ({ logits: [margin, 0], label: isWanted ? 0 : 1 })),
  );
  const pairs = margins.map(
    ({ intent, margin, isWanted }): Pair => ({
      intent,
      isWanted,
      probability: marginProbability(margin, temperature),
    }),
  );
  const value = hasEnough(pairs, leastPairs) ? bestThreshold(pairs) : null;
  const labelThresholds = labels.flatMap(({ intent }) => {
    if (intent === null) return [];
    const own = pairs.filter((pair) => pair.intent === intent);
    return hasEnough(own, leastOwnPairs) ? [{ intent, value: bestThreshold(own) }] : [];
  });
  return {
    temperature,
    rows: rows.length,
    threshold: value === null ? null : { score: 'probability', value },
    ...(labelThresholds.length === 0 ? {} : { labelThresholds }),
  };
}

function hasEnough(pairs: readonly Pair[], least: number): boolean {
  const wanted = pairs.filter(({ isWanted }) => isWanted).length;
  return Math.min(wanted, pairs.length - wanted) >= least;
}

/** Half-way between the probabilities of two pairs; of equally good ones that which is nearest to a half. */
function bestThreshold(pairs: readonly Pair[]): number {
  const sorted = pairs.toSorted((a, b) => b.probability - a.probability);
  const wanted = pairs.filter(({ isWanted }) => isWanted).length;
  let right = 0;
  let best = { value: 0.5, f1: 0 };
  for (const [index, { probability, isWanted }] of sorted.entries()) {
    if (isWanted) right++;
    const next = sorted[index + 1]?.probability ?? 0;
    if (next === probability) continue;
    const f1 = (2 * right) / (wanted + index + 1);
    // A half itself where it lies between the two.
    const value = next < 0.5 && probability >= 0.5 ? 0.5 : (probability + next) / 2;
    const isNearer = Math.abs(value - 0.5) < Math.abs(best.value - 0.5);
    if (f1 > best.f1 || (f1 === best.f1 && isNearer)) best = { value, f1 };
  }
  return best.value;
}
