import type { EvaluationConfiguration, EvaluationRate, EvaluationReport } from '../schemas/index.js';
import { countOf, decimal, interval, milliseconds, percent, points, pValue, signed, whole } from './format.js';
import { type Html, html } from './html.js';
import { numberCell, scrollable, section } from './page.js';
import { candidateOf } from './verdict.js';

/** All configurations in one table, and the candidate beside each other one. */
export function configurationsSection(report: EvaluationReport): Html {
  const candidate = candidateOf(report);
  const hasRules = report.configurations.some(({ metrics }) => metrics.rules !== undefined);
  const notes = report.configurations
    .filter(({ metrics }) => metrics.rows < report.dataset.rows)
    .map(({ name, metrics }) => `“${name}” was asked ${metrics.rows} of the ${report.dataset.rows} rows.`);
  return section(
    'Configurations',
    html`${scrollable(
      'Configurations',
      html`<table>
<thead><tr><th class="first" scope="col">configuration</th><th class="number" scope="col">rows</th><th scope="col">${
        hasRules ? 'right (calls and words)' : 'exact calls'
      }, 95% interval</th>${hasRules ? html`<th class="number" scope="col">exact calls</th>` : null}<th class="number" scope="col">right tool</th><th class="number" scope="col">argument F1</th><th class="number" scope="col">malformed</th><th class="number" scope="col">wrong tool</th><th class="number" scope="col">unwanted</th><th class="number" scope="col">missed</th><th class="number" scope="col">answer</th><th class="number" scope="col">prompt</th></tr></thead>
<tbody>${report.configurations.map((configuration) => row(configuration, configuration === candidate, hasRules))}</tbody></table>`,
    )}
<p class="note">Exact: every call, name and argument is right and nothing else was called. Unwanted: of the rows that want no call, those that got one; missed the reverse; wrong tool: of the rows that want a call and got one. Times and tokens are medians and means over rows; malformed calls count as wrong. ${notes.join(' ')}</p>
${comparisonTable(report)}`,
  );
}

function row({ name, metrics }: EvaluationConfiguration, isCandidate: boolean, hasRules: boolean): Html {
  const right = (hasRules ? metrics.rowAccuracy : undefined) ?? metrics.exactCallAccuracy;
  const f1 = metrics.intervals?.argumentF1;
  const shares = [metrics.malformedRate, metrics.wrongToolRate, metrics.unwantedCallRate, metrics.missedCallRate];
  return html`<tr${isCandidate ? html` class="candidate"` : null}><th class="first" scope="row">${name}</th>${numberCell(
    whole(metrics.rows),
  )}<td>${percent(right.rate)} <span class="range">${interval(right)}</span>${bar(right)}</td>${
    hasRules ? numberCell(percent(metrics.exactCallAccuracy.rate)) : null
  }${numberCell(percent(metrics.toolAccuracy.rate), interval(metrics.toolAccuracy))}${numberCell(
    decimal(metrics.argumentF1),
    f1 === null || f1 === undefined ? '' : `${decimal(f1.low)} to ${decimal(f1.high)}`,
  )}${shares.map((rate) => (rate === undefined ? numberCell('–') : numberCell(percent(rate.rate), rate.total === 0 ? '' : countOf(rate))))}${numberCell(milliseconds(metrics.latencyMs.p50), `first token ${milliseconds(metrics.timeToFirstTokenMs.p50)}`)}${numberCell(
    whole(metrics.meanPromptTokens),
    'tokens',
  )}</tr>`;
}

/** A share as a bar, its interval as a line through it. */
function bar({ rate, low, high }: EvaluationRate): Html | null {
  if (rate === null || low === null || high === null) return null;
  const place = (share: number) => (share * 100).toFixed(1);
  return html`<span class="bar" aria-hidden="true"><i style="width:${place(rate)}%"></i><u style="left:${place(low)}%;width:${place(high - low)}%"></u></span>`;
}

function comparisonTable({ comparisons = [] }: EvaluationReport): Html | null {
  if (comparisons.length === 0) return null;
  const rows = comparisons.map(({ baseline, rows: count, rowAccuracy, toolAccuracy, argumentF1 }) => {
    const rate = ({ difference, pValue: p }: typeof rowAccuracy) =>
      difference === null
        ? numberCell('–')
        : numberCell(
            points(difference.value),
            `${signed(difference.low * 100, 1)} to ${signed(difference.high * 100, 1)}, ${pValue(p)}`,
          );
    return html`<tr><th scope="row">${baseline}</th>${numberCell(whole(count))}${rate(rowAccuracy)}${numberCell(
      `${rowAccuracy.candidateOnly} / ${rowAccuracy.baselineOnly}`,
    )}${rate(toolAccuracy)}${
      argumentF1 === null
        ? numberCell('–')
        : numberCell(
            signed(argumentF1.difference.value, 3),
            `${signed(argumentF1.difference.low, 3)} to ${signed(argumentF1.difference.high, 3)}, ${pValue(argumentF1.pValue)}`,
          )
    }</tr>`;
  });
  return html`<h3>“${comparisons[0]!.candidate}” beside each other one, on the rows that both were asked</h3>${scrollable(
    'Comparisons',
    html`<table><thead><tr><th scope="col">beside</th><th class="number" scope="col">rows</th><th class="number" scope="col">right rows</th><th class="number" scope="col">only it / only the other right</th><th class="number" scope="col">right tool</th><th class="number" scope="col">argument F1</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}
<p class="note">Differences with 95% percentile intervals of a paired bootstrap (1,000 samples). p-values are two-sided: McNemar's exact test for rows and tools, the paired bootstrap for F1.</p>`;
}
