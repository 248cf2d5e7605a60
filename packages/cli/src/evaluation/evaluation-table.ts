import type {
  EvaluationConfiguration,
  EvaluationFailure,
  EvaluationRate,
  EvaluationReport,
  PairedRate,
} from '@tooltune/sdk';
import { type Column, formatCount, formatMilliseconds, formatShare, formatTable } from '../terminal/index.js';

const columns: readonly Column[] = [
  { title: 'configuration' },
  { title: 'rows', align: 'right' },
  { title: 'exact call (95%)', align: 'right' },
  { title: 'tool', align: 'right' },
  { title: 'argument F1', align: 'right' },
  { title: 'malformed', align: 'right' },
  { title: 'unwanted', align: 'right' },
  { title: 'first token', align: 'right' },
  { title: 'answer', align: 'right' },
  { title: 'prompt', align: 'right' },
];

/**
 * The report's configurations as one table, for a terminal: shares of rows, the 95% interval of the first, median
 * times, and mean prompt tokens.
 */
export function formatEvaluationTable(report: EvaluationReport): string {
  const rows = report.configurations.map(({ name, metrics }) => [
    name,
    String(metrics.rows),
    formatRateWithInterval(metrics.exactCallAccuracy),
    formatShare(metrics.toolAccuracy.rate),
    metrics.argumentF1 === null ? '–' : metrics.argumentF1.toFixed(3),
    formatShare(metrics.malformedRate.rate),
    formatShare(metrics.unwantedCallRate.rate),
    formatMilliseconds(metrics.timeToFirstTokenMs.p50),
    formatMilliseconds(metrics.latencyMs.p50),
    `${Math.round(metrics.meanPromptTokens)} tokens`,
  ]);
  const { rows: allRows } = report.dataset;
  const partial = report.configurations.filter(({ metrics }) => metrics.rows < allRows);
  const notes = partial.map(({ name, metrics }) => `${name}: measured on ${metrics.rows} of the ${allRows} rows`);
  return [formatTable(columns, rows), ...notes].join('\n');
}

/** The candidate beside each other configuration, a line each; nothing where only one was measured. */
export function formatComparisons({ comparisons = [] }: EvaluationReport): string {
  return comparisons
    .map(({ candidate, baseline, rowAccuracy }) => formatPaired(candidate, baseline, rowAccuracy))
    .join('\n');
}

/** One configuration beside another, on the rows that both were asked. */
export function formatPaired(
  candidate: string,
  baseline: string,
  { rows, difference, candidateOnly, baselineOnly, pValue }: PairedRate,
): string {
  if (difference === null) return `${candidate} beside ${baseline}: no row in common`;
  const [value, low, high] = [difference.value, difference.low, difference.high].map(formatPoints);
  const chance = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const counts = `right alone on ${candidateOnly}, wrong alone on ${baselineOnly} of ${formatCount(rows, 'row')}`;
  return `${candidate} beside ${baseline}: ${value} points (${low} to ${high}), ${chance}; ${counts}`;
}

function formatPoints(difference: number): string {
  return `${difference < 0 ? '-' : '+'}${Math.abs(difference * 100).toFixed(1)}`;
}

/** Every scenario with what each configuration made of it; nothing where there is none. */
export function formatScenarios({ scenarios = [] }: EvaluationReport): string {
  const [first] = scenarios;
  if (first === undefined) return '';
  const names = first.answers.map(({ configuration }) => configuration);
  const passed = names.map((_, index) => scenarios.filter(({ answers }) => answers[index]?.right).length);
  return formatTable(
    [{ title: 'scenario' }, { title: 'why' }, ...names.map((title) => ({ title }))],
    [
      ...scenarios.map(({ name, why, answers }) => [
        name,
        why,
        ...answers.map(({ right }) => (right ? 'pass' : 'fail')),
      ]),
      ['passed', '', ...passed.map((count) => `${count} of ${scenarios.length}`)],
    ],
  );
}

/** The first failures of a configuration: what was asked, wanted and answered. */
export function formatFailures(configuration: EvaluationConfiguration, count: number): string {
  const { name, failures, failureCount } = configuration;
  const shown = failures.slice(0, count);
  if (shown.length === 0) return '';
  const lines = shown.flatMap((failure) => [
    `  ${failure.file}${failure.line === undefined ? '' : `:${failure.line}`} ${JSON.stringify(failure.request)}`,
    `    wanted ${formatCalls(failure.expected)}`,
    `    got    ${formatCalls(failure.got)}${failure.malformed ? ' (malformed)' : ''}${
      failure.content === '' ? '' : ` ${JSON.stringify(failure.content)}`
    }`,
  ]);
  return [`${name}: ${shown.length} of ${failureCount} wrong rows`, ...lines].join('\n');
}

/** `72.7% (67–77)`; a dash where there is nothing to measure. */
export function formatRateWithInterval({ rate, low, high }: EvaluationRate): string {
  if (rate === null || low === null || high === null) return '–';
  return `${formatShare(rate)} (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)})`;
}

function formatCalls(calls: EvaluationFailure['expected']): string {
  if (calls.length === 0) return 'no call';
  return calls.map(({ name, arguments: values }) => `${name}(${JSON.stringify(values)})`).join(' ');
}
