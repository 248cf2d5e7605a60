import { percent, whole } from '../report-html/format.js';
import { type Html, html } from '../report-html/html.js';
import type { AdviceCurve } from '../schemas/index.js';

const [width, height, left, right, top, bottom] = [520, 280, 48, 20, 12, 40];

/**
 * Right rows by rows that were learnt from, on a logarithmic axis: what was measured with its intervals, the fitted curve
 * with its band, and the best way without training as a line.
 */
export function curvePicture(
  { measured, fitted, predictions }: AdviceCurve,
  prompted: { name: string; share: number } | undefined,
): Html {
  const [first, last] = [fitted[0]!.rows, fitted.at(-1)!.rows];
  const largest = measured.at(-1)!.rows;
  const px = (rows: number) => round(left + (Math.log(rows / first) / Math.log(last / first)) * (width - left - right));
  const py = (share: number) => round(height - bottom - share * (height - top - bottom));
  const line = (points: typeof fitted) => points.map(({ rows, value }) => `${px(rows)},${py(value)}`).join(' ');
  const band = [
    ...fitted.map(({ rows, high }) => `${px(rows)},${py(high)}`),
    ...fitted.toReversed().map(({ rows, low }) => `${px(rows)},${py(low)}`),
  ].join(' ');
  const described = [
    ...measured.map(({ rows, value }) => `${percent(value)} after ${whole(rows)} rows`),
    ...predictions.map(
      ({ rows, right: { value, low, high } }) =>
        `${percent(value)} (${percent(low)} to ${percent(high)}) expected after ${whole(rows)}`,
    ),
  ].join('; ');
  return html`<figure class="chart"><figcaption>Right rows, by rows to learn from</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Learning curve. ${described}">
${[0, 0.25, 0.5, 0.75, 1].map(
  (tick) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${py(tick)}" y2="${py(tick)}"/>
<text x="${left - 6}" y="${py(tick) + 4}" text-anchor="end">${percent(tick, 0)}</text>`,
)}
${[...measured.map(({ rows }) => rows), ...predictions.map(({ rows }) => rows)].map(
  (rows) => html`<text x="${px(rows)}" y="${height - bottom + 16}" text-anchor="middle">${whole(rows)}</text>`,
)}
<text x="${(left + width - right) / 2}" y="${height - 4}" text-anchor="middle">rows to learn from (logarithmic)</text>
<g class="series-1"><polygon class="band" points="${band}"/>
<polyline points="${line(fitted.filter(({ rows }) => rows <= largest))}"/>
<polyline class="dashed" points="${line(fitted.filter(({ rows }) => rows >= largest))}"/>
${measured.map(
  ({ rows, value, low, high }) =>
    html`<line class="whisker" x1="${px(rows)}" x2="${px(rows)}" y1="${py(low)}" y2="${py(high)}"/><circle cx="${px(rows)}" cy="${py(value)}" r="4"/>`,
)}</g>
${prompted === undefined ? null : html`<g class="series-2"><polyline class="dashed" points="${left},${py(prompted.share)} ${width - right},${py(prompted.share)}"/></g>`}
</svg>
<p class="legend"><span class="key-1">fine-tuned (dashed: expected)</span> ${
    prompted === undefined ? null : html`<span class="key-2">${prompted.name}</span>`
  }</p></figure>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
