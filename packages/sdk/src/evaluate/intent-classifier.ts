import type { IntentKind, IntentPrediction } from '../intents/index.js';

/** What a model took a text for, and what that cost. */
export interface IntentAnswer extends IntentPrediction {
  promptTokens: number;
  /** Milliseconds that it took, waiting for other texts aside. */
  durationMs: number;
}

/** A level of a score. */
export interface IntentLevel {
  level: string;
  value: number;
}

/** Anything that names the intent of a text: what evaluation measures. */
export interface IntentClassifier {
  /** How it classifies; absent: it names one intent, or none. */
  readonly kind?: IntentKind | undefined;
  /** What it can answer, out of scope aside; of a score the levels, from the lowest to the highest. */
  readonly intents: readonly string[];
  /** Of a score: the levels in this order, with what each counts. */
  readonly levels?: readonly IntentLevel[] | undefined;
  classify(text: string, options?: { signal?: AbortSignal | undefined }): Promise<IntentAnswer>;
}
