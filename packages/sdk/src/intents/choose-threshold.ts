import type { IntentThreshold } from '../schemas/index.js';
import { scopeScore } from './predict-intent.js';

/** A validation row at the calibrated temperature. */
export interface JudgedRow {
  /** Of the most likely intent. */
  probability: number;
  /** null where there is no such label. */
  outOfScope: number | null;
  /** Whether that intent is the right one; null for a row out of scope. */
  isRight: boolean | null;
}

interface Choice {
  threshold: IntentThreshold;
  /** Harmonic mean of in-scope accuracy and out-of-scope recall. */
  worth: number;
}

/**
 * The threshold that gives the highest harmonic mean of in-scope accuracy and out-of-scope recall (the two figures of
 * Larson et al. 2019), half-way between the scores of two rows; on the probability of the most likely intent, or on that
 * of out of scope where there is such a label and it does better. Of equal ones the lowest. Unlike an F1 score of the
 * rows, it does not depend on how many are out of scope. null where no row is, or all are.
 */
export function chooseThreshold(rows: readonly JudgedRow[]): IntentThreshold | null {
  const outside = rows.filter(({ isRight }) => isRight === null).length;
  if (outside === 0 || outside === rows.length) return null;
  const scores: IntentThreshold['score'][] = rows.some(({ outOfScope }) => outOfScope !== null)
    ? ['in-scope', 'probability']
    : ['probability'];
  return scores.map((score) => bestOn(score, rows)).reduce((a, b) => (b.worth > a.worth ? b : a)).threshold;
}

function bestOn(score: IntentThreshold['score'], rows: readonly JudgedRow[]): Choice {
  const scored = rows
    .map(({ probability, outOfScope, isRight }) => ({ value: scopeScore(score, probability, outOfScope), isRight }))
    .sort((a, b) => a.value - b.value);
  const outside = scored.filter(({ isRight }) => isRight === null).length;
  let kept = scored.filter(({ isRight }) => isRight === true).length;
  let caught = 0;
  // Below all: it never abstains.
  let best: Choice = { threshold: { score, value: 0 }, worth: 0 };
  for (const [index, { value, isRight }] of scored.entries()) {
    if (isRight === null) caught++;
    else if (isRight) kept--;
    const next = scored[index + 1]?.value ?? 1;
    if (next === value) continue;
    const accuracy = kept / (scored.length - outside);
    const recall = caught / outside;
    const worth = accuracy + recall === 0 ? 0 : (2 * accuracy * recall) / (accuracy + recall);
    if (worth > best.worth) best = { threshold: { score, value: (value + next) / 2 }, worth };
  }
  return best;
}
