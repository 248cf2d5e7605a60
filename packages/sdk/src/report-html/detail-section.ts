import type { EvaluationConfiguration, EvaluationRate } from '../schemas/index.js';
import { countOf, interval, percent } from './format.js';
import { type Html, html } from './html.js';
import { numberCell, scrollable, section } from './page.js';

const ruleNames = {
  refuse: 'declines what it must',
  answer: 'does not decline what it should do',
  pattern: 'words match the pattern',
  notPattern: 'words avoid the pattern',
  jsonSchema: 'words are JSON by the schema',
  citations: 'cites, and only what is there',
} as const;

/** Turns of conversations, rules for words, and tags: each where there is something to tell. */
export function detailSection(configurations: readonly EvaluationConfiguration[]): Html | null {
  const turns = configurations.flatMap(({ name, metrics }) =>
    metrics.turns === undefined ? [] : [{ name, ...metrics.turns }],
  );
  const longest = Math.max(0, ...turns.map(({ byTurn }) => byTurn.length));
  const conversation: [string, (index: number) => EvaluationRate | undefined][] = [
    ['all turns', (index) => turns[index]?.exact],
    ['whole conversations', (index) => turns[index]?.wholeConversations],
    ...Array.from({ length: longest }, (_, turn): [string, (index: number) => EvaluationRate | undefined] => [
      `turn ${turn + 1}`,
      (index) => turns[index]?.byTurn[turn]?.exact,
    ]),
  ];
  const tables = [
    turns.length === 0
      ? null
      : rateTable(
          'Turns of conversations that are exact',
          turns.map(({ name }) => name),
          conversation,
        ),
    groupTable('Rules for the words of answers', configurations, ({ rules = [] }) =>
      rules.map(({ rule, kept }) => [ruleNames[rule], kept]),
    ),
    groupTable('Right rows by tag', configurations, ({ tags = [] }) => tags.map(({ tag, right }) => [tag, right])),
  ].filter((table) => table !== null);
  return tables.length === 0 ? null : section('Turns, rules and tags', tables);
}

function groupTable(
  caption: string,
  configurations: readonly EvaluationConfiguration[],
  groups: (metrics: EvaluationConfiguration['metrics']) => [string, EvaluationRate][],
): Html | null {
  const columns = configurations.map(({ metrics }) => new Map(groups(metrics)));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  if (names.length === 0) return null;
  return rateTable(
    caption,
    configurations.map(({ name }) => name),
    names.map((name) => [name, (index) => columns[index]!.get(name)]),
  );
}

function rateTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly [string, (index: number) => EvaluationRate | undefined])[],
): Html {
  const cell = (rate: EvaluationRate | undefined) =>
    rate === undefined || rate.total === 0
      ? numberCell('–')
      : numberCell(percent(rate.rate), `${countOf(rate)} (${interval(rate)})`);
  return html`<h3>${caption}</h3>${scrollable(
    caption,
    html`<table><thead><tr><th class="first" scope="col"><span class="hidden">of</span></th>${columns.map((name) => html`<th class="number" scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
      ([name, rateOf]) =>
        html`<tr><th class="first" scope="row">${name}</th>${columns.map((_, index) => cell(rateOf(index)))}</tr>`,
    )}</tbody></table>`,
  )}`;
}
