import { decimal, percent, whole } from './format.js';
import { type Html, html } from './html.js';
import { lineChart } from './line-chart.js';
import { section } from './page.js';
import type { TrainingCurve } from './training-curve.js';

/** Losses, and accuracy to the letter, over the steps of a training. */
export function learningSection({ training, validation }: TrainingCurve): Html {
  const losses = [...training, ...validation].map(({ loss }) => loss).filter((loss) => loss > 0);
  const isWide = losses.length > 0 && Math.max(...losses) / Math.min(...losses) > 30;
  const exact = validation.flatMap(({ step, exact: share }) => (share === null ? [] : [{ x: step, y: share }]));
  const [last, lastTraining] = [validation.at(-1), training.at(-1)];
  const description = [
    ...(lastTraining === undefined
      ? []
      : [`training loss ${decimal(training[0]!.loss)} at first, ${decimal(lastTraining.loss)} at the end`]),
    ...(last === undefined
      ? []
      : [`validation loss ${decimal(validation[0]!.loss)} at first, ${decimal(last.loss)} at the end`]),
  ].join('; ');
  return section(
    'Learning curve',
    html`<div class="charts">${lineChart({
      title: `Loss, nats a label token${isWide ? ' (logarithmic)' : ''}`,
      description,
      xLabel: 'optimiser step',
      scale: isWide ? 'log' : 'linear',
      series: [
        { name: 'training', kind: 'line', points: training.map(({ step, loss }) => ({ x: step, y: loss })) },
        { name: 'validation', kind: 'dots', points: validation.map(({ step, loss }) => ({ x: step, y: loss })) },
      ],
    })}${
      exact.length === 0
        ? null
        : lineChart({
            title: 'Validation rows that are right to the letter',
            description: `${percent(exact[0]!.y)} at first, ${percent(exact.at(-1)!.y)} at the end`,
            xLabel: 'optimiser step',
            scale: 'share',
            series: [{ name: 'validation', kind: 'dots', points: exact }],
          })
    }</div>${
      validation.length === 0
        ? null
        : html`<details><summary>Values on validation rows</summary><table><thead><tr><th class="number" scope="col">step</th><th class="number" scope="col">loss</th><th class="number" scope="col">right to the letter</th></tr></thead><tbody>${validation.map(
            ({ step, loss, exact: share }) =>
              html`<tr><td class="number">${whole(step)}</td><td class="number">${decimal(loss, 4)}</td><td class="number">${percent(share)}</td></tr>`,
          )}</tbody></table></details>`
    }`,
  );
}
