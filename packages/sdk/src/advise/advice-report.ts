import type { Example } from '../dataset/index.js';
import { createRandom } from '../random/index.js';
import { type AdviceReport, validateAdviceReport } from '../schemas/index.js';
import type { Tool } from '../toolset/index.js';
import { compareApproaches, describeApproach, type MeasuredApproach } from './approach.js';
import { dataTraits } from './data-traits.js';
import { decideAdvice } from './decide-advice.js';
import { largestTuned } from './evidence.js';
import { fewestSizes, fitLearningCurve } from './learning-curve.js';
import { nextSteps, type StepFiles } from './next-steps.js';

export interface AdviceReportOptions
  extends Pick<
    AdviceReport,
    'createdBy' | 'task' | 'base' | 'dataset' | 'seed' | 'minutes' | 'seconds' | 'interrupted' | 'skipped'
  > {
  /** The two parts that the rows were divided into. */
  training: readonly Example[];
  heldOut: readonly Example[];
  /** Of the toolset; none for intents. */
  tools: readonly Tool[];
  /** In the order of the table. */
  approaches: readonly MeasuredApproach[];
  /** What the commands of the next steps name. */
  files: StepFiles;
}

const factors = [2, 4];
const curveSteps = 24;

/** Everything that was measured, and what it says. @throws SchemaError `schema/invalid` */
export function createAdviceReport(options: AdviceReportOptions): AdviceReport {
  const { training, heldOut, tools, files, approaches: all, seed, ...rest } = options;
  const approaches = all.filter(({ answers }) => answers.length > 0);
  const traits = dataTraits({ training, heldOut }, tools);
  const curve = curveOf(approaches, seed);
  const candidate = largestTuned(approaches);
  const evidence = { ...rest, traits, curve, approaches, trainingRows: training.length };
  const decided = decideAdvice(evidence);
  return validateAdviceReport({
    formatVersion: 1,
    ...rest,
    seed,
    trainingRows: training.length,
    heldOutRows: heldOut.length,
    configurations: approaches.map(describeApproach),
    comparisons:
      candidate === undefined
        ? []
        : approaches.filter((one) => one !== candidate).map((one) => compareApproaches(one, candidate)),
    traits,
    curve,
    advice: { ...decided, next: nextSteps(decided.recommendation, evidence, files) },
  });
}

/** Of the rows that every size was asked; null where they are too few sizes. */
function curveOf(approaches: readonly MeasuredApproach[], seed: number): AdviceReport['curve'] {
  const tuned = approaches.filter(({ kind }) => kind === 'fine-tuning');
  if (new Set(tuned.map(({ trainingRows }) => trainingRows)).size < fewestSizes) return null;
  const asked = Math.min(...tuned.map(({ answers }) => answers.length));
  const results = tuned.map(({ trainingRows, answers }) => ({
    rows: trainingRows!,
    right: answers.slice(0, asked).map(({ right }) => right),
  }));
  const { points, accuracyAt, gain } = fitLearningCurve(results, { random: createRandom(`learning curve ${seed}`) });
  const [smallest, largest] = [points[0]!.rows, points.at(-1)!.rows];
  const rows = Array.from({ length: curveSteps + 1 }, (_, step) =>
    Math.round(smallest * ((factors.at(-1)! * largest) / smallest) ** (step / curveSteps)),
  );
  return {
    measured: points,
    fitted: [...new Set(rows)].map((count) => ({ rows: count, ...accuracyAt(count) })),
    predictions: factors.map((factor) => ({
      ...{ factor, rows: factor * largest },
      ...{ right: accuracyAt(factor * largest), gain: gain(largest, factor * largest) },
    })),
  };
}
