/** How sure the model was of a token; each has a look of its own. */
export type Certainty = 'sure' | 'unsure' | 'unlikely';

/** @param logprob in nats; null: the token could not come */
export function probabilityOf(logprob: number | null): number {
  return logprob === null ? 0 : Math.min(1, Math.exp(logprob));
}

export function certaintyOf(probability: number): Certainty {
  if (probability >= 0.9) return 'sure';
  return probability >= 0.5 ? 'unsure' : 'unlikely';
}

/** In percent, never rounded to 0 or 100 what is neither. */
export function formatProbability(probability: number): string {
  const percent = probability * 100;
  if (percent === 0 || percent === 100) return `${percent}%`;
  if (percent < 0.1) return '<0.1%';
  if (percent > 99.9) return '>99.9%';
  const isNearAnEnd = percent < 9.95 || percent >= 99;
  return `${percent.toFixed(isNearAnEnd ? 1 : 0)}%`;
}
