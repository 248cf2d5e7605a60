import { type CardBlock, type CardSection, formatNumber, shortLabel } from './card-sections.js';
import type { DatasetStatistics } from './check-dataset.js';

/** A card as Markdown; bars are drawn with block characters, which every reader shows. */
export function cardMarkdown(
  sections: readonly CardSection[],
  { title, description, statistics }: { title: string; description: string; statistics: DatasetStatistics },
): string {
  const parts = [
    frontMatter(statistics),
    `# ${escapeText(title)}`,
    ...(description === '' ? [] : [description.trim()]),
    ...sections.flatMap((section) => [
      `## ${escapeText(section.title)}`,
      ...(section.text === undefined ? [] : [section.text]),
      ...section.blocks.map(blockMarkdown),
    ]),
    'Written by `tooltune check --card`.',
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What dataset hosts read of a card. */
function frontMatter({ rows, tools, kinds }: DatasetStatistics): string {
  const sizes: [number, string][] = [
    [1000, 'n<1K'],
    [10_000, '1K<n<10K'],
    [100_000, '10K<n<100K'],
    [1_000_000, '100K<n<1M'],
  ];
  const size = sizes.find(([limit]) => rows < limit)?.[1] ?? '1M<n<10M';
  const isIntents = kinds.intents + kinds.outOfScope > 0;
  const task = isIntents && tools.every(({ calls }) => calls === 0) ? 'text-classification' : 'text-generation';
  const tags = isIntents ? ['intent-classification'] : ['tool-calling', 'function-calling'];
  const lines = [
    'task_categories:',
    `  - ${task}`,
    'tags:',
    ...tags.map((tag) => `  - ${tag}`),
    'size_categories:',
    `  - ${size}`,
  ];
  return ['---', ...lines, '---'].join('\n');
}

function blockMarkdown(block: CardBlock): string {
  switch (block.kind) {
    case 'figures':
      return table(
        ['', ''],
        block.figures.map(({ name, value }) => [name, value]),
      );
    case 'table':
      return (block.title === undefined ? '' : `**${escapeText(block.title)}**\n\n`) + table(block.columns, block.rows);
    default: {
      const most = Math.max(1, ...block.bars.map(({ value }) => value));
      const rows = block.bars.map(({ label, value }) => [shortLabel(label), formatNumber(value), drawn(value / most)]);
      const note = block.note === undefined ? '' : `\n\n${block.note}`;
      return `**${escapeText(block.title)}**\n\n${table(['', 'count', ''], rows)}${note}`;
    }
  }
}

const width = 20;

function drawn(share: number): string {
  const eighths = Math.round(share * width * 8);
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8]!;
  return '█'.repeat(Math.floor(eighths / 8)) + (share > 0 && eighths === 0 ? '▏' : part);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeText).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Text that Markdown shows as it is, in one line. */
function escapeText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~$]/g, (character) => `\\${character}`);
}
