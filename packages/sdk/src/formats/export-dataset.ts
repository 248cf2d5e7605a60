import { type AssistantMessage, type ConversationExample, formatDataset } from '../dataset/index.js';
import type { Problem } from '../schemas/index.js';
import type { Tool, Toolset } from '../toolset/index.js';
import type { ExportFormat } from './dataset-format.js';
import type { ImportedRow } from './import-dataset.js';
import { type LinkedMessage, linkResults, Unrepresentable } from './link-results.js';
import { writeHermes } from './write-hermes.js';
import { writeOpenAi, writeTogether } from './write-open-ai.js';
import { writeShareGpt } from './write-share-gpt.js';
import { writeTrl, writeTrlPromptCompletion } from './write-trl.js';

export interface ExportOptions {
  to: ExportFormat;
  /** Tools of rows that hold none of their own. */
  toolset?: Pick<Toolset, 'tools'> | undefined;
}

export interface ExportedDataset {
  /** JSONL. */
  text: string;
  /** Lines of it: TRL's prompt and completion takes one for each turn that is learnt. */
  lines: number;
  /** Why rows were refused. */
  problems: Problem[];
  /** How many rows were refused. */
  refused: number;
  /** Rows with `expect` or `tags`, which only tooltune's own rows have a place for; they are left out. */
  withoutNotes: number;
}

/** A conversation whose answers are known to say something, with its results linked to calls. */
export interface ExportRow {
  messages: LinkedMessage[];
  rejected?: Extract<LinkedMessage, { role: 'assistant' }>;
  tools: readonly Tool[];
}

/** A row as objects, one for each line. Throws Unrepresentable. */
export type RowWriter = (row: ExportRow) => object[];

const writers: Record<Exclude<ExportFormat, 'tooltune'>, RowWriter> = {
  openai: writeOpenAi,
  together: writeTogether,
  trl: writeTrl,
  'trl-prompt-completion': writeTrlPromptCompletion,
  sharegpt: writeShareGpt,
  hermes: writeHermes,
};

/**
 * Writes rows in another format, as JSONL. Never throws: a row that the format has no place for is refused with its line
 * and the reason. In `tooltune` every row has a place; its tools do not stand in the rows, unless they are the row's own.
 */
export function exportDataset(rows: readonly ImportedRow[], { to, toolset }: ExportOptions): ExportedDataset {
  if (to === 'tooltune') {
    const text = formatDataset(rows.map(({ example }) => example));
    return { text, lines: rows.length, problems: [], refused: 0, withoutNotes: 0 };
  }
  const write = writers[to];
  const lines: string[] = [];
  const problems: Problem[] = [];
  let withoutNotes = 0;
  for (const { example, tools: given } of rows) {
    const own = example.kind === 'conversation' ? example.tools : undefined;
    const tools = own ?? given ?? toolset?.tools ?? [];
    try {
      if (example.kind !== 'conversation')
        throw new Unrepresentable('', 'is a text with its intent: this format holds calls');
      for (const line of write(exportRow(example, tools))) lines.push(`${JSON.stringify(line)}\n`);
      if (example.expect !== undefined || example.tags !== undefined) withoutNotes++;
    } catch (error) {
      if (!(error instanceof Unrepresentable)) throw error;
      const pointer = `${example.location.pointer ?? ''}${error.pointer}`;
      problems.push({ location: { ...example.location, pointer }, message: error.message });
    }
  }
  return { text: lines.join(''), lines: lines.length, problems, refused: problems.length, withoutNotes };
}

function exportRow({ messages, rejected }: ConversationExample, tools: readonly Tool[]): ExportRow {
  const linked = linkResults(messages);
  const [worse] = rejected === undefined ? [] : linkResults([rejected]);
  const calls = linked.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
  const unknown = calls.find(({ name }) => !tools.some((tool) => tool.name === name));
  if (unknown !== undefined) {
    const place = `calls "${unknown.name}", which is none of the row's tools`;
    throw new Unrepresentable('', tools.length === 0 ? `${place}: it has none, so give a toolset` : place);
  }
  const last = linked.length - 1;
  if (isSilent(messages[last] as AssistantMessage)) {
    const message = 'says nothing: a row for evaluation only, which nothing can be learnt from';
    throw new Unrepresentable(`/messages/${last}`, message);
  }
  return {
    messages: linked,
    ...(worse?.role === 'assistant' ? { rejected: worse } : {}),
    tools,
  };
}

function isSilent({ content, toolCalls = [] }: AssistantMessage): boolean {
  return content === null && toolCalls.length === 0;
}
