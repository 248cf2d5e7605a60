import type { EvaluationArgumentMetrics, EvaluationConfiguration } from '../schemas/index.js';
import { decimal, percent, whole } from './format.js';
import { type Html, html } from './html.js';
import { numberCell, scrollable, section } from './page.js';

const shownAtFirst = 12;

/** Precision, recall and F1 score of every argument, those most often wrong first, with the baseline's F1 beside them. */
export function argumentSection(
  { metrics }: EvaluationConfiguration,
  baseline: EvaluationConfiguration | undefined,
): Html | null {
  const all = metrics.arguments ?? [];
  if (all.length === 0) return null;
  const wrong = ({ wanted, got, right }: EvaluationArgumentMetrics) => wanted + got - 2 * right;
  const rows = all.toSorted((a, b) => wrong(b) - wrong(a));
  const [first, others] = [rows.slice(0, shownAtFirst), rows.slice(shownAtFirst)];
  return section(
    'Arguments',
    html`<p class="soft">Right: given with the wanted value. Those most often wrong come first.</p>${table('Arguments', first, baseline)}${
      others.length === 0
        ? null
        : html`<details><summary>${others.length} more</summary>${table('Further arguments', others, baseline)}</details>`
    }`,
  );
}

function table(
  label: string,
  rows: readonly EvaluationArgumentMetrics[],
  baseline: EvaluationConfiguration | undefined,
): Html {
  const key = ({ tool, argument }: EvaluationArgumentMetrics) => JSON.stringify([tool, argument]);
  const before = new Map((baseline?.metrics.arguments ?? []).map((one) => [key(one), one.f1]));
  const titles = ['F1', 'wanted', 'given', 'right', 'precision', 'recall'];
  return scrollable(
    label,
    html`<table><thead><tr><th class="first" scope="col">argument</th>${titles.map((title) => html`<th class="number" scope="col">${title}</th>`)}${
      baseline === undefined ? null : html`<th class="number wide" scope="col">F1 with ${baseline.name}</th>`
    }</tr></thead><tbody>${rows.map(
      (one) =>
        html`<tr><th class="first" scope="row">${one.argument}<span class="range">${one.tool}</span></th>${numberCell(
          decimal(one.f1),
        )}${[one.wanted, one.got, one.right].map((count) => numberCell(whole(count)))}${numberCell(
          percent(one.precision),
        )}${numberCell(percent(one.recall))}${
          baseline === undefined ? null : numberCell(decimal(before.get(key(one))))
        }</tr>`,
    )}</tbody></table>`,
  );
}
