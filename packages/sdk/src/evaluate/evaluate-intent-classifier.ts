import type { Example, IntentExample } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import { createRandom } from '../random/index.js';
import type { IntentConfusion, IntentFailure, IntentMetrics } from '../schemas/index.js';
import { suggestion } from '../toolset/index.js';
import type { IntentClassifier } from './intent-classifier.js';
import { type AnsweredIntent, intentConfusions, intentMetrics } from './intent-metrics.js';

/** Rows so far. */
export interface IntentEvaluationProgress {
  done: number;
  total: number;
  right: number;
}

export interface EvaluateIntentsOptions {
  classifier: IntentClassifier;
  /** Rows of `{text, intent}`. */
  examples: readonly Example[];
  /** Called after every row. */
  onProgress?: (progress: IntentEvaluationProgress) => void;
  /** Stops between rows. */
  signal?: AbortSignal;
}

export interface IntentEvaluationResult {
  metrics: IntentMetrics;
  rows: (AnsweredIntent & { example: IntentExample })[];
  confusions: IntentConfusion[];
  /** Every row that was not right, as a report tells it. */
  failures: IntentFailure[];
}

/**
 * Asks a classifier every text, one after another, and scores its answers. Without a label for out of scope it can still
 * abstain, so that rows of it are measured too.
 * @throws TooltuneError `evaluate/no-rows`, `evaluate/not-an-intent`, `evaluate/unknown-intent`; what the classifier
 * throws, with the row's place; the signal's reason when it is aborted
 */
export async function evaluateIntentClassifier(options: EvaluateIntentsOptions): Promise<IntentEvaluationResult> {
  const { classifier, onProgress, signal } = options;
  const examples = intentsOf(options.examples, classifier.intents);
  const rows: IntentEvaluationResult['rows'] = [];
  let right = 0;
  for (const example of examples) {
    signal?.throwIfAborted();
    const answer = await classifier.classify(example.text, { signal }).catch((error: unknown) => {
      throw atRow(error, example);
    });
    rows.push({ example, expected: example.intent, answer, tags: example.tags });
    if (answer.intent === example.intent) right++;
    onProgress?.({ done: rows.length, total: examples.length, right });
  }
  return {
    metrics: intentMetrics(rows, createRandom('intent metrics')),
    rows,
    confusions: intentConfusions(rows),
    failures: rows.filter(({ expected, answer }) => answer.intent !== expected).map(describeFailure),
  };
}

function intentsOf(examples: readonly Example[], intents: readonly string[]): IntentExample[] {
  if (examples.length === 0) {
    throw new TooltuneError('evaluate/no-rows', 'There is no row to evaluate on; give a dataset that has rows.');
  }
  const known = new Set(intents);
  return examples.map((example) => {
    const { location } = example;
    if (example.kind !== 'intent') {
      const message = 'This adapter names intents, and this row is a conversation; give rows of {"text", "intent"}.';
      throw new TooltuneError('evaluate/not-an-intent', message, { location });
    }
    if (example.intent !== null && !known.has(example.intent)) {
      const message = `the adapter has not learnt the intent "${example.intent}"${suggestion(example.intent, intents)}`;
      throw new TooltuneError('evaluate/unknown-intent', message, { location });
    }
    return example;
  });
}

/** An error that says which row it came with: one that does not fit into the context, for example. */
function atRow(error: unknown, { location }: IntentExample): unknown {
  if (!TooltuneError.isInstance(error) || error.location !== undefined) return error;
  return new TooltuneError(error.code, error.message, { cause: error, location });
}

function describeFailure({ example, answer }: IntentEvaluationResult['rows'][number]): IntentFailure {
  const { file, line } = example.location;
  return {
    file,
    ...(line === undefined ? {} : { line }),
    text: example.text,
    expected: example.intent,
    got: answer.intent,
    probability: answer.probability,
  };
}
