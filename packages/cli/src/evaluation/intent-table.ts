import type { EvaluationEstimate, IntentEvaluationReport } from '@tooltune/sdk';
import { formatMilliseconds, formatShare, formatTable } from '../terminal/index.js';
import { formatRateWithInterval } from './evaluation-table.js';

const shownConfusions = 5;

/** The report's figures with their 95% intervals, and what is taken for what most often, for a terminal. */
export function formatIntentTable({ metrics, labels, calibration, confusions }: IntentEvaluationReport): string {
  const { threshold, temperature } = calibration;
  const hasOutOfScope = metrics.outOfScopeRecall.total > 0;
  const figures = [
    ['rows', String(metrics.rows)],
    ['intents', String(labels)],
    ['accuracy', formatRateWithInterval(metrics.accuracy)],
    ...(hasOutOfScope
      ? [
          ['in scope', formatRateWithInterval(metrics.inScopeAccuracy)],
          ['out of scope, recall', formatRateWithInterval(metrics.outOfScopeRecall)],
          ['out of scope, precision', formatRateWithInterval(metrics.outOfScopePrecision)],
        ]
      : []),
    ['macro F1', formatEstimate(metrics.macroF1)],
    ['calibration error', formatEstimate(metrics.expectedCalibrationError)],
    ['temperature', temperature.toFixed(2)],
    ['threshold', threshold === null ? '–' : `${threshold.value.toFixed(3)} on ${scoreNames[threshold.score]}`],
    ['time', `${formatMilliseconds(metrics.latencyMs.p50)} (p95 ${formatMilliseconds(metrics.latencyMs.p95)})`],
    ['prompt', `${Math.round(metrics.meanPromptTokens)} tokens`],
  ];
  const mistakes = confusions
    .slice(0, shownConfusions)
    .map(({ expected, got, count }) => [formatIntent(expected), formatIntent(got), String(count)]);
  const columns = [{ title: 'wanted' }, { title: 'got' }, { title: 'rows', align: 'right' as const }];
  return [
    formatTable([{ title: 'figure' }, { title: '(95%)' }], figures),
    ...(mistakes.length === 0 ? [] : ['', formatTable(columns, mistakes)]),
  ].join('\n');
}

const scoreNames = { probability: 'the probability', 'in-scope': '1 - out of scope' } as const;

/** The first wrong rows: what was asked, wanted and answered. */
export function formatIntentFailures({ failures, failureCount }: IntentEvaluationReport, count: number): string {
  const shown = failures.slice(0, count);
  if (shown.length === 0) return '';
  const lines = shown.flatMap(({ file, line, text, expected, got, probability }) => [
    `  ${file}${line === undefined ? '' : `:${line}`} ${JSON.stringify(text)}`,
    `    wanted ${formatIntent(expected)}`,
    `    got    ${formatIntent(got)} (${formatShare(probability)})`,
  ]);
  return [`${shown.length} of ${failureCount} wrong rows`, ...lines].join('\n');
}

function formatIntent(intent: string | null): string {
  return intent ?? 'out of scope';
}

function formatEstimate(estimate: EvaluationEstimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}
