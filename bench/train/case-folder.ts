import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConversationExample,
  createModelPrompting,
  createRandom,
  type Example,
  formatDataset,
  type PromptFormat,
  type RenderedExample,
  type Toolset,
} from '@tooltune/sdk';
import { readDataset, readJsonFile, readToolset } from '@tooltune/sdk/files';
import { defaultHyperparameters, type Hyperparameters } from '@tooltune/trainer';
import { adapterFromParameters } from '../../packages/trainer/src/adapter/adapter.js';
import { writePeftFolder } from '../../packages/trainer/src/adapter/peft-folder.js';
import { planPasses, treeRows } from '../../packages/trainer/src/local/prefix-tree.js';
import { cosineLearningRate } from '../../packages/trainer/src/local/schedule.js';
import type { BaseWeights } from '../../packages/trainer/src/model/base-weights.js';
import { initialLoraParameters, type LoraParameter } from '../../packages/trainer/src/model/lora-parameters.js';
import type { ModelConfig } from '../../packages/trainer/src/model/model-config.js';
import { openBase } from '../../packages/trainer/src/model/open-base.js';
import { readModelConfig } from '../../packages/trainer/src/model/read-model-config.js';
import { sharedTokens, type TrainingCase } from './training-case.js';

/**
 * A case's folder: what both sides are given.
 *
 * `case.json`, `tools.json` and `rows.jsonl` are ours; `batches.json` (CaseBatches) is the peer's: the same rows as
 * tokens, batch by batch. In PEFT's form `adapter/` is the adapter that training begins with, `gradient-adapter/` the one
 * that gradients are compared at, whose B is not zero.
 */
const caseFiles = {
  settings: 'case.json',
  tools: 'tools.json',
  rows: 'rows.jsonl',
  batches: 'batches.json',
  adapter: 'adapter',
  gradientAdapter: 'gradient-adapter',
} as const;

/** `case.json` */
export interface CaseSettings {
  base: { id: string; path: string };
  format: PromptFormat;
  hyperparameters: Hyperparameters;
  seed: number;
  threads: number;
  maxTokensPerPass: number;
}

/** `batches.json` */
interface CaseBatches {
  threads: number;
  /** Rows computed at once. */
  rowsPerPass: number;
  maxGradientNorm: number;
  weightDecay: number;
  batches: { learningRate: number; rows: { tokens: number[]; labelMask: number[] }[] }[];
}

/** A case as read back from its folder. */
export interface OpenedCase {
  settings: CaseSettings;
  toolset: Toolset;
  examples: Example[];
  base: BaseWeights;
  config: ModelConfig;
  /** The rows of each step, in the order in which the trainer takes them. */
  batches: RenderedExample[][];
}

/** What a step is made of: means over the steps. */
export interface CaseShape {
  rows: number;
  /** As rendered, and those that are labels. */
  tokens: number;
  labelTokens: number;
  /** At the start of every row. */
  sharedTokens: number;
  /** Ours: passes, and tokens that are computed in all of them. */
  passes: number;
  computedTokens: number;
  /** The peer's; 0 where it does not take part. */
  peerPasses: number;
  peerComputedTokens: number;
}

/** What the peer does not do is left out, whatever the defaults: rows and losses are to be the same. */
const notOfThePeer = {
  ...{ valueExchange: 0, replay: 0 },
  ...{ rsLora: false, dora: false, loraPlusRatio: 1, dropout: 0, labelSmoothing: 0 },
} satisfies Partial<Hyperparameters>;

/** Writes a case's folder anew, and reads it. */
export async function writeCase(
  folder: string,
  { format, toolset, examples, batchSize, epochs, maxTokensPerPass, peerRows }: TrainingCase,
  { base, threads }: Pick<CaseSettings, 'base' | 'threads'>,
): Promise<OpenedCase & { shape: CaseShape }> {
  await rm(folder, { recursive: true, force: true });
  const hyperparameters = { ...defaultHyperparameters, ...notOfThePeer, batchSize, epochs };
  const settings: CaseSettings = { base, format, hyperparameters, seed: 1, threads, maxTokensPerPass };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, caseFiles.settings), JSON.stringify(settings, null, 2));
  await writeFile(join(folder, caseFiles.tools), JSON.stringify(toolset.tools, null, 2));
  await writeFile(join(folder, caseFiles.rows), formatDataset(examples));
  const opened = await openCase(folder);
  const { config, batches } = opened;
  const lora = { rank: hyperparameters.rank, alpha: hyperparameters.alpha };
  for (const [name, parameters] of [
    [caseFiles.adapter, initialParameters(opened)],
    [caseFiles.gradientAdapter, gradientParameters(opened)],
  ] as const) {
    await mkdir(join(folder, name));
    await writePeftFolder(join(folder, name), config, adapterFromParameters(config, parameters, lora), null);
  }
  if (peerRows > 0) await writeFile(join(folder, caseFiles.batches), JSON.stringify(peerBatches(opened, peerRows)));
  return { ...opened, shape: caseShape(batches, maxTokensPerPass, peerRows) };
}

/** Reads a case's folder. */
export async function openCase(folder: string): Promise<OpenedCase> {
  const settings = (await readJsonFile(join(folder, caseFiles.settings))) as unknown as CaseSettings;
  const toolset = await readToolset(join(folder, caseFiles.tools));
  const examples = await readDataset(join(folder, caseFiles.rows), { toolset });
  const base = await openBase(settings.base.path);
  const { renderer } = createModelPrompting(base.metadata, { format: settings.format, toolset });
  const rendered = examples.map((example) => renderer.renderExample((example as ConversationExample).messages));
  const { epochs, batchSize } = settings.hyperparameters;
  const random = createRandom(settings.seed);
  const batches: RenderedExample[][] = [];
  // As TrainingLoop draws them.
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = random.fork(`epoch-${epoch}`).shuffle(rendered);
    for (let at = 0; at < order.length; at += batchSize) batches.push(order.slice(at, at + batchSize));
  }
  return { settings, toolset, examples, base, config: readModelConfig(base), batches };
}

/** As trainAdapter draws them. */
function initialParameters({ config, settings: { hyperparameters, seed } }: OpenedCase): LoraParameter[] {
  return initialLoraParameters(config, { rank: hyperparameters.rank }, createRandom(seed).fork('lora'));
}

/** The adapter that gradients are compared at: with the B of the first step, which is zero, all those of A would be zero. */
export function gradientParameters(opened: OpenedCase): LoraParameter[] {
  const random = createRandom(opened.settings.seed).fork('gradients');
  const parameters = initialParameters(opened);
  for (const { name, data } of parameters) {
    if (name.endsWith('.lora_b')) for (let at = 0; at < data.length; at++) data[at] = 0.02 * random.normal();
  }
  return parameters;
}

function peerBatches({ settings, batches }: OpenedCase, rowsPerPass: number): CaseBatches {
  const { threads, hyperparameters } = settings;
  const { maxGradientNorm, weightDecay, warmupFraction, learningRate } = hyperparameters;
  const warmupSteps = Math.round(batches.length * warmupFraction);
  return {
    ...{ threads, rowsPerPass, maxGradientNorm, weightDecay },
    batches: batches.map((batch, index) => ({
      learningRate: cosineLearningRate(index + 1, batches.length, warmupSteps, learningRate),
      rows: batch.map(({ tokens, labelMask }) => ({ tokens: [...tokens], labelMask: [...labelMask] })),
    })),
  };
}

function caseShape(batches: RenderedExample[][], maxTokensPerPass: number, peerRows: number): CaseShape {
  const mean = (count: (batch: RenderedExample[]) => number) =>
    batches.reduce((sum, batch) => sum + count(batch), 0) / batches.length;
  const total = (batch: readonly RenderedExample[], count: (row: RenderedExample) => number) =>
    batch.reduce((sum, row) => sum + count(row), 0);
  const passesOf = (batch: RenderedExample[]) => planPasses(batch, maxTokensPerPass);
  const slices = (batch: RenderedExample[]) =>
    peerRows === 0 ? [] : batch.flatMap((_, at) => (at % peerRows === 0 ? [batch.slice(at, at + peerRows)] : []));
  return {
    rows: mean((batch) => batch.length),
    tokens: mean((batch) => total(batch, ({ tokens }) => tokens.length)),
    labelTokens: mean((batch) => total(batch, ({ labelMask }) => labelMask.reduce((sum, label) => sum + label, 0))),
    sharedTokens: sharedTokens(batches.flat()),
    passes: mean((batch) => passesOf(batch).length),
    computedTokens: mean((batch) => passesOf(batch).reduce((sum, tree) => sum + treeRows(tree), 0)),
    peerPasses: mean((batch) => slices(batch).length),
    peerComputedTokens: mean((batch) =>
      slices(batch).reduce((sum, rows) => sum + rows.length * Math.max(...rows.map(({ tokens }) => tokens.length)), 0),
    ),
  };
}
