import type {
  EvaluationRate,
  IntentComparison,
  IntentEvaluationReport,
  IntentScore,
  UnboundedEstimate,
} from '../schemas/index.js';
import { confusionSection } from './confusion-section.js';
import {
  counted,
  countOf,
  decimal,
  interval,
  listed,
  milliseconds,
  percent,
  points,
  pValue,
  signed,
  whole,
} from './format.js';
import { type Html, html } from './html.js';
import { learningSection } from './learning-section.js';
import { lineChart } from './line-chart.js';
import { numberCell, page, scrollable, section } from './page.js';
import { type RenderReportOptions, verdictView } from './render-report.js';
import { forgettingSection, settingsSection } from './settings-section.js';
import { parseTrainingCurve } from './training-curve.js';
import type { Verdict } from './verdict.js';

/** The report.json of an adapter that names intents, as a page like renderEvaluationReport's. */
export function renderIntentReport(report: IntentEvaluationReport, options: RenderReportOptions = {}): string {
  const { title = 'Evaluation', manifest, runLog } = options;
  const { metrics, calibration, labels } = report;
  const forgetting = manifest?.training?.forgetting;
  const curve = runLog === undefined ? undefined : parseTrainingCurve(runLog);
  const right = (metrics.intents ?? [])
    .filter((one) => one.right > 0)
    .map(({ intent, right: count }) => ({ expected: intent, got: intent, count }));
  return page(
    `${title}: evaluation`,
    html`<h1>${title}, measured on ${report.dataset.file}, ${counted(report.dataset.rows, 'row')}</h1>${verdictView(verdictOf(report))}`,
    [
      baselinesSection(report),
      figuresSection(report),
      report.kind === 'multi'
        ? null
        : confusionSection('What was taken for what', [...right, ...report.confusions], 'out of scope'),
      intentSection(report),
      calibrationSection(report),
      failureSection(report),
      curve === undefined ? null : learningSection(curve),
      forgetting === undefined ? null : forgettingSection(forgetting),
      settingsSection(
        report,
        [
          ['intents', whole(labels)],
          ['temperature', decimal(calibration.temperature)],
          [
            'abstains below',
            calibration.threshold === null
              ? 'never'
              : `${decimal(calibration.threshold.value)} of ${calibration.threshold.score === 'probability' ? 'the probability' : '1 − P(out of scope)'}`,
          ],
        ],
        manifest,
      ),
    ],
    html`<p>Shares have Wilson 95% intervals; macro F1 and calibration error percentile intervals of 1,000 bootstrap samples.</p>`,
  );
}

/** The best of the base's configurations, on the rows that both were asked: what the adapter has to beat. */
function headlineOf({
  kind,
  metrics: { accuracy },
  comparisons = [],
  failureCount,
}: IntentEvaluationReport): Pick<Verdict, 'tone' | 'headline'> {
  const rateOf = ({ accuracy: { both, baselineOnly, rows } }: IntentComparison) => (both + baselineOnly) / rows;
  const best = comparisons.toSorted((a, b) => rateOf(b) - rateOf(a))[0];
  if (best === undefined || best.accuracy.difference === null) {
    const right = { single: 'The right intent', multi: 'All intents and no other', ordinal: 'The right level' };
    const headline = `${right[kind ?? 'single']} for ${percent(accuracy.rate)} of ${counted(accuracy.total, 'text')} (95% interval ${interval(accuracy)}); ${counted(failureCount, 'text')} wrong.`;
    return { tone: 'neutral', headline };
  }
  const { both, candidateOnly, rows, difference, pValue: chance } = best.accuracy;
  const figures = `${percent((both + candidateOnly) / rows)} of ${counted(rows, 'text')} right, ${percent(rateOf(best))} with “${best.baseline}” (${points(difference.value)}, 95% interval ${signed(difference.low * 100, 1)} to ${signed(difference.high * 100, 1)}, ${pValue(chance)})`;
  if (chance >= 0.05)
    return {
      tone: 'unsure',
      headline: `The adapter and prompting its base model do not differ beyond chance: ${figures}.`,
    };
  return difference.value > 0
    ? { tone: 'good', headline: `The adapter beats prompting its base model: ${figures}.` }
    : { tone: 'bad', headline: `The adapter is worse than prompting its base model: ${figures}.` };
}

function verdictOf(report: IntentEvaluationReport): Verdict {
  const { metrics } = report;
  const { outOfScopeRecall, outOfScopePrecision, expectedCalibrationError, latencyMs } = metrics;
  const weak = (metrics.intents ?? [])
    .filter(({ intent, recall, wanted }) => intent !== null && wanted >= 3 && recall !== null && recall < 0.5)
    .map(({ intent, right, wanted }) => `${intent} (${right} of ${wanted})`);
  return {
    ...headlineOf(report),
    points: [
      ...(outOfScopeRecall.total === 0
        ? []
        : [
            {
              title: report.kind === 'multi' ? 'No intent' : 'Out of scope',
              text:
                report.kind === 'multi'
                  ? `It names none for ${countOf(outOfScopeRecall)} texts that have none (${percent(outOfScopeRecall.rate)}); of the texts that it names none for ${percent(outOfScopePrecision.rate)} have none.`
                  : `It abstains from ${countOf(outOfScopeRecall)} texts that are out of scope (${percent(outOfScopeRecall.rate)}); of the texts that it abstains from ${percent(outOfScopePrecision.rate)} are.`,
            },
          ]),
      ...(expectedCalibrationError === null
        ? []
        : [
            {
              title: 'Probabilities',
              text: `They are off by ${percent(expectedCalibrationError.value)} on average (${percent(expectedCalibrationError.low)} to ${percent(expectedCalibrationError.high)}).`,
            },
          ]),
      weak.length === 0
        ? {
            title: 'Weak intents',
            text: 'None: each that has three texts or more is found in at least half of them.',
            tone: 'good' as const,
          }
        : {
            title: 'Weak intents',
            text: `Found in less than half of their texts: ${listed(weak.slice(0, 8))}${weak.length > 8 ? `, and ${weak.length - 8} more` : ''}.`,
            tone: 'bad' as const,
          },
      {
        title: 'Speed and prompt',
        text: `A text takes ${milliseconds(latencyMs.p50)} in the median, ${milliseconds(latencyMs.p95)} at most for 95%, and ${whole(metrics.meanPromptTokens)} tokens.`,
      },
    ],
  };
}

function baselinesSection({ metrics, baselines = [], comparisons = [] }: IntentEvaluationReport): Html | null {
  if (baselines.length === 0) return null;
  const besides = new Map(comparisons.map(({ baseline, accuracy }) => [baseline, accuracy]));
  return section(
    'Configurations',
    html`${scrollable(
      'Configurations',
      html`<table><thead><tr><th class="first" scope="col">configuration</th><th class="number" scope="col">texts</th><th class="number" scope="col">accuracy</th><th class="number" scope="col">macro F1</th><th class="number" scope="col">time</th><th class="number" scope="col">prompt</th><th class="number" scope="col">the adapter beside it</th></tr></thead><tbody>${[
        ...baselines,
        { name: 'adapter', metrics },
      ].map(({ name, metrics: measured }) => {
        const beside = besides.get(name)?.difference;
        return html`<tr${name === 'adapter' ? html` class="candidate"` : null}><th class="first" scope="row">${name}</th>${numberCell(whole(measured.rows))}${numberCell(percent(measured.accuracy.rate), interval(measured.accuracy))}${numberCell(decimal(measured.macroF1.value))}${numberCell(milliseconds(measured.latencyMs.p50))}${numberCell(whole(measured.meanPromptTokens), 'tokens')}${
          beside === undefined || beside === null
            ? numberCell('–')
            : numberCell(
                points(beside.value),
                `${signed(beside.low * 100, 1)} to ${signed(beside.high * 100, 1)}, ${pValue(besides.get(name)!.pValue)}`,
              )
        }</tr>`;
      })}</tbody></table>`,
    )}<p class="note">The base model is told the intents, each with the word that stands for it, and its answer is the likeliest of these words, with contextual calibration. Differences are of the texts that both were asked: a paired bootstrap and McNemar's exact test.</p>`,
  );
}

function figuresSection({ kind, metrics }: IntentEvaluationReport): Html {
  const isSet = kind === 'multi';
  const { ordinal } = metrics;
  const rate = (name: string, value: EvaluationRate) =>
    value.total === 0
      ? null
      : html`<tr><th scope="row">${name}</th>${numberCell(percent(value.rate))}${numberCell(interval(value))}${numberCell(countOf(value))}</tr>`;
  const estimate = (name: string, value: UnboundedEstimate | null | undefined) =>
    value == null
      ? null
      : html`<tr><th scope="row">${name}</th>${numberCell(decimal(value.value))}${numberCell(`${decimal(value.low)} to ${decimal(value.high)}`)}${numberCell('')}</tr>`;
  return section(
    'Figures',
    scrollable(
      'Figures',
      html`<table><thead><tr><th scope="col">figure</th><th class="number" scope="col">value</th><th class="number" scope="col">95% interval</th><th class="number" scope="col">texts</th></tr></thead><tbody>${rate(isSet ? 'exact sets' : 'accuracy', metrics.accuracy)}${ordinal === undefined ? null : rate('within one level', ordinal.withinOne)}${estimate('mean absolute error', ordinal?.meanAbsoluteError)}${estimate('mean absolute error of the expected value', ordinal?.expectedError)}${estimate('quadratic weighted kappa', ordinal?.weightedKappa)}${rate(isSet ? 'exact sets, of texts with intents' : 'accuracy in scope', metrics.inScopeAccuracy)}${rate(isSet ? 'no intent: recall' : 'out of scope: recall', metrics.outOfScopeRecall)}${rate(isSet ? 'no intent: precision' : 'out of scope: precision', metrics.outOfScopePrecision)}${estimate('micro F1', metrics.microF1)}${estimate('macro F1', metrics.macroF1)}${estimate('expected calibration error', metrics.expectedCalibrationError)}${(metrics.tags ?? []).map(({ tag, right }) => rate(`tag ${tag}`, right))}</tbody></table>`,
    ),
  );
}

const intentsAtFirst = 15;

function intentSection({ metrics }: IntentEvaluationReport): Html | null {
  const intents = (metrics.intents ?? []).toSorted((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0));
  if (intents.length === 0) return null;
  const others = intents.slice(intentsAtFirst);
  return section(
    'Intents',
    html`<p class="soft">The weakest first.</p>${intentTable('Intents', intents.slice(0, intentsAtFirst))}${
      others.length === 0
        ? null
        : html`<details><summary>${others.length} more</summary>${intentTable('Further intents', others)}</details>`
    }`,
  );
}

function intentTable(label: string, intents: readonly IntentScore[]): Html {
  const titles = ['F1', 'wanted', 'given', 'right', 'precision', 'recall'];
  return scrollable(
    label,
    html`<table><thead><tr><th class="first" scope="col">intent</th>${titles.map((title) => html`<th class="number" scope="col">${title}</th>`)}</tr></thead><tbody>${intents.map(
      (one) =>
        html`<tr><th class="first" scope="row">${one.intent ?? 'out of scope'}</th>${numberCell(decimal(one.f1))}${[one.wanted, one.got, one.right].map((count) => numberCell(whole(count)))}${numberCell(percent(one.precision))}${numberCell(percent(one.recall))}</tr>`,
    )}</tbody></table>`,
  );
}

function calibrationSection({ metrics }: IntentEvaluationReport): Html | null {
  const bins = metrics.calibrationBins ?? [];
  if (bins.length === 0) return null;
  const inScope = bins.reduce((sum, { rows }) => sum + rows, 0);
  return section(
    'Calibration',
    html`<div class="charts">${lineChart({
      title: 'How often it is right, by how sure it is',
      description: bins
        .map(
          ({ probability, right, rows }) => `sure to ${percent(probability, 0)}: ${percent(right, 0)} right of ${rows}`,
        )
        .join('; '),
      xLabel: 'probability of the most likely intent',
      scale: 'share',
      diagonal: true,
      series: [
        {
          name: 'share of right texts',
          kind: 'scatter',
          points: bins.map(({ probability, right, rows }) => ({ x: probability, y: right, size: rows / inScope })),
        },
      ],
    })}</div><p class="note">On the dashed line probabilities are as good as they say; beneath it the model is too sure of itself. A dot is the larger, the more texts it stands for.</p>`,
  );
}

function failureSection({ failures, failureCount }: IntentEvaluationReport): Html | null {
  if (failures.length === 0) return null;
  const worst = failures.toSorted((a, b) => b.probability - a.probability).slice(0, 30);
  return section(
    'Worst failures',
    html`<p class="soft">${counted(worst.length, 'text')} of ${failureCount}, those first of which it was surest.</p>${scrollable(
      'Worst failures',
      html`<table><thead><tr><th scope="col">text</th><th scope="col">wanted</th><th scope="col">given</th><th class="number" scope="col">probability</th><th scope="col">row</th></tr></thead><tbody>${worst.map(
        ({ text, expected, got, probability, file, line }) =>
          html`<tr><td class="user">${text}</td><td>${expected ?? 'out of scope'}</td><td>${got ?? 'out of scope'}</td>${numberCell(percent(probability))}<td class="soft">${file}${line === undefined ? null : `:${line}`}</td></tr>`,
      )}</tbody></table>`,
    )}`,
  );
}
