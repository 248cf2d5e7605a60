import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ConversationExample,
  createModelPrompting,
  defaultPromptFormat,
  type Example,
  type JsonValue,
  type PromptFormat,
  parseToolset,
  type RenderedExample,
  type Toolset,
} from '@tooltune/sdk';
import { readDataset, readJsonFile } from '@tooltune/sdk/files';
import { buildPrefixTree, treeRows } from '../../packages/trainer/src/local/prefix-tree.js';
import type { Variant } from './training-options.js';

export const caseNames = ['tool-block', 'plain', 'memory'] as const;

export type CaseName = (typeof caseNames)[number];

/** Rows, and how they are trained on. */
export interface TrainingCase {
  name: CaseName;
  title: string;
  format: PromptFormat;
  toolset: Toolset;
  /** Those of all steps, or, of `memory`, those of every step. */
  examples: Example[];
  batchSize: number;
  epochs: number;
  steps: number;
  /** Ours, of which each trains. */
  variants: readonly Variant[];
  /** Ours: most tokens computed at once. */
  maxTokensPerPass: number;
  /** The peer's: rows computed at once, gradients being added up to a batch; 0 where it does not take part. */
  peerRows: number;
}

/** What replaces a case's own settings. */
export interface CaseChanges {
  steps?: number | undefined;
  maxTokensPerPass?: number | undefined;
  peerRows?: number | undefined;
}

const batchSize = 16;
/** Of the tool block, and of each row after it. */
const toolsInBlock = 3;
const ownTokens = 80;
const memoryTokens = 1024;

/** Snips as the data folder has it; where that is not there, as the workspace does. */
export async function readSnips(workspace: string): Promise<{ file: string; toolset: Toolset; examples: Example[] }> {
  const shared = resolve(workspace, '../shared/data/snips');
  const isShared = existsSync(shared);
  const toolsFile = isShared
    ? `${shared}/tools.json`
    : `${workspace}/packages/runtime/test/fixtures/snips-excerpt.json`;
  const file = isShared ? `${shared}/train.jsonl` : `${workspace}/bench/snips/dev.jsonl`;
  const json = await readJsonFile(toolsFile);
  const tools = isShared ? json : (json as { tools: JsonValue }).tools;
  const toolset = parseToolset(tools, { file: toolsFile });
  return { file, toolset, examples: await readDataset(file, { toolset }) };
}

/** Chooses a case's rows. */
export function createCase(
  name: CaseName,
  snips: { toolset: Toolset; examples: readonly Example[] },
  metadata: Readonly<Record<string, unknown>>,
  changes: CaseChanges,
): TrainingCase {
  const render = (toolset: Toolset, format: PromptFormat) => {
    const { renderer } = createModelPrompting(metadata, { format, toolset });
    return (example: Example) => renderer.renderExample((example as ConversationExample).messages);
  };
  const take = (rows: readonly Example[], count: number) => {
    if (rows.length >= count) return spread(rows, count);
    throw new Error(`${name}: there are ${rows.length} rows for ${count}; give fewer --steps`);
  };
  if (name === 'tool-block') {
    const toolset = parseToolset(snips.toolset.tools.slice(0, toolsInBlock) as unknown as JsonValue);
    const format: PromptFormat = { ...defaultPromptFormat, tools: 'full' };
    const steps = changes.steps ?? 4;
    return {
      ...{
        name,
        title: 'tool block',
        variants: ['lora', 'qlora-checkpointing'],
        format,
        toolset,
        batchSize,
        epochs: 1,
        steps,
      },
      examples: nearestToOwnTokens(snips.examples, toolset, render(toolset, format), steps * batchSize),
      maxTokensPerPass: changes.maxTokensPerPass ?? 2176,
      peerRows: changes.peerRows ?? 2,
    };
  }
  const { toolset } = snips;
  const format = defaultPromptFormat;
  if (name === 'plain') {
    const steps = changes.steps ?? 12;
    return {
      ...{ name, title: 'plain short rows', variants: ['lora', 'qlora'], format, toolset, batchSize, epochs: 1, steps },
      examples: take(snips.examples, steps * batchSize),
      maxTokensPerPass: changes.maxTokensPerPass ?? 768,
      peerRows: changes.peerRows ?? batchSize,
    };
  }
  const examples = fillPass(take(snips.examples, 60), render(toolset, format));
  const steps = changes.steps ?? 3;
  return {
    ...{ name, title: `${memoryTokens} tokens a pass`, variants: ['qlora'], format, toolset, examples },
    ...{ batchSize: examples.length, epochs: steps, steps, maxTokensPerPass: memoryTokens, peerRows: 0 },
  };
}

/** So many of the rows, spread evenly over them: those of one tool stand side by side in the file. */
function spread<T>(rows: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => rows[Math.floor((index * rows.length) / count)]!);
}

/** Of the rows that call only these tools, those whose tokens after the tool block are nearest to `ownTokens`. */
function nearestToOwnTokens(
  examples: readonly Example[],
  toolset: Toolset,
  render: (example: Example) => RenderedExample,
  count: number,
): Example[] {
  const names = new Set(toolset.tools.map((tool) => tool.name));
  const rows = examples
    .filter((example) => calledTools(example).every((tool) => names.has(tool)))
    .map((example) => ({ example, rendered: render(example) }));
  if (rows.length < count) throw new Error(`tool-block: ${rows.length} rows for ${count}; give fewer --steps`);
  const shared = sharedTokens(rows.map(({ rendered }) => rendered));
  const distance = ({ tokens }: RenderedExample) => Math.abs(tokens.length - shared - ownTokens);
  const nearest = [...rows].sort((a, b) => distance(a.rendered) - distance(b.rendered)).slice(0, count);
  return rows.filter((row) => nearest.includes(row)).map(({ example }) => example);
}

function calledTools(example: Example): string[] {
  if (example.kind !== 'conversation') return [];
  return example.messages.flatMap((message) =>
    message.role === 'assistant' ? (message.toolCalls ?? []).map(({ name }) => name) : [],
  );
}

/** Tokens that all rows begin with. */
export function sharedTokens(rows: readonly RenderedExample[]): number {
  const first = rows[0]!.tokens;
  return Math.min(
    ...rows.map(({ tokens }) => {
      const differing = tokens.findIndex((token, at) => token !== first[at]);
      return differing < 0 ? tokens.length : differing;
    }),
  );
}

/** Rows that together are one pass of nearly `memoryTokens` computed tokens. */
function fillPass(examples: readonly Example[], render: (example: Example) => RenderedExample): Example[] {
  const taken: Example[] = [];
  const rendered: RenderedExample[] = [];
  for (const example of examples) {
    const row = render(example);
    if (treeRows(buildPrefixTree([...rendered, row])) > memoryTokens) continue;
    taken.push(example);
    rendered.push(row);
  }
  return taken;
}
