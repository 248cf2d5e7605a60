import type { EvaluationArgumentMetrics, EvaluationToolMetrics, ToolConfusion } from '../schemas/index.js';
import type { AnswerScore } from './score-answer.js';
import { ratios } from './statistics.js';

/** Which tool was called where which was wanted: by the wanted tool, then the called one; no call last. */
export function toolConfusions(scores: readonly AnswerScore[]): ToolConfusion[] {
  const counts = new Map<string, ToolConfusion>();
  for (const { wanted, got } of scores.flatMap(({ toolPairs }) => toolPairs)) {
    const key = JSON.stringify([wanted, got]);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { expected: wanted, got, count: 1 });
    else known.count++;
  }
  return [...counts.values()].sort((a, b) => compareNames(a.expected, b.expected) || compareNames(a.got, b.got));
}

/** Precision, recall and F1 score of each tool, and of no call, from what was called where which was wanted. */
export function toolMetrics(confusions: readonly ToolConfusion[]): EvaluationToolMetrics[] {
  const counts = new Map<string | null, { wanted: number; got: number; right: number }>();
  const countsOf = (name: string | null) => {
    const known = counts.get(name) ?? { wanted: 0, got: 0, right: 0 };
    counts.set(name, known);
    return known;
  };
  for (const { expected, got, count } of confusions) {
    countsOf(expected).wanted += count;
    countsOf(got).got += count;
    if (expected === got) countsOf(expected).right += count;
  }
  return [...counts.entries()]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([name, count]) => ({ name, ...count, ...ratios(count) }));
}

/** Precision, recall and F1 score of each argument of each tool. */
export function argumentMetrics(scores: readonly AnswerScore[]): EvaluationArgumentMetrics[] {
  const counts = new Map<string, AnswerScore['arguments'][number]>();
  for (const one of scores.flatMap((score) => score.arguments)) {
    const key = JSON.stringify([one.tool, one.argument]);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { ...one });
    else {
      known.wanted += one.wanted;
      known.got += one.got;
      known.right += one.right;
    }
  }
  return [...counts.values()]
    .sort((a, b) => compareNames(a.tool, b.tool) || compareNames(a.argument, b.argument))
    .map((count) => ({ ...count, ...ratios(count) }));
}

/** By code unit, so that the order is the same everywhere; null last. */
function compareNames(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
