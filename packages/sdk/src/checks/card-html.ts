import { type CardBar, type CardBlock, type CardSection, formatNumber, shortLabel } from './card-sections.js';

/** A card as one page: no script, no font or picture from elsewhere; bars are SVG that grows with the page. */
export function cardHtml(
  sections: readonly CardSection[],
  { title, description }: { title: string; description: string },
): string {
  const contents = sections
    .map(({ title, folded }, index) => (folded ? '' : `<a href="#s${index}">${escapeHtml(title)}</a>`))
    .join('');
  const lead = description === '' ? '' : `<p class="lead">${escapeHtml(description)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${lead}
<nav>${contents}</nav>
${sections.map(sectionHtml).join('\n')}
<footer>Written by <code>tooltune check --card</code>.</footer>
</main>
</body>
</html>
`;
}

function sectionHtml({ title, text, blocks, folded }: CardSection, index: number): string {
  const paragraph = text === undefined ? '' : `<p>${escapeHtml(text)}</p>`;
  const inside = `${paragraph}\n<div class="blocks">${blocks.map(blockHtml).join('\n')}</div>`;
  const heading = `<h2>${escapeHtml(title)}</h2>`;
  return folded
    ? `<details id="s${index}"><summary>${heading}</summary>\n${inside}\n</details>`
    : `<section id="s${index}">\n${heading}\n${inside}\n</section>`;
}

function blockHtml(block: CardBlock): string {
  switch (block.kind) {
    case 'figures': {
      const figures = block.figures.map(
        ({ name, value }) => `<div><dd>${escapeHtml(value)}</dd><dt>${escapeHtml(name)}</dt></div>`,
      );
      return `<dl class="figures">${figures.join('')}</dl>`;
    }
    case 'table':
      return tableHtml(block);
    default:
      return barsHtml(block);
  }
}

function tableHtml({ title, columns, rows }: Extract<CardBlock, { kind: 'table' }>): string {
  // Figures stand right.
  const isNumber = columns.map((_, column) => rows.length > 0 && rows.every((row) => /^[\d,.]+%?$/.test(row[column]!)));
  const cell = (tag: 'td' | 'th', text: string, column: number) =>
    `<${tag}${isNumber[column] ? ' class="number"' : ''}>${escapeHtml(text)}</${tag}>`;
  const head = columns.map((text, column) => cell('th', text, column)).join('');
  const body = rows.map((row) => `<tr>${row.map((text, column) => cell('td', text, column)).join('')}</tr>`).join('\n');
  const caption = title === undefined ? '' : `<h3>${escapeHtml(title)}</h3>`;
  return `<figure class="wide">${caption}<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div></figure>`;
}

const barHeight = 10;

/** A row for each bar: its label, its picture, its number. The picture is as wide as there is place. */
function barsHtml({ title, bars, note }: Extract<CardBlock, { kind: 'bars' }>): string {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const foot = note === undefined ? '' : `<figcaption>${escapeHtml(note)}</figcaption>`;
  const longest = Math.max(4, ...bars.map(({ label }) => Math.min(30, shortLabel(label).length)));
  return `<figure><h3>${escapeHtml(title)}</h3><div class="bars${longest > 16 ? ' long' : ''}" style="--label:${(longest * 1.1 + 1).toFixed(1)}ch">${bars
    .map((bar) => barHtml(bar, most))
    .join('\n')}</div>${foot}</figure>`;
}

function barHtml({ label, value, tone }: CardBar, most: number): string {
  const share = (100 * value) / most;
  // What is there is seen, however little it is.
  const width = value === 0 ? 0 : Math.max(0.8, share);
  const description = `${label}: ${formatNumber(value)}`;
  return `<div class="bar" title="${escapeHtml(description)}"><span class="label">${escapeHtml(shortLabel(label))}</span><svg role="img" aria-label="${escapeHtml(description)}" viewBox="0 0 100 ${barHeight}" preserveAspectRatio="none"><rect class="track" width="100" height="${barHeight}"/><rect class="${tone ?? 'plain'}" width="${width.toFixed(2)}" height="${barHeight}"/></svg><span class="number${tone === 'bad' ? ' alarm' : ''}">${formatNumber(value)}</span></div>`;
}

const styles = `
:root{--paper:#fff;--ink:#1b1f24;--soft:#5b6470;--line:#e2e6ea;--track:#eef1f4;--plain:#3b6fb6;--good:#2f8f5b;--fair:#c98a1b;--bad:#c2453f;--chip:#f4f6f8}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ed;--soft:#9aa4b0;--line:#2c323a;--track:#232930;--plain:#6f9fe0;--good:#58b985;--fair:#e0ac4c;--bad:#e5736d;--chip:#1e2329}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .75rem;overflow-wrap:anywhere}
h3{font-size:.95rem;margin:0 0 .5rem;font-weight:600;overflow-wrap:anywhere}
p{margin:0 0 1rem;color:var(--soft);max-width:44rem}
.lead{color:var(--ink)}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0 0}
nav a{background:var(--chip);border:1px solid var(--line);border-radius:999px;padding:.15rem .7rem;color:inherit;text-decoration:none;font-size:.85rem}
section,details{border-top:1px solid var(--line);margin-top:1.75rem;padding-top:1.25rem;scroll-margin-top:.5rem}
summary{cursor:pointer}
summary h2{display:inline;font-size:1rem}
details[open] summary{margin-bottom:.75rem}
details+details{margin-top:.75rem;padding-top:.75rem}
.blocks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.5rem 2rem;align-items:start}
.wide,.figures{grid-column:1/-1}
figure{margin:0;min-width:0}
figcaption{color:var(--soft);font-size:.85rem;margin-top:.4rem}
.figures{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem;margin:0}
.figures div{min-width:5rem}
.figures dd{margin:0;font-size:1.6rem;font-weight:650;line-height:1.15;font-variant-numeric:tabular-nums}
.figures dt{color:var(--soft);font-size:.85rem}
.bar{display:grid;grid-template-columns:minmax(0,min(var(--label),42%)) minmax(3rem,1fr) 3.6rem;gap:.6rem;align-items:center;padding:.1rem 0;font-size:.9rem}
.label{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bar svg{display:block;width:100%;height:.7rem;border-radius:3px}
.number{text-align:right;font-variant-numeric:tabular-nums}
.alarm{color:var(--bad)}
.track{fill:var(--track)}.plain{fill:var(--plain)}.good{fill:var(--good)}.fair{fill:var(--fair)}.bad{fill:var(--bad)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;min-width:min(100%,22rem)}
th,td{text-align:left;padding:.3rem 1.25rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:500}
th{overflow-wrap:normal}
th.number,td.number{text-align:right;overflow-wrap:normal}
td.number{white-space:nowrap}
td:first-child{min-width:8rem}
th:last-child,td:last-child{padding-right:0}
@media (max-width:32rem){.long .bar{grid-template-columns:minmax(0,1fr) 3.6rem;row-gap:.1rem}.long .label{grid-column:1/-1;white-space:normal;overflow-wrap:anywhere}summary h2{word-break:break-all}}
footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
`.trim();

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
