import { pairedRate } from '../evaluate/paired-tests.js';
import { mean, percentiles, wilsonRate } from '../evaluate/statistics.js';
import { createRandom } from '../random/index.js';
import type { AdviceComparison, AdviceConfiguration } from '../schemas/index.js';

/** One answer of an approach. */
export interface ApproachAnswer {
  right: boolean;
  /** Whether the right tools were called, arguments aside; null for intents. */
  tools: boolean | null;
  durationMs: number;
  promptTokens: number;
}

/** One way to get answers, and what it answered: held-out rows in their order, fewer where time was up. */
export interface MeasuredApproach {
  name: string;
  kind: AdviceConfiguration['kind'];
  /** Rows that it learnt from; null where nothing was trained. */
  trainingRows: number | null;
  trainingSeconds: number | null;
  answers: readonly ApproachAnswer[];
}

/** @throws RangeError where there is no answer */
export function describeApproach(approach: MeasuredApproach): AdviceConfiguration {
  const { name, kind, trainingRows, trainingSeconds, answers } = approach;
  const called = answers.flatMap(({ tools }) => tools ?? []);
  return {
    ...{ name, kind, trainingRows, trainingSeconds },
    right: wilsonRate(answers.filter(({ right }) => right).length, answers.length),
    toolAccuracy: called.length === 0 ? null : wilsonRate(called.filter(Boolean).length, called.length),
    answerMs: percentiles(answers.map(({ durationMs }) => durationMs)).p50,
    promptTokens: mean(answers.map(({ promptTokens }) => promptTokens)),
    answers: answers.map(({ right }) => right),
  };
}

/** Two approaches on the rows that both were asked: McNemar's exact test and a paired bootstrap. */
export function compareApproaches(baseline: MeasuredApproach, candidate: MeasuredApproach): AdviceComparison {
  const asked = Math.min(baseline.answers.length, candidate.answers.length);
  const pairs = Array.from({ length: asked }, (_, row): [boolean, boolean] => [
    baseline.answers[row]!.right,
    candidate.answers[row]!.right,
  ]);
  const random = createRandom(`compare ${baseline.name} with ${candidate.name}`);
  return { baseline: baseline.name, candidate: candidate.name, right: pairedRate(pairs, random) };
}
