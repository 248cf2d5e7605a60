import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Example, formatDataset, type Toolset } from '@tooltune/sdk';
import { type CheckFinding, checkDataset, datasetCard } from '@tooltune/sdk/checks';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { refuseExisting } from '../refuse-existing.js';

export const parts = ['train', 'validation', 'test'] as const;
export type Part = (typeof parts)[number];

/** Where a data set is written. */
export interface DataSetFiles {
  rows: Record<Part, string>;
  card: { markdown: string; html: string };
}

export interface WrittenDataSet {
  files: DataSetFiles;
  rows: Record<Part, number>;
  /** What a check of it finds that is more than a note. */
  findings: CheckFinding[];
}

export function dataSetFiles(folder: string): DataSetFiles {
  const rows = Object.fromEntries(parts.map((part) => [part, join(folder, `${part}.jsonl`)])) as DataSetFiles['rows'];
  return { rows, card: { markdown: join(folder, 'card.md'), html: join(folder, 'card.html') } };
}

/** Refuses to write over a data set. @throws TooltuneError `generate/file-exists` */
export async function refuseExistingFiles({ rows, card }: DataSetFiles): Promise<void> {
  for (const file of [...Object.values(rows), ...Object.values(card)])
    await refuseExisting(file, 'generate/file-exists');
}

/** Writes the three parts of a data set and its card. */
export async function writeDataSet(
  folder: string,
  dataset: Readonly<Record<Part, readonly Example[]>>,
  options: { toolset?: Toolset | undefined; title: string; description: string },
): Promise<WrittenDataSet> {
  const files = dataSetFiles(folder);
  await mkdir(folder, { recursive: true });
  for (const part of parts) await writeFileAtomic(files.rows[part], formatDataset(dataset[part]));
  const placed = parts
    .filter((part) => dataset[part].length > 0)
    .map((part) => ({
      file: `${part}.jsonl`,
      role: part,
      examples: dataset[part].map((example, index) => {
        return { ...example, location: { file: `${part}.jsonl`, line: index + 1 } };
      }),
    }));
  const checked = checkDataset(placed, { toolset: options.toolset });
  const { markdown, html } = datasetCard(checked, { title: options.title, description: options.description });
  await writeFileAtomic(files.card.markdown, markdown);
  await writeFileAtomic(files.card.html, html);
  const counts = Object.fromEntries(parts.map((part) => [part, dataset[part].length])) as Record<Part, number>;
  return { files, rows: counts, findings: checked.findings.filter(({ severity }) => severity !== 'note') };
}
