import type { AdviceConfiguration, AdviceReport, PairedRate } from '../schemas/index.js';
import { compareApproaches, type MeasuredApproach } from './approach.js';

/** What the advice is drawn from. */
export interface Evidence extends Pick<AdviceReport, 'task' | 'traits' | 'curve' | 'skipped' | 'interrupted'> {
  approaches: readonly MeasuredApproach[];
  /** Rows to learn from. */
  trainingRows: number;
}

/** Below this chance counts as proof. */
export const level = 0.05;

/** Fewer rows show nothing but the largest differences. */
export const fewestRows = 20;

/** The best way without training beside the model that learnt from the most rows. */
export interface Contest {
  prompted: MeasuredApproach;
  tuned: MeasuredApproach;
  /** The prompted one is the baseline. */
  right: PairedRate;
}

/** undefined where nothing was trained, or nothing else measured. */
export function contestOf(approaches: readonly MeasuredApproach[]): Contest | undefined {
  const tuned = largestTuned(approaches);
  const prompted = bestPrompted(approaches);
  if (tuned === undefined || prompted === undefined) return undefined;
  return { prompted, tuned, right: compareApproaches(prompted, tuned).right };
}

export function largestTuned(approaches: readonly MeasuredApproach[]): MeasuredApproach | undefined {
  return approaches
    .filter(({ kind }) => kind === 'fine-tuning')
    .reduce<MeasuredApproach | undefined>(
      (best, one) => (best !== undefined && best.trainingRows! >= one.trainingRows! ? best : one),
      undefined,
    );
}

/** Of equal ones the first, which costs least. */
export function bestPrompted(approaches: readonly MeasuredApproach[]): MeasuredApproach | undefined {
  return approaches
    .filter(({ trainingRows, answers }) => trainingRows === null && answers.length > 0)
    .reduce<MeasuredApproach | undefined>(
      (best, one) => (best !== undefined && shareOf(best) >= shareOf(one) ? best : one),
      undefined,
    );
}

export function shareOf({ answers }: Pick<MeasuredApproach, 'answers'>): number {
  return answers.filter(({ right }) => right).length / answers.length;
}

export function ofKind(
  approaches: readonly MeasuredApproach[],
  kind: AdviceConfiguration['kind'],
): MeasuredApproach | undefined {
  return approaches.find((one) => one.kind === kind);
}

/**
 * Rows with which McNemar's test would find a difference as large as this one four times of five (Connor 1987); null where
 * there is none to be found.
 */
export function rowsToTell({ rows, baselineOnly, candidateOnly }: PairedRate): number | null {
  const difference = Math.abs(candidateOnly - baselineOnly) / rows;
  const discordant = (candidateOnly + baselineOnly) / rows;
  if (difference === 0) return null;
  // Quantiles of the normal distribution: two-sided 5%, power 80%.
  const needed = ((1.96 * Math.sqrt(discordant) + 0.8416 * Math.sqrt(discordant - difference ** 2)) / difference) ** 2;
  return Math.ceil(needed);
}
