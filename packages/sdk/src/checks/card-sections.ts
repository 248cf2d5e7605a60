import type { JsonValue } from '../toolset/index.js';
import type { DatasetCheck, DatasetStatistics } from './check-dataset.js';
import { type CheckRule, checkRules } from './check-rules.js';
import type { ArgumentStatistics, Distribution, ToolStatistics } from './dataset-statistics.js';
import { findPersonalData, personalDataNames } from './personal-data.js';

/** A part of a card. */
export interface CardSection {
  title: string;
  /** One or more sentences under the title. */
  text?: string;
  blocks: CardBlock[];
  /** Shown when it is asked for, and not in the list of contents. */
  folded?: boolean;
}

/** What a section shows: figures, bars, or a table. */
export type CardBlock =
  | { kind: 'figures'; figures: { name: string; value: string }[] }
  | { kind: 'bars'; title: string; bars: CardBar[]; note?: string }
  | { kind: 'table'; title?: string; columns: string[]; rows: string[][] };

/** A bar; `tone` tells what is good and what is not. */
export interface CardBar {
  label: string;
  value: number;
  tone?: 'good' | 'fair' | 'bad';
}

/** With more tools than this, each is folded. */
const mostOpen = 10;
const mostBars = 40;
const longestLabel = 48;

/** The parts of a data set's card, in order; what there is nothing of is left out. */
export function cardSections({ statistics, counts, findings }: DatasetCheck): CardSection[] {
  const called = statistics.tools.filter(({ calls }) => calls > 0);
  return [
    overview(statistics),
    findingSection(counts, findings.length),
    toolSection(statistics),
    ...called.map((tool) => ({ ...argumentSection(tool), folded: called.length > mostOpen })),
    intentSection(statistics),
    groundingSection(statistics),
    lengthSection(statistics),
    repetitionSection(statistics),
    personalSection(statistics),
  ].filter((section) => section.blocks.length > 0);
}

/** A number as people read it. */
export const formatNumber = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

function overview({ files, rows, kinds, tools, balance, requestWords }: DatasetStatistics): CardSection {
  const calls = tools.reduce((sum, tool) => sum + tool.calls, 0);
  const figures = [
    { name: 'rows', value: formatNumber(rows) },
    ...(tools.length > 0
      ? [
          { name: 'tools', value: formatNumber(tools.length) },
          { name: 'calls', value: formatNumber(calls) },
        ]
      : []),
    ...(requestWords === undefined
      ? []
      : [{ name: 'words a request, median', value: formatNumber(requestWords.median) }]),
    ...(balance === undefined || tools.length < 2
      ? []
      : [{ name: 'evenness of tools (1 is even)', value: balance.evenness.toFixed(2) }]),
  ];
  const bars: CardBar[] = (
    [
      ['one call', kinds.oneCall],
      ['several calls', kinds.severalCalls],
      ['words, no call', kinds.words],
      ['no answer (to measure with)', kinds.silent],
      ['intents', kinds.intents],
      ['out of scope', kinds.outOfScope],
      ['of several turns', kinds.severalTurns],
      ['with a worse answer', kinds.preferences],
    ] as const
  ).flatMap(([label, value]) => (value > 0 ? [{ label, value }] : []));
  return {
    title: 'What it holds',
    blocks: [
      { kind: 'figures', figures },
      {
        kind: 'table',
        title: 'Files',
        columns: ['file', 'for', 'rows'],
        rows: files.map(({ file, role, rows: count }) => [file, role, formatNumber(count)]),
      },
      { kind: 'bars', title: 'Rows by kind', bars },
    ],
  };
}

function findingSection(counts: DatasetCheck['counts'], total: number): CardSection {
  const rows = (Object.keys(checkRules) as CheckRule[]).flatMap((rule) => {
    const count = counts[rule];
    return count === undefined ? [] : [[rule, checkRules[rule], formatNumber(count)]];
  });
  const text = total === 0 ? 'Nothing was found.' : undefined;
  return {
    title: 'What was found',
    ...(text === undefined ? {} : { text }),
    blocks: [
      { kind: 'table', columns: ['rule', 'severity', 'findings'], rows: rows.length > 0 ? rows : [['–', '–', '0']] },
    ],
  };
}

function toolSection({ tools, balance }: DatasetStatistics): CardSection {
  if (tools.length === 0) return { title: 'Tools', blocks: [] };
  const ratio =
    balance === undefined || !Number.isFinite(balance.ratio)
      ? undefined
      : `The most called tool has ${balance.ratio.toFixed(1)} times the calls of the least called.`;
  return {
    title: 'Tools',
    ...(ratio === undefined ? {} : { text: ratio }),
    blocks: [
      barsOf(
        'Calls by tool',
        tools.map(({ name, calls }) => bar(name, calls)),
      ),
    ],
  };
}

function argumentSection({ name, calls, arguments: given }: ToolStatistics): CardSection {
  const used = given.filter(({ count }) => count > 0);
  return {
    title: name,
    text: `${formatNumber(calls)} ${calls === 1 ? 'call' : 'calls'}.`,
    blocks: [
      ...(given.length > 0
        ? [
            barsOf(
              'Calls that give an argument',
              given.map((argument) => bar(argument.name, argument.count)),
            ),
          ]
        : []),
      ...used.map(valueBars),
    ],
  };
}

function valueBars({ name, distinct, values, unusedValues }: ArgumentStatistics): CardBlock {
  const shown = values.slice(0, distinct > 12 ? 6 : 12);
  const labelled = new Map<string, number>();
  for (const [value, count] of shown) {
    const label = valueLabel(value);
    labelled.set(label, (labelled.get(label) ?? 0) + count);
  }
  const bars = [...labelled].map(([label, count]) => bar(label, count));
  const unused = unusedValues.map((value) => ({ label: valueLabel(value), value: 0, tone: 'bad' as const }));
  const left = distinct - shown.length;
  const note = left > 0 ? `and ${formatNumber(left)} other ${left === 1 ? 'value' : 'values'}` : undefined;
  return {
    kind: 'bars',
    title: `Values of ${name}`,
    bars: [...bars, ...unused.slice(0, mostBars)],
    ...(note === undefined ? {} : { note }),
  };
}

/** A value; one that is personal is named and not shown. */
function valueLabel(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const [personal] = findPersonalData(text);
  if (personal !== undefined) return `(${personalDataNames[personal.kind]})`;
  return text === '' ? '(empty)' : text;
}

function intentSection({ intents }: DatasetStatistics): CardSection {
  const bars = Object.entries(intents)
    .sort(([, a], [, b]) => b - a)
    .map(([intent, count]) => bar(intent, count));
  return { title: 'Intents', blocks: bars.length === 0 ? [] : [barsOf('Rows by intent', bars)] };
}

function groundingSection({ tools }: DatasetStatistics): CardSection {
  const rows = tools.flatMap(({ name, arguments: given }) =>
    given.flatMap(({ name: argument, grounding }) => {
      const total = Object.values(grounding).reduce((sum, count) => sum + count, 0);
      if (total === 0) return [];
      const share = (count: number) => `${Math.round((100 * count) / total)}%`;
      const { span, derived, none } = grounding;
      return [
        [`${name}: ${argument}`, share(span), share(grounding['span-ignoring-case']), share(derived), share(none)],
      ];
    }),
  );
  return {
    title: 'Where values come from',
    text: 'A value is copied from the conversation, copied but for case, derived from it (two is 2, friday is a date), or nobody said it.',
    blocks:
      rows.length === 0
        ? []
        : [{ kind: 'table', columns: ['argument', 'copied', 'but for case', 'derived', 'not said'], rows }],
  };
}

function lengthSection({ requestWords, tokens }: DatasetStatistics): CardSection {
  const text =
    tokens === undefined
      ? undefined
      : `The longest row has ${formatNumber(tokens.largest)} tokens; ${formatNumber(tokens.contextTokens)} fit.`;
  return {
    title: 'Lengths',
    ...(text === undefined ? {} : { text }),
    blocks: [
      ...(requestWords === undefined ? [] : [histogram('Requests, in words', requestWords)]),
      ...(tokens === undefined ? [] : [histogram('Rows, in tokens', tokens)]),
    ],
  };
}

function histogram(title: string, { bins, median, percentile95, largest }: Distribution): CardBlock {
  return {
    kind: 'bars',
    title,
    bars: bins.map(({ from, to, count }) =>
      bar(from === to ? formatNumber(from) : `${formatNumber(from)}–${formatNumber(to)}`, count),
    ),
    note: `median ${formatNumber(median)}, 95% at most ${formatNumber(percentile95)}, longest ${formatNumber(largest)}`,
  };
}

function repetitionSection({ rows, repetitions }: DatasetStatistics): CardSection {
  const { exact, near, contradictions, between } = repetitions;
  const bars: CardBar[] = [
    { label: 'asked once', value: rows - exact - near - contradictions, tone: 'good' },
    { label: 'asked again', value: exact, tone: 'fair' },
    { label: 'asked again in nearly the same words', value: near, tone: 'fair' },
    {
      label: 'asked again, with another answer',
      value: contradictions,
      ...(contradictions > 0 ? { tone: 'bad' } : {}),
    },
  ];
  const rowsBetween = between.map(({ file, other, exact: same, near: alike }) => [
    file,
    other,
    formatNumber(same),
    formatNumber(alike),
  ]);
  return {
    title: 'Repetitions',
    blocks: [
      { kind: 'bars', title: 'Rows', bars },
      ...(rowsBetween.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              title: 'Between files',
              columns: ['file', 'again in', 'same', 'nearly'],
              rows: rowsBetween,
            },
          ]),
    ],
  };
}

function personalSection({ personalData }: DatasetStatistics): CardSection {
  const bars = Object.entries(personalData).map(
    ([kind, count]): CardBar => ({ label: kind, value: count, tone: 'bad' }),
  );
  return {
    title: 'Personal data',
    text: 'Found by its form: email addresses, phone numbers, payment cards, IBANs, public IP addresses, secrets. Names and postal addresses are not looked for.',
    blocks:
      bars.length === 0
        ? [{ kind: 'figures', figures: [{ name: 'pieces', value: '0' }] }]
        : [{ kind: 'bars', title: 'Pieces', bars }],
  };
}

function bar(label: string, value: number): CardBar {
  return value === 0 ? { label, value, tone: 'bad' } : { label, value };
}

function barsOf(title: string, bars: readonly CardBar[]): CardBlock {
  const shown = bars.slice(0, mostBars);
  const left = bars.length - shown.length;
  return { kind: 'bars', title, bars: shown, ...(left > 0 ? { note: `and ${formatNumber(left)} more` } : {}) };
}

/** A label that fits beside its bar. */
export function shortLabel(label: string, longest = longestLabel): string {
  const line = label.replaceAll(/\s+/g, ' ');
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
