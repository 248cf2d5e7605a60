import {
  counted,
  countOf,
  interval,
  milliseconds,
  percent,
  points,
  pValue,
  signed,
  whole,
} from '../report-html/format.js';
import { type Html, html } from '../report-html/html.js';
import { definitions, numberCell, page, scrollable, section } from '../report-html/page.js';
import { verdictView } from '../report-html/render-report.js';
import type { AdviceCurve, AdviceReport } from '../schemas/index.js';
import { curvePicture } from './curve-picture.js';

const tones = {
  'fine-tuning': 'good',
  both: 'good',
  retrieval: 'neutral',
  'few-shot': 'neutral',
  prompting: 'neutral',
  neither: 'bad',
  unclear: 'unsure',
} as const;

/** The report of `tooltune advise` as a page for people: one HTML file without scripts that asks nothing of the network. */
export function renderAdvice(report: AdviceReport, { title = 'Advice' }: { title?: string } = {}): string {
  const { advice, dataset, curve, heldOutRows, trainingRows } = report;
  return page(
    `${title}: advice`,
    html`<h1>${title}: is fine-tuning worth it? ${counted(trainingRows, 'row')} to learn from, ${whole(heldOutRows)} to measure on</h1>${verdictView(
      {
        tone: tones[advice.recommendation],
        headline: advice.headline,
        points: advice.reasons.map(({ about, text }) => ({ title: about, text })),
      },
    )}`,
    [
      section(
        'What to do now',
        html`<ol>${advice.next.map((step) => html`<li>${step.startsWith('tooltune ') ? html`<code>${step}</code>` : step}</li>`)}</ol>`,
      ),
      approachesSection(report),
      curve === null ? null : curveSection(curve, report),
      section(
        'Data and settings',
        definitions([
          ['rows', html`<code>${dataset.file}</code>, ${whole(dataset.rows)} rows`],
          ['SHA-256 of them', html`<code>${dataset.sha256}</code>`],
          ['base model', html`<code>${report.base}</code>`],
          ['seed', String(report.seed)],
          ['time', `${(report.seconds / 60).toFixed(1)} of ${report.minutes} minutes`],
          ['written by', report.createdBy],
        ]),
      ),
    ],
    html`<p>Shares have Wilson 95% intervals. Rows to measure on were drawn by the seed, and none that asks the same, or nearly the same, was learnt from or shown.</p>`,
  );
}

function approachesSection({ configurations, comparisons }: AdviceReport): Html {
  const candidate = comparisons[0]?.candidate;
  const besides = new Map(comparisons.map(({ baseline, right }) => [baseline, right]));
  const hasTools = configurations.some(({ toolAccuracy }) => toolAccuracy !== null);
  return section(
    'What was measured',
    html`${scrollable(
      'What was measured',
      html`<table><thead><tr><th class="first" scope="col">way</th><th scope="col">right rows, 95% interval</th>${hasTools ? html`<th class="number" scope="col">right tool</th>` : null}<th class="number" scope="col">answer</th><th class="number" scope="col">prompt</th>${candidate === undefined ? null : html`<th class="number" scope="col">“${candidate}” beside it</th>`}</tr></thead><tbody>${configurations.map(
        ({ name, right, toolAccuracy, answerMs, promptTokens, trainingSeconds }) => {
          const beside = besides.get(name);
          return html`<tr${name === candidate ? html` class="candidate"` : null}><th class="first" scope="row">${name}${trainingSeconds === null ? null : html`<span class="range">trained for ${whole(trainingSeconds)} s</span>`}</th><td>${percent(right.rate)} <span class="range">${interval(right)}, ${countOf(right)}</span></td>${
            hasTools ? numberCell(percent(toolAccuracy?.rate)) : null
          }${numberCell(milliseconds(answerMs))}${numberCell(whole(promptTokens), 'tokens')}${
            candidate === undefined
              ? null
              : beside === undefined || beside.difference === null
                ? numberCell('–')
                : numberCell(
                    points(beside.difference.value),
                    `${signed(beside.difference.low * 100, 1)} to ${signed(beside.difference.high * 100, 1)}, ${pValue(beside.pValue)}`,
                  )
          }</tr>`;
        },
      )}</tbody></table>`,
    )}<p class="note">A row is right when all its calls, names and arguments are, or its intent is. All are held to the schemas while they write. Differences are of the rows that both were asked, with 95% intervals of a paired bootstrap and McNemar's exact test. Times are medians, on a machine that may have had other work.</p>`,
  );
}

function curveSection(curve: AdviceCurve, { configurations }: AdviceReport): Html {
  const prompted = configurations
    .filter(({ trainingRows }) => trainingRows === null)
    .toSorted((a, b) => b.right.rate! - a.right.rate!)[0];
  return section(
    'What more rows would bring',
    html`<div class="charts spaced">${curvePicture(curve, prompted && { name: prompted.name, share: prompted.right.rate! })}</div>${scrollable(
      'What more rows would bring',
      html`<table><thead><tr><th scope="col">rows</th><th class="number" scope="col">right rows expected</th><th class="number" scope="col">more than now</th></tr></thead><tbody>${curve.predictions.map(
        ({ rows, right, gain }) =>
          html`<tr><th scope="row">${whole(rows)}</th>${numberCell(percent(right.value), interval(right))}${numberCell(points(gain.value), `${signed(gain.low * 100, 1)} to ${signed(gain.high * 100, 1)}`)}</tr>`,
      )}</tbody></table>`,
    )}<p class="note">Error = limit + scale · rows<sup>−slope</sup>, fitted to the sizes measured; beyond them it is a guess, as wide as the band. The intervals take in which rows were measured on, and that another seed of the same training would differ by about 3 points; they take for granted that further rows are like these.</p>`,
  );
}
