import { percent, whole } from './format.js';
import { type Html, html } from './html.js';
import { scrollable, section } from './page.js';

/** How often one thing was answered where another was wanted, right ones included. */
export interface Confusion {
  expected: string | null;
  got: string | null;
  count: number;
}

const largest = 16;
const listedAtMost = 30;

/**
 * A matrix of wanted and given names, or, where it would be too large, the most frequent mistakes.
 * @param nothing what null is called
 * @param other another configuration, shown on demand
 */
export function confusionSection(
  heading: string,
  confusions: readonly Confusion[],
  nothing: string,
  other?: { name: string; confusions: readonly Confusion[] },
): Html | null {
  if (confusions.length === 0) return null;
  const names = namesOf(confusions);
  if (names.length > largest) return section(heading, mistakes(confusions, nothing));
  const others = other === undefined ? [] : namesOf(other.confusions);
  return section(
    heading,
    html`${scrollable(heading, matrix(confusions, names, nothing))}
<p class="note">Rows are what was wanted, columns what was given. Blue is right, orange is wrong; the deeper, the larger the share of its row.</p>${
      other === undefined || others.length === 0 || others.length > largest
        ? null
        : html`<details><summary>The same of “${other.name}”</summary>${scrollable(other.name, matrix(other.confusions, others, nothing))}</details>`
    }`,
  );
}

function matrix(confusions: readonly Confusion[], names: readonly (string | null)[], nothing: string): Html {
  const counts = new Map(confusions.map(({ expected, got, count }) => [JSON.stringify([expected, got]), count]));
  const rows = names.flatMap((expected) => {
    const cells = names.map((got) => ({ got, count: counts.get(JSON.stringify([expected, got])) ?? 0 }));
    const total = cells.reduce((sum, { count }) => sum + count, 0);
    if (total === 0) return [];
    return [
      html`<tr><th class="first" scope="row">${expected ?? nothing}</th>${cells.map(({ got, count }) =>
        count === 0
          ? html`<td class="none">·</td>`
          : html`<td class="${got === expected ? 'right' : 'wrong'}" style="--share:${(count / total).toFixed(3)}">${count}<span class="hidden"> ${got === expected ? 'right' : 'wrong'}</span></td>`,
      )}</tr>`,
    ];
  });
  return html`<table class="matrix"><thead><tr><th class="first" scope="col">wanted ↓ given →</th>${names.map(
    (name) => html`<th scope="col"><span>${name ?? nothing}</span></th>`,
  )}</tr></thead><tbody>${rows}</tbody></table>`;
}

function mistakes(confusions: readonly Confusion[], nothing: string): Html {
  const wrong = confusions.filter(({ expected, got }) => expected !== got).toSorted((a, b) => b.count - a.count);
  const total = confusions.reduce((sum, { count }) => sum + count, 0);
  const wrongCount = wrong.reduce((sum, { count }) => sum + count, 0);
  return html`<p>${whole(wrongCount)} of ${whole(total)} (${percent(wrongCount / total)}) are wrong; these mistakes are the most frequent.</p>${scrollable(
    'Most frequent mistakes',
    html`<table><thead><tr><th scope="col">wanted</th><th scope="col">given</th><th class="number" scope="col">times</th></tr></thead><tbody>${wrong
      .slice(0, listedAtMost)
      .map(
        ({ expected, got, count }) =>
          html`<tr><td>${expected ?? nothing}</td><td>${got ?? nothing}</td><td class="number">${count}</td></tr>`,
      )}</tbody></table>`,
  )}`;
}

/** In the order of the wanted ones; null last. */
function namesOf(confusions: readonly Confusion[]): (string | null)[] {
  const names = new Set(confusions.flatMap(({ expected, got }) => [expected, got]));
  return [...names].sort((a, b) => (a === b ? 0 : a === null ? 1 : b === null || a < b ? -1 : 1));
}
