import type { IntentEvaluationReport, UnboundedEstimate } from '@tooltune/sdk';
import { formatMilliseconds, formatShare, formatTable } from '../terminal/index.js';
import { formatPaired, formatRateWithInterval } from './evaluation-table.js';

const shownConfusions = 5;

/** The report's figures with their 95% intervals, and what is taken for what most often, for a terminal. */
export function formatIntentTable(report: IntentEvaluationReport): string {
  const { kind, metrics, labels, calibration, confusions } = report;
  const { microF1, ordinal } = metrics;
  const isSet = kind === 'multi';
  const { threshold, temperature } = calibration;
  const hasOutOfScope = metrics.outOfScopeRecall.total > 0;
  const figures = [
    ['rows', String(metrics.rows)],
    [kind === 'ordinal' ? 'levels' : 'intents', String(labels)],
    [isSet ? 'exact sets' : 'accuracy', formatRateWithInterval(metrics.accuracy)],
    ...(hasOutOfScope
      ? [
          [isSet ? 'exact, with intents' : 'in scope', formatRateWithInterval(metrics.inScopeAccuracy)],
          [isSet ? 'no intent, recall' : 'out of scope, recall', formatRateWithInterval(metrics.outOfScopeRecall)],
          [
            isSet ? 'no intent, precision' : 'out of scope, precision',
            formatRateWithInterval(metrics.outOfScopePrecision),
          ],
        ]
      : []),
    ...(ordinal === undefined
      ? []
      : [
          ['within one level', formatRateWithInterval(ordinal.withinOne)],
          ['mean absolute error', formatEstimate(ordinal.meanAbsoluteError)],
          ['of the expected value', formatEstimate(ordinal.expectedError)],
          ['weighted kappa', formatEstimate(ordinal.weightedKappa)],
        ]),
    ...(microF1 === undefined ? [] : [['micro F1', formatEstimate(microF1)]]),
    ['macro F1', formatEstimate(metrics.macroF1)],
    ['calibration error', formatEstimate(metrics.expectedCalibrationError)],
    ['temperature', temperature.toFixed(2)],
    ...(kind === 'ordinal'
      ? []
      : [['threshold', threshold === null ? '–' : `${threshold.value.toFixed(3)} on ${scoreNames[threshold.score]}`]]),
    ['time', `${formatMilliseconds(metrics.latencyMs.p50)} (p95 ${formatMilliseconds(metrics.latencyMs.p95)})`],
    ['prompt', `${Math.round(metrics.meanPromptTokens)} tokens`],
  ];
  const mistakes = confusions
    .slice(0, shownConfusions)
    .map(({ expected, got, count }) => [formatIntent(expected), formatIntent(got), String(count)]);
  const columns = [{ title: 'wanted' }, { title: 'got' }, { title: 'rows', align: 'right' as const }];
  return [
    ...formatBaselines(report),
    formatTable([{ title: 'figure' }, { title: '(95%)' }], figures),
    ...(isSet ? ['', formatLabels(metrics)] : []),
    ...(mistakes.length === 0 ? [] : ['', formatTable(columns, mistakes)]),
  ].join('\n');
}

/** Of any number of intents: how well each is told, the weakest first. */
function formatLabels({ intents = [] }: IntentEvaluationReport['metrics']): string {
  const right = { align: 'right' as const };
  const columns = [
    { title: 'intent' },
    ...['wanted', 'named', 'right', 'precision', 'recall', 'F1'].map((title) => ({ title, ...right })),
  ];
  const share = (value: number | null) => (value === null ? '–' : formatShare(value));
  const rows = intents
    .toSorted((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))
    .map(({ intent, wanted, got, right: found, precision, recall, f1 }) => [
      formatIntent(intent),
      ...[wanted, got, found].map(String),
      ...[share(precision), share(recall), f1 === null ? '–' : f1.toFixed(3)],
    ]);
  return formatTable(columns, rows);
}

/** The base model's configurations and the adapter in one table, and the adapter beside each; nothing where it is alone. */
function formatBaselines({ baselines = [], comparisons = [], metrics }: IntentEvaluationReport): string[] {
  if (baselines.length === 0) return [];
  const right = { align: 'right' as const };
  const columns = [
    { title: 'configuration' },
    { title: 'rows', ...right },
    { title: 'accuracy (95%)', ...right },
    { title: 'macro F1', ...right },
    { title: 'time', ...right },
    { title: 'prompt', ...right },
  ];
  const rows = [...baselines, { name: 'adapter', metrics }].map(({ name, metrics: measured }) => [
    name,
    String(measured.rows),
    formatRateWithInterval(measured.accuracy),
    measured.macroF1.value.toFixed(3),
    formatMilliseconds(measured.latencyMs.p50),
    `${Math.round(measured.meanPromptTokens)} tokens`,
  ]);
  const beside = comparisons.map(({ baseline, candidate, accuracy }) => formatPaired(candidate, baseline, accuracy));
  return [formatTable(columns, rows), '', ...beside, ''];
}

const scoreNames = { probability: 'the probability', 'in-scope': '1 - out of scope' } as const;

/** The first wrong rows: what was asked, wanted and answered. */
export function formatIntentFailures({ failures, failureCount }: IntentEvaluationReport, count: number): string {
  const shown = failures.slice(0, count);
  if (shown.length === 0) return '';
  const lines = shown.flatMap(({ file, line, text, expected, got, probability, expectedIntents }) => [
    `  ${file}${line === undefined ? '' : `:${line}`} ${JSON.stringify(text)}`,
    `    wanted ${expectedIntents === undefined ? formatIntent(expected) : (expected ?? 'no intent')}`,
    `    got    ${expectedIntents === undefined ? formatIntent(got) : (got ?? 'no intent')} (${formatShare(probability)})`,
  ]);
  return [`${shown.length} of ${failureCount} wrong rows`, ...lines].join('\n');
}

function formatIntent(intent: string | null): string {
  return intent ?? 'out of scope';
}

function formatEstimate(estimate: UnboundedEstimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}
