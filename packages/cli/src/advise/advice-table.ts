import type { AdviceReport } from '@tooltune/sdk';
import { formatPaired, formatRateWithInterval } from '../evaluation/index.js';
import { formatMilliseconds, formatSeconds, formatShare, formatTable } from '../terminal/index.js';

/** The report for a terminal: what was measured, and what it says. */
export function formatAdvice({ configurations, comparisons, advice, curve }: AdviceReport): string {
  const right = { align: 'right' as const };
  const hasTools = configurations.some(({ toolAccuracy }) => toolAccuracy !== null);
  const columns = [
    { title: 'way' },
    { title: 'rows', ...right },
    { title: 'right (95%)', ...right },
    ...(hasTools ? [{ title: 'tool', ...right }] : []),
    { title: 'answer', ...right },
    { title: 'prompt', ...right },
    { title: 'training', ...right },
  ];
  const rows = configurations.map(({ name, right: share, toolAccuracy, answerMs, promptTokens, trainingSeconds }) => [
    name,
    String(share.total),
    formatRateWithInterval(share),
    ...(hasTools ? [formatShare(toolAccuracy?.rate ?? null)] : []),
    formatMilliseconds(answerMs),
    `${Math.round(promptTokens)} tokens`,
    trainingSeconds === null ? '' : formatSeconds(trainingSeconds),
  ]);
  const predictions = (curve?.predictions ?? []).map(
    ({ rows: count, right: { value, low, high } }) =>
      `with ${count.toLocaleString('en-US')} rows ${formatShare(value)} expected (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`,
  );
  return [
    formatTable(columns, rows),
    '',
    ...comparisons.map(({ candidate, baseline, right: paired }) => formatPaired(candidate, baseline, paired)),
    ...predictions,
    '',
    advice.headline,
    '',
    ...advice.reasons.map(({ about, text }) => `${about}: ${text}`),
    '',
    'Next:',
    ...advice.next.map((step) => `  ${step}`),
  ].join('\n');
}
