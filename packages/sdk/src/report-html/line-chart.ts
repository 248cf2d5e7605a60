import { type Html, type HtmlValue, html } from './html.js';

export interface ChartSeries {
  name: string;
  /** `line` for many values, `dots` for few that are joined, `scatter` for those that are not. */
  kind: 'line' | 'dots' | 'scatter';
  /** `size`: the share that a dot of a scatter stands for; its area follows. */
  points: readonly { x: number; y: number; size?: number }[];
}

export interface ChartOptions {
  title: string;
  /** What the chart says, in words, for those who cannot see it. */
  description: string;
  xLabel: string;
  series: readonly ChartSeries[];
  /** `share`: 0 to 100%. `log`: where values span orders of magnitude. */
  scale: 'linear' | 'log' | 'share';
  /** Whether a line from corner to corner stands behind the series. */
  diagonal?: boolean;
}

const [width, height, left, right, top, bottom] = [360, 230, 46, 20, 10, 36];
const most = 160;

/** A chart as inline SVG, with a legend beneath. Colours are those of the page's style sheet. */
export function lineChart({ title, description, xLabel, series, scale, diagonal = false }: ChartOptions): Html {
  const all = series.flatMap(({ points }) => points);
  const xs = all.map(({ x }) => x);
  const ys = all.map(({ y }) => y).filter((y) => scale !== 'log' || y > 0);
  if (ys.length === 0) return html``;
  const xMax = scale === 'share' && diagonal ? 1 : Math.max(...xs);
  const yTicks = ticksFor(scale, Math.min(...ys), Math.max(...ys));
  const [yMin, yMax] = [yTicks[0]!, yTicks.at(-1)!];
  const place = (y: number) =>
    scale === 'log' ? (Math.log(y) - Math.log(yMin)) / (Math.log(yMax) - Math.log(yMin)) : (y - yMin) / (yMax - yMin);
  const px = (x: number) => round(left + (xMax === 0 ? 0 : x / xMax) * (width - left - right));
  const py = (y: number) => round(height - bottom - place(y) * (height - top - bottom));
  const xTicks = diagonal ? [0, 0.25, 0.5, 0.75, 1] : niceTicks(0, xMax, 4).filter((tick) => tick <= xMax);
  const format = (value: number) =>
    scale === 'share' ? `${Math.round(value * 100)}%` : String(Number(value.toPrecision(3)));
  const grid: HtmlValue[] = yTicks.map(
    (tick) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${py(tick)}" y2="${py(tick)}"/>
<text x="${left - 6}" y="${py(tick) + 4}" text-anchor="end">${format(tick)}</text>`,
  );
  const below = xTicks.map(
    (tick) =>
      html`<text x="${px(tick)}" y="${height - bottom + 16}" text-anchor="middle">${diagonal ? format(tick) : String(tick)}</text>`,
  );
  const lines = series.map(({ kind, points }, index) => {
    const shown = (kind === 'line' ? thinned(points) : points).filter(({ y }) => scale !== 'log' || y > 0);
    const path = shown.map(({ x, y }) => `${px(x)},${py(Math.max(y, yMin))}`).join(' ');
    const dots =
      kind === 'line'
        ? null
        : shown.map(
            ({ x, y, size = 0 }) =>
              html`<circle cx="${px(x)}" cy="${py(y)}" r="${round(3.5 + 12 * Math.sqrt(size))}"/>`,
          );
    return html`<g class="series-${index + 1}">${kind === 'scatter' ? null : html`<polyline points="${path}"/>`}${dots}</g>`;
  });
  return html`<figure class="chart"><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. ${description}">
${grid}${below}
<text x="${(left + width - right) / 2}" y="${height - 4}" text-anchor="middle">${xLabel}</text>
${diagonal ? html`<line class="diagonal" x1="${px(0)}" y1="${py(0)}" x2="${px(1)}" y2="${py(1)}"/>` : null}
${lines}
</svg>
<p class="legend">${series.map(({ name }, index) => html`<span class="key-${index + 1}">${name}</span> `)}</p></figure>`;
}

/** Means of as many runs of points as a chart can show. */
function thinned(points: ChartSeries['points']): ChartSeries['points'] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, bucket) => {
    const from = Math.floor((bucket * points.length) / most);
    const some = points.slice(from, Math.floor(((bucket + 1) * points.length) / most));
    const mean = (value: (point: { x: number; y: number }) => number) =>
      some.reduce((sum, point) => sum + value(point), 0) / some.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
}

function ticksFor(scale: ChartOptions['scale'], min: number, max: number): number[] {
  if (scale === 'share') return [0, 0.25, 0.5, 0.75, 1];
  if (scale === 'linear') return niceTicks(0, max === 0 ? 1 : max, 4);
  const [from, to] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const decades = Array.from({ length: Math.max(2, to - from + 1) }, (_, index) => 10 ** (from + index));
  return decades;
}

/** From at most `min` to at least `max`, about `count` steps of 1, 2 or 5 times a power of ten. */
function niceTicks(min: number, max: number, count: number): number[] {
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough - 1e-12)!;
  const first = Math.floor(min / step);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
