import { type Example, namesOf, type TextExample } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import { createRandom } from '../random/index.js';
import type { IntentConfusion, IntentFailure, IntentMetrics } from '../schemas/index.js';
import { suggestion } from '../toolset/index.js';
import type { IntentClassifier } from './intent-classifier.js';
import { type AnsweredIntent, intentConfusions, intentMetrics, isRight } from './intent-metrics.js';
import { ordinalMetrics } from './ordinal-metrics.js';

/** Rows so far. */
export interface IntentEvaluationProgress {
  done: number;
  total: number;
  right: number;
}

export interface EvaluateIntentsOptions {
  classifier: IntentClassifier;
  /** Rows of `{text, intent}`, or what the classifier's kind asks for: `{text, intents}`, `{text, score}`. */
  examples: readonly Example[];
  /** Called after every row. */
  onProgress?: (progress: IntentEvaluationProgress) => void;
  /** Stops between rows. */
  signal?: AbortSignal;
}

export interface IntentEvaluationResult {
  metrics: IntentMetrics;
  rows: (AnsweredIntent & { example: TextExample })[];
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
  const examples = textsFor(classifier, options.examples);
  const rows: IntentEvaluationResult['rows'] = [];
  let right = 0;
  for (const example of examples) {
    signal?.throwIfAborted();
    const answer = await classifier.classify(example.text, { signal }).catch((error: unknown) => {
      throw atRow(error, example);
    });
    const row = { example, ...expectedOf(example), answer, tags: example.tags };
    rows.push(row);
    if (isRight(row)) right++;
    onProgress?.({ done: rows.length, total: examples.length, right });
  }
  return {
    metrics: metricsFor(classifier, rows),
    rows,
    confusions: classifier.kind === 'multi' ? [] : intentConfusions(rows),
    failures: rows.filter((row) => !isRight(row)).map(describeFailure),
  };
}

function metricsFor({ kind, levels = [] }: IntentClassifier, rows: IntentEvaluationResult['rows']): IntentMetrics {
  const random = createRandom('intent metrics');
  const metrics = intentMetrics(rows, random);
  return kind === 'ordinal' ? { ...metrics, ordinal: ordinalMetrics(rows, levels, random.fork('ordinal')) } : metrics;
}

/** Several intents in one line are for people. */
function expectedOf(example: TextExample): Pick<AnsweredIntent, 'expected' | 'expectedIntents'> {
  const names = namesOf(example);
  return {
    expected: names.length === 0 ? null : names.join(', '),
    ...(example.kind === 'labels' ? { expectedIntents: names } : {}),
  };
}

/** What rows a classifier is asked. */
const rowsOfKind = {
  single: { kind: 'intent', shape: '{"text", "intent"}', does: 'names one intent' },
  multi: { kind: 'labels', shape: '{"text", "intents"}', does: 'names any number of intents' },
  ordinal: { kind: 'score', shape: '{"text", "score"}', does: 'scores' },
} as const;

function textsFor({ kind = 'single', intents }: IntentClassifier, examples: readonly Example[]): TextExample[] {
  if (examples.length === 0) {
    throw new TooltuneError('evaluate/no-rows', 'There is no row to evaluate on; give a dataset that has rows.');
  }
  const wanted = rowsOfKind[kind];
  const known = new Set(intents);
  return examples.map((example) => {
    const { location } = example;
    if (example.kind !== wanted.kind) {
      const is = example.kind === 'conversation' ? 'a conversation' : 'another kind of row';
      const message =
        kind === 'single' && example.kind === 'conversation'
          ? 'This adapter names intents, and this row is a conversation; give rows of {"text", "intent"}.'
          : `This adapter ${wanted.does}, and this is ${is}; give rows of ${wanted.shape}.`;
      throw new TooltuneError('evaluate/not-an-intent', message, { location });
    }
    const unknown = namesOf(example).find((name) => !known.has(name));
    if (unknown !== undefined) {
      const what = kind === 'ordinal' ? 'score' : 'intent';
      const message = `the adapter has not learnt the ${what} "${unknown}"${suggestion(unknown, intents)}`;
      throw new TooltuneError('evaluate/unknown-intent', message, { location });
    }
    return example;
  });
}

/** An error that says which row it came with: one that does not fit into the context, for example. */
function atRow(error: unknown, { location }: TextExample): unknown {
  if (!TooltuneError.isInstance(error) || error.location !== undefined) return error;
  return new TooltuneError(error.code, error.message, { cause: error, location });
}

function describeFailure(row: IntentEvaluationResult['rows'][number]): IntentFailure {
  const { example, expected, expectedIntents, answer } = row;
  const { file, line } = example.location;
  const { intents = [] } = answer;
  const isSet = expectedIntents !== undefined;
  return {
    file,
    ...(line === undefined ? {} : { line }),
    text: example.text,
    expected,
    got: isSet && intents.length > 0 ? intents.join(', ') : answer.intent,
    probability: answer.probability,
    ...(isSet ? { expectedIntents: [...expectedIntents], gotIntents: intents } : {}),
  };
}
