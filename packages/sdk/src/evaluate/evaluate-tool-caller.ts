import { type ConversationExample, type Example, promptAndTarget } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import type { EvaluationFailure, EvaluationMetrics } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';
import { evaluationMetrics } from './evaluation-metrics.js';
import { type AnswerScore, scoreAnswer } from './score-answer.js';
import type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';

/** Rows so far. */
export interface EvaluationProgress {
  done: number;
  total: number;
  exact: number;
  malformed: number;
}

export interface EvaluateOptions {
  caller: ToolCaller;
  /** Conversations: what stands before the last turn is asked, the last turn is expected. */
  examples: readonly Example[];
  /** Called after every row. */
  onProgress?: (progress: EvaluationProgress) => void;
  /** Stops between rows, and the caller inside one. */
  signal?: AbortSignal;
}

/** One row that was asked. */
export interface EvaluatedRow {
  example: ConversationExample;
  answer: ToolCallerAnswer;
  score: AnswerScore;
}

export interface EvaluationResult {
  metrics: EvaluationMetrics;
  rows: EvaluatedRow[];
  /** Every row that was not exact, as a report tells it. */
  failures: EvaluationFailure[];
}

/**
 * Asks a model every example, one after another, and scores its answers.
 * @throws TooltuneError `evaluate/no-rows`, `evaluate/not-a-conversation`; what the caller throws, with the row's place;
 * the signal's reason when it is aborted
 */
export async function evaluateToolCaller(options: EvaluateOptions): Promise<EvaluationResult> {
  const { caller, onProgress, signal } = options;
  const examples = conversationsOf(options.examples);
  const rows: EvaluatedRow[] = [];
  const progress: EvaluationProgress = { done: 0, total: examples.length, exact: 0, malformed: 0 };
  for (const example of examples) {
    signal?.throwIfAborted();
    const { prompt, target } = promptAndTarget(example);
    const answer = await caller.call(prompt, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      throw atRow(error, example);
    });
    const score = scoreAnswer(target.toolCalls ?? [], answer);
    rows.push({ example, answer, score });
    progress.done++;
    if (score.exact) progress.exact++;
    if (score.malformed) progress.malformed++;
    onProgress?.({ ...progress });
  }
  return {
    metrics: evaluationMetrics(rows),
    rows,
    failures: rows.filter(({ score }) => !score.exact).map(describeFailure),
  };
}

/** An error that says which row it came with: one that does not fit into the context, for example. */
function atRow(error: unknown, { location }: ConversationExample): unknown {
  if (!TooltuneError.isInstance(error) || error.location !== undefined) return error;
  return new TooltuneError(error.code, error.message, { cause: error, location });
}

function conversationsOf(examples: readonly Example[]): ConversationExample[] {
  if (examples.length === 0) {
    throw new TooltuneError('evaluate/no-rows', 'There is no row to evaluate on; give a dataset that has rows.');
  }
  return examples.map((example) => {
    if (example.kind === 'conversation') return example;
    throw new TooltuneError(
      'evaluate/not-a-conversation',
      'A tool caller answers conversations: this row is an intent.',
      {
        location: example.location,
      },
    );
  });
}

function describeFailure({ example, answer, score }: EvaluatedRow): EvaluationFailure {
  const { prompt, target } = promptAndTarget(example);
  const { file, line } = example.location;
  return {
    file,
    ...(line === undefined ? {} : { line }),
    request: prompt.findLast(({ role }) => role === 'user')?.content ?? '',
    expected: (target.toolCalls ?? []).map(withoutId),
    got: answer.calls.map(withoutId),
    content: answer.content,
    malformed: score.malformed,
  };
}

function withoutId({ name, arguments: values }: ToolCall): Pick<ToolCall, 'name' | 'arguments'> {
  return { name, arguments: values };
}
