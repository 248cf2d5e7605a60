import { type ConversationExample, type Example, promptAndTarget } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import type { EvaluationFailure, EvaluationMetrics } from '../schemas/index.js';
import type { ToolCall, Toolset } from '../toolset/index.js';
import { checkRules, type RuleResult } from './check-rules.js';
import { scoredTurns } from './conversation-turns.js';
import { evaluationMetrics, isRight } from './evaluation-metrics.js';
import { explainCalls, explainRules } from './explain-answer.js';
import { type AnswerScore, scoreAnswer } from './score-answer.js';
import { asCall, onlyPossibleCalls, possibleCalls, scoreBfclAnswer } from './score-bfcl-answer.js';
import type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';

/** Rows so far. */
export interface EvaluationProgress {
  done: number;
  total: number;
  exact: number;
  malformed: number;
}

/** How calls are compared with what was wanted: see scoreAnswer and scoreBfclAnswer. */
export type Scoring = 'strict' | 'bfcl';

export interface EvaluateOptions {
  caller: ToolCaller;
  /**
   * Conversations. What stands before the last turn is asked, the last turn is expected; so is each earlier turn of the
   * assistant that calls tools, with what really stands before it.
   */
  examples: readonly Example[];
  /** Default `strict`. */
  scoring?: Scoring;
  /** The tools; only scoring by the leaderboard's rules needs them, for the types of arguments. */
  toolset?: Pick<Toolset, 'tools'>;
  /** What declining looks like, for rows that say `refuse`. Default: the built-in detector (isRefusal). */
  refusal?: RegExp;
  /** Called after every row. */
  onProgress?: (progress: EvaluationProgress) => void;
  /** Stops between rows, and the caller inside one. */
  signal?: AbortSignal;
}

/** One turn that was asked. */
export interface EvaluatedTurn {
  expected: ToolCall[];
  answer: ToolCallerAnswer;
  score: AnswerScore;
}

/** One row that was asked: its last turn, and all that were. */
export interface EvaluatedRow extends EvaluatedTurn {
  example: ConversationExample;
  /** Rules for the words of the last turn. */
  rules: RuleResult[];
  turns: EvaluatedTurn[];
}

export interface EvaluationResult {
  metrics: EvaluationMetrics;
  rows: EvaluatedRow[];
  /** Every row whose last turn was not right, as a report tells it. */
  failures: EvaluationFailure[];
  scoring: Scoring;
}

/**
 * Asks a model every example, one after another, and scores its answers.
 * @throws TooltuneError `evaluate/no-rows`, `evaluate/not-a-conversation`, `evaluate/own-tools`, `evaluate/no-toolset`; what the caller throws,
 * with the row's place; the signal's reason when it is aborted
 */
export async function evaluateToolCaller(options: EvaluateOptions): Promise<EvaluationResult> {
  const { caller, onProgress, signal, refusal, scoring = 'strict' } = options;
  const examples = conversationsOf(options.examples);
  const scoreTurn = createTurnScorer(scoring, options.toolset);
  const rows: EvaluatedRow[] = [];
  const progress: EvaluationProgress = { done: 0, total: examples.length, exact: 0, malformed: 0 };
  for (const example of examples) {
    const turns: EvaluatedTurn[] = [];
    for (const { prompt, calls, isLast } of scoredTurns(example)) {
      signal?.throwIfAborted();
      const answer = await caller.call(prompt, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        throw atRow(error, example);
      });
      turns.push({ answer, ...scoreTurn(calls, answer, isLast ? example : undefined) });
    }
    const last = turns.at(-1)!;
    const rules = example.expect === undefined ? [] : checkRules(example.expect, last.answer, refusal);
    rows.push({ example, ...last, rules, turns });
    progress.done++;
    if (last.score.exact) progress.exact++;
    if (last.score.malformed) progress.malformed++;
    onProgress?.({ ...progress });
  }
  return {
    metrics: evaluationMetrics(rows.map((row) => ({ ...row, tags: row.example.tags }))),
    rows,
    failures: rows.filter((row) => !isRight(row)).map(describeFailure),
    scoring,
  };
}

/** Scores a turn; of the last one of a row the possible answers count, where it has some. */
function createTurnScorer(scoring: Scoring, toolset: EvaluateOptions['toolset']) {
  if (scoring === 'bfcl' && toolset === undefined) {
    const message = "scoring by the leaderboard's rules needs the tools: give their toolset";
    throw new TooltuneError('evaluate/no-toolset', message);
  }
  return (calls: ToolCall[], answer: ToolCallerAnswer, row: ConversationExample | undefined) => {
    if (scoring === 'strict') return { expected: calls, score: scoreAnswer(calls, answer) };
    const answers = row?.expect?.possibleAnswers;
    const possible = answers === undefined ? onlyPossibleCalls(calls) : possibleCalls(answers);
    const expected = answers === undefined || calls.length > 0 ? calls : possible.map(asCall);
    return { expected, score: scoreBfclAnswer(possible, answer, toolset!.tools) };
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
    if (example.kind === 'conversation' && example.tools === undefined) return example;
    if (example.kind === 'conversation') {
      const message = 'This row has tools of its own (own_tools), and is asked of another toolset; leave it out.';
      throw new TooltuneError('evaluate/own-tools', message, { location: example.location });
    }
    throw new TooltuneError(
      'evaluate/not-a-conversation',
      'A tool caller answers conversations: this row is an intent.',
      {
        location: example.location,
      },
    );
  });
}

/** The last message of the user before the answer. */
export function requestOf(example: ConversationExample): string {
  return promptAndTarget(example).prompt.findLast(({ role }) => role === 'user')?.content ?? '';
}

/** What is wrong with a row's answer; nothing where it is right. */
export function reasonsOf({ expected, answer, score, rules }: EvaluatedRow): string[] {
  return [...(score.exact ? [] : explainCalls(expected, answer)), ...explainRules(rules)];
}

function describeFailure(row: EvaluatedRow): EvaluationFailure {
  const { example, expected, answer, score } = row;
  const { file, line } = example.location;
  return {
    file,
    ...(line === undefined ? {} : { line }),
    request: requestOf(example),
    expected: expected.map(withoutId),
    got: answer.calls.map(withoutId),
    content: answer.content,
    malformed: score.malformed,
    reasons: reasonsOf(row),
  };
}

export function withoutId({ name, arguments: values }: ToolCall): Pick<ToolCall, 'name' | 'arguments'> {
  return { name, arguments: values };
}
