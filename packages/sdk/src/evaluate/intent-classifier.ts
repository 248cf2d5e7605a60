import type { IntentPrediction } from '../intents/index.js';

/** What a model took a text for, and what that cost. */
export interface IntentAnswer extends IntentPrediction {
  promptTokens: number;
  /** Milliseconds that it took, waiting for other texts aside. */
  durationMs: number;
}

/** Anything that names the intent of a text: what evaluation measures. */
export interface IntentClassifier {
  /** What it can answer, out of scope aside. */
  readonly intents: readonly string[];
  classify(text: string, options?: { signal?: AbortSignal | undefined }): Promise<IntentAnswer>;
}
