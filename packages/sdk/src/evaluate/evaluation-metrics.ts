import type { EvaluationMetrics } from '../schemas/index.js';
import type { AnswerScore } from './score-answer.js';
import { mean, percentiles, wilsonRate } from './statistics.js';
import type { ToolCallerAnswer } from './tool-caller.js';

/** One row's score with what it cost. */
export interface ScoredAnswer {
  score: AnswerScore;
  answer: Pick<ToolCallerAnswer, 'promptTokens' | 'completionTokens' | 'timeToFirstTokenMs' | 'durationMs'>;
}

/** Sums up the scores of a configuration. @throws RangeError where there is no row */
export function evaluationMetrics(rows: readonly ScoredAnswer[]): EvaluationMetrics {
  if (rows.length === 0) throw new RangeError('metrics of no rows');
  const scores = rows.map(({ score }) => score);
  const rate = (test: (score: AnswerScore) => boolean, among: readonly AnswerScore[] = scores) =>
    wilsonRate(among.filter(test).length, among.length);
  const sum = (count: (score: AnswerScore) => number) => scores.reduce((total, score) => total + count(score), 0);
  const wanted = sum((score) => score.wantedArguments);
  const got = sum((score) => score.gotArguments);
  const right = sum((score) => score.rightArguments);
  return {
    rows: rows.length,
    exactCallAccuracy: rate((score) => score.exact),
    toolAccuracy: rate((score) => score.tools),
    argumentPrecision: share(right, got),
    argumentRecall: share(right, wanted),
    argumentF1: share(2 * right, wanted + got),
    malformedRate: rate((score) => score.malformed),
    unwantedCallRate: rate(
      (score) => !score.gotNoCall,
      scores.filter((score) => score.wantsNoCall),
    ),
    missedCallRate: rate(
      (score) => score.gotNoCall,
      scores.filter((score) => !score.wantsNoCall),
    ),
    latencyMs: percentiles(rows.map(({ answer }) => answer.durationMs)),
    timeToFirstTokenMs: percentiles(rows.map(({ answer }) => answer.timeToFirstTokenMs)),
    meanPromptTokens: mean(rows.map(({ answer }) => answer.promptTokens)),
    meanCompletionTokens: mean(rows.map(({ answer }) => answer.completionTokens)),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
