import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type Grounding, type JsonValue, type ToolAdapterManifest, TooltuneError } from '@tooltune/sdk';
import { readToolset } from '@tooltune/sdk/files';
import { createdBy } from '../created-by.js';
import { baseSha256, openBase } from '../model/open-base.js';
import { readModelConfig } from '../model/read-model-config.js';
import { type Adapter, isDora, type LowRankUpdate } from './adapter.js';
import { type BaseModelFile, originalModel } from './original-model.js';
import { readAdapterFolder } from './read-adapter-folder.js';
import { bundleFiles, writeAdapterBundle } from './write-bundle.js';

export interface AverageAdaptersOptions {
  /** Folders of two or more adapters that call the same tools, of the same base and prompt format. */
  adapters: readonly string[];
  /** Their base model. */
  base: BaseModelFile;
  /** Folder of the new adapter, empty or absent. */
  output: string;
}

/**
 * Makes the adapter whose updates are the means of others' (model soups, Wortsman et al. 2022): the same data learnt from
 * other seeds, averaged, makes fewer mistakes than each. Their matrices stand side by side, so the mean is exact and the
 * rank the sum of theirs. An argument is grounded where it is in all of them.
 * Throws `average/too-few`, `average/mismatch`, `average/output-not-empty`, and what reading adapters throws.
 */
export async function averageAdapters(
  options: AverageAdaptersOptions,
): Promise<{ folder: string; manifest: ToolAdapterManifest }> {
  const { adapters: folders, base, output } = options;
  if (folders.length < 2) throw new TooltuneError('average/too-few', 'an average takes two adapters or more');
  await mkdir(output, { recursive: true });
  if ((await readdir(output)).length > 0) {
    throw new TooltuneError('average/output-not-empty', 'this folder is not empty; choose another', {
      location: { file: output },
    });
  }
  const weights = await openBase(base.path);
  const config = readModelConfig(weights);
  const sha256 = await baseSha256(base.path);
  const members: { adapter: Adapter; manifest: ToolAdapterManifest }[] = [];
  for (const folder of folders) {
    const refuse = (message: string): never => {
      throw new TooltuneError('average/mismatch', message, { location: { file: folder } });
    };
    const { adapter, manifest } = await readAdapterFolder(folder, config);
    if (manifest === null) return refuse('is an adapter of PEFT; import it first');
    if (manifest.task === 'intents') return refuse('names intents; only adapters that call tools can be averaged');
    if (manifest.base.sha256 !== sha256) refuse(`is of another base model, ${manifest.base.id}`);
    if (isDora(adapter)) refuse('is weight-decomposed (DoRA), which has no mean of this form');
    const [first] = members;
    if (first !== undefined) {
      if (manifest.toolsetFingerprint !== first.manifest.toolsetFingerprint) refuse('calls other tools than the first');
      if (textOf(manifest.prompt) !== textOf(first.manifest.prompt)) refuse('has another prompt format than the first');
      const names = (one: Adapter) => [...one.updates.keys()].sort().join();
      if (names(adapter) !== names(first.adapter)) refuse('adapts other layers or projections than the first');
    }
    members.push({ adapter, manifest });
  }
  const [first] = members;
  const { createdBy: _c, ...known } = first!.manifest;
  const { baseline } = known;
  const isCommon = members.every((member) => textOf(member.manifest.baseline ?? {}) === textOf(baseline ?? {}));
  const manifest = await writeAdapterBundle(output, {
    weights: { adapter: meanOf(members.map(({ adapter }) => adapter)) },
    config,
    baseModel: originalModel(base, weights.metadata),
    toolset: await readToolset(join(folders[0]!, bundleFiles.tools)),
    manifest: {
      createdBy,
      base: known.base,
      prompt: known.prompt,
      averaged: members.map((member) => member.manifest.files[bundleFiles.adapter]!),
      grounding: commonGrounding(members.map((member) => member.manifest.grounding)),
      ...(baseline !== undefined && isCommon ? { baseline } : {}),
    },
  });
  return { folder: output, manifest };
}

const textOf = (value: object) => canonicalJson(value as unknown as JsonValue);

/** The adapter of scale 1 whose matrices are the others', side by side; B has each one's scale and share. */
function meanOf(adapters: readonly Adapter[]): Adapter {
  const rank = adapters.reduce((sum, adapter) => sum + adapter.rank, 0);
  const updates = new Map<string, LowRankUpdate>();
  for (const [name, { inputs, outputs }] of adapters[0]!.updates) {
    const a = new Float32Array(rank * inputs);
    const b = new Float32Array(outputs * rank);
    let row = 0;
    for (const { rank: own, alpha, rsLora = false, updates: others } of adapters) {
      const update = others.get(name)!;
      const scale = alpha / (rsLora ? Math.sqrt(own) : own) / adapters.length;
      a.set(update.a, row * inputs);
      for (let output = 0; output < outputs; output++) {
        for (let column = 0; column < own; column++) {
          b[output * rank + row + column] = update.b[output * own + column]! * scale;
        }
      }
      row += own;
    }
    updates.set(name, { inputs, outputs, a, b });
  }
  return { rank, alpha: rank, rsLora: false, updates };
}

/** What is copied in all; but for case where it is so in one. */
function commonGrounding(groundings: readonly Grounding[]): Grounding {
  const [first, ...others] = groundings;
  const tools = Object.entries(first!).flatMap(([tool, modes]) => {
    const common = Object.entries(modes).flatMap(([argument, mode]) => {
      const all = [mode, ...others.map((grounding) => grounding[tool]?.[argument])];
      if (all.includes(undefined)) return [];
      return [[argument, all.includes('span-ci') ? ('span-ci' as const) : ('span' as const)] as const];
    });
    return common.length === 0 ? [] : [[tool, Object.fromEntries(common)] as const];
  });
  return Object.fromEntries(tools);
}
