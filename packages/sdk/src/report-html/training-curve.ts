import { parseJson } from '../json/index.js';

/** What a training's log tells of its progress. Losses are in nats a label token. */
export interface TrainingCurve {
  /** Steps of the whole training. */
  steps: number;
  training: { step: number; loss: number }[];
  /** Losses, and shares of examples whose every label is the most likely token, on rows that are not learnt. */
  validation: { step: number; loss: number; exact: number | null }[];
}

/**
 * Reads the run.jsonl of an adapter's folder; lines that tell of something else, or that a killed run did not finish, are
 * passed over. undefined where it tells no loss.
 */
export function parseTrainingCurve(text: string): TrainingCurve | undefined {
  const training = new Map<number, number>();
  const validation = new Map<number, TrainingCurve['validation'][number]>();
  let steps = 0;
  for (const line of text.split('\n')) {
    const event = objectOf(parseJson(line).value);
    if (event === undefined) continue;
    if (isNumber(event.steps)) steps = event.steps;
    if (event.type === 'step' && isNumber(event.step) && isNumber(event.loss)) training.set(event.step, event.loss);
    const measured = objectOf(event.validation);
    const step = stepOf(event, steps);
    if (measured === undefined || step === undefined || !isNumber(measured.loss)) continue;
    validation.set(step, { step, loss: measured.loss, exact: isNumber(measured.exact) ? measured.exact : null });
  }
  if (training.size === 0 && validation.size === 0) return undefined;
  const byStep = (a: { step: number }, b: { step: number }) => a.step - b.step;
  return {
    steps: Math.max(steps, ...training.keys(), ...validation.keys()),
    training: [...training].map(([step, loss]) => ({ step, loss })).sort(byStep),
    validation: [...validation.values()].sort(byStep),
  };
}

/** The end of an epoch is told without its step. */
function stepOf(event: Record<string, unknown>, steps: number): number | undefined {
  if (isNumber(event.step)) return event.step;
  if (event.type !== 'epoch' || !isNumber(event.epoch) || !isNumber(event.epochs) || steps === 0) return undefined;
  return Math.round((event.epoch / event.epochs) * steps);
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
