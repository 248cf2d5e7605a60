import { createRandom } from '../random/index.js';
import type {
  EvaluationMetrics,
  EvaluationRuleMetrics,
  EvaluationTagMetrics,
  EvaluationTurnMetrics,
} from '../schemas/index.js';
import type { RuleResult } from './check-rules.js';
import type { AnswerScore } from './score-answer.js';
import { bootstrapEstimate, mean, percentiles, ratios, wilsonRate } from './statistics.js';
import type { ToolCallerAnswer } from './tool-caller.js';
import { argumentMetrics, toolConfusions, toolMetrics } from './tool-metrics.js';

/** One row's score with what it cost. */
export interface ScoredAnswer {
  score: AnswerScore;
  answer: Pick<ToolCallerAnswer, 'promptTokens' | 'completionTokens' | 'timeToFirstTokenMs' | 'durationMs'>;
  /** Rules for the words of the answer. Default: none. */
  rules?: readonly RuleResult[];
  /** Every turn of the conversation that was asked, the last included. Default: that one. */
  turns?: readonly { score: AnswerScore }[];
  tags?: readonly string[] | undefined;
}

/**
 * Sums up the scores of a configuration. Shares have Wilson intervals; argument figures percentile intervals of a
 * bootstrap of the rows, whose draws are always the same.
 * @throws RangeError where there is no row
 */
export function evaluationMetrics(rows: readonly ScoredAnswer[]): EvaluationMetrics {
  if (rows.length === 0) throw new RangeError('metrics of no rows');
  const scores = rows.map(({ score }) => score);
  const rate = (test: (score: AnswerScore) => boolean, among: readonly AnswerScore[] = scores) =>
    wilsonRate(among.filter(test).length, among.length);
  const { precision, recall, f1 } = argumentRatios(scores);
  const wantACall = scores.filter((score) => !score.wantsNoCall);
  const confusions = toolConfusions(scores);
  const [turns, tags, rules] = [turnMetrics(rows), tagMetrics(rows), ruleMetrics(rows)];
  return {
    rows: rows.length,
    exactCallAccuracy: rate((score) => score.exact),
    toolAccuracy: rate((score) => score.tools),
    argumentPrecision: precision,
    argumentRecall: recall,
    argumentF1: f1,
    malformedRate: rate((score) => score.malformed),
    unwantedCallRate: rate(
      (score) => !score.gotNoCall,
      scores.filter((score) => score.wantsNoCall),
    ),
    missedCallRate: rate((score) => score.gotNoCall, wantACall),
    latencyMs: percentiles(rows.map(({ answer }) => answer.durationMs)),
    timeToFirstTokenMs: percentiles(rows.map(({ answer }) => answer.timeToFirstTokenMs)),
    meanPromptTokens: mean(rows.map(({ answer }) => answer.promptTokens)),
    meanCompletionTokens: mean(rows.map(({ answer }) => answer.completionTokens)),
    rowAccuracy: wilsonRate(rows.filter(isRight).length, rows.length),
    wrongToolRate: rate(
      ({ toolPairs }) => toolPairs.some(({ wanted, got }) => wanted !== got),
      wantACall.filter((score) => !score.gotNoCall),
    ),
    intervals: argumentIntervals(scores),
    tools: toolMetrics(confusions),
    arguments: argumentMetrics(scores),
    toolConfusions: confusions,
    ...(turns === undefined ? {} : { turns }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(rules.length === 0 ? {} : { rules }),
  };
}

/** Whether a row's calls are exact and its words keep its rules. */
export function isRight({ score, rules = [] }: Pick<ScoredAnswer, 'score' | 'rules'>): boolean {
  return score.exact && rules.every(({ kept }) => kept);
}

/** Micro-averaged over the arguments of all rows. */
export function argumentRatios(scores: readonly AnswerScore[]): ReturnType<typeof ratios> {
  let [wanted, got, right] = [0, 0, 0];
  for (const score of scores) {
    wanted += score.wantedArguments;
    got += score.gotArguments;
    right += score.rightArguments;
  }
  return ratios({ wanted, got, right });
}

function argumentIntervals(scores: readonly AnswerScore[]): NonNullable<EvaluationMetrics['intervals']> {
  const random = createRandom('evaluation metrics');
  const estimate = (figure: keyof ReturnType<typeof ratios>) =>
    argumentRatios(scores)[figure] === null
      ? null
      : bootstrapEstimate(scores, (sample) => argumentRatios(sample)[figure], random.fork(figure));
  return {
    argumentPrecision: estimate('precision'),
    argumentRecall: estimate('recall'),
    argumentF1: estimate('f1'),
  };
}

/** undefined where no row has more than one turn. */
function turnMetrics(rows: readonly ScoredAnswer[]): EvaluationTurnMetrics | undefined {
  const conversations = rows.map((row) => row.turns ?? [row]);
  const longest = Math.max(...conversations.map((turns) => turns.length));
  if (longest < 2) return undefined;
  const rate = (turns: readonly { score: AnswerScore }[]) =>
    wilsonRate(turns.filter(({ score }) => score.exact).length, turns.length);
  return {
    exact: rate(conversations.flat()),
    wholeConversations: wilsonRate(
      conversations.filter((turns) => turns.every(({ score }) => score.exact)).length,
      conversations.length,
    ),
    byTurn: Array.from({ length: longest }, (_, index) => ({
      turn: index + 1,
      exact: rate(conversations.flatMap((turns) => turns.slice(index, index + 1))),
    })),
  };
}

function tagMetrics(rows: readonly ScoredAnswer[]): EvaluationTagMetrics[] {
  const tags = [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  return tags.map((tag) => {
    const tagged = rows.filter((row) => row.tags?.includes(tag));
    return { tag, right: wilsonRate(tagged.filter(isRight).length, tagged.length) };
  });
}

const rulesInOrder = ['refuse', 'answer', 'pattern', 'notPattern', 'jsonSchema', 'citations'] as const;

function ruleMetrics(rows: readonly ScoredAnswer[]): EvaluationRuleMetrics[] {
  const results = rows.flatMap((row) => row.rules ?? []);
  return rulesInOrder.flatMap((rule) => {
    const ofRule = results.filter((result) => result.rule === rule);
    return ofRule.length === 0
      ? []
      : [{ rule, kept: wilsonRate(ofRule.filter(({ kept }) => kept).length, ofRule.length) }];
  });
}
