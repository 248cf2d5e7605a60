import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPromptFormat, type Grounding, parseToolset, type Toolset } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomAdapter } from '../../test/random-adapter.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { tinyToolset } from '../../test/tiny-training.js';
import type { ModelConfig } from '../model/model-config.js';
import { type Adapter, adapterFromParameters, type LowRankUpdate } from './adapter.js';
import { averageAdapters } from './average-adapters.js';
import { readAdapterFolder } from './read-adapter-folder.js';
import { writeAdapterBundle } from './write-bundle.js';

const folder = useTemporaryFolder();
let config: ModelConfig;
let sha256: string;
const base = () => ({ id: 'tiny', path: join(folder(), 'model.gguf') });

beforeAll(async () => {
  config = await writeTinyModel(base().path);
  sha256 = await fileSha256(base().path);
});

let count = 0;

async function bundleOf(
  adapter: Adapter,
  options: { toolset?: Toolset; grounding?: Grounding; system?: string; sha256?: string } = {},
): Promise<string> {
  const { toolset = tinyToolset, grounding = {}, system = defaultPromptFormat.system } = options;
  const output = join(folder(), `adapter-${++count}`);
  const none = '0'.repeat(64);
  await writeAdapterBundle(output, {
    weights: { adapter },
    config,
    baseModel: null,
    toolset,
    manifest: {
      createdBy: 'test',
      base: { id: 'tiny', sha256: options.sha256 ?? sha256, architecture: 'llama' },
      prompt: { ...defaultPromptFormat, system, chatTemplateSha256: none, tokenizerSha256: none },
      imported: { format: 'peft', baseModel: null, files: {} },
      grounding,
    },
  });
  return output;
}

const random = (rank: number, spread: number, rsLora = false) =>
  adapterFromParameters(config, randomAdapter(config, rank, spread), { rank, alpha: 2 * rank, rsLora });

/** What an update adds to its weight, [outputs, inputs]. */
function addedBy({ rank, alpha, rsLora = false }: Adapter, { a, b, inputs, outputs }: LowRankUpdate): number[] {
  const scale = alpha / (rsLora ? Math.sqrt(rank) : rank);
  return Array.from({ length: outputs * inputs }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += b[Math.floor(at / inputs) * rank + k]! * a[k * inputs + (at % inputs)]!;
    return scale * sum;
  });
}

const average = (adapters: readonly string[]) =>
  averageAdapters({ adapters, base: base(), output: join(folder(), `mean-${++count}`) });

describe('averageAdapters', () => {
  it('adds the mean of what its members add, whatever their ranks and scales', async () => {
    const members = [random(2, 0.2), random(3, 0.3, true), random(1, 0.1)];
    const folders = await Promise.all(members.map((adapter) => bundleOf(adapter)));
    const { folder: output, manifest } = await average(folders);
    expect(manifest.lora).toMatchObject({ rank: 6, alpha: 6 });
    expect(manifest.averaged).toEqual(await Promise.all(folders.map((one) => fileSha256(join(one, 'adapter.gguf')))));
    const { adapter } = await readAdapterFolder(output, config);
    expect([...adapter.updates.keys()].sort()).toEqual([...members[0]!.updates.keys()].sort());
    for (const [name, update] of adapter.updates) {
      const added = members.map((member) => addedBy(member, member.updates.get(name)!));
      addedBy(adapter, update).forEach((value, at) => {
        expect(value).toBeCloseTo((added[0]![at]! + added[1]![at]! + added[2]![at]!) / 3, 5);
      });
    }
  });

  it('grounds what all of them ground, by the weaker mode', async () => {
    const one = await bundleOf(random(1, 0.1), {
      grounding: { a: { x: 'span', y: 'span', z: 'span' }, b: { x: 'span' } },
    });
    const other = await bundleOf(random(1, 0.1), { grounding: { a: { x: 'span', y: 'span-ci' } } });
    expect((await average([one, other])).manifest.grounding).toEqual({ a: { x: 'span', y: 'span-ci' } });
  });

  it('refuses what does not belong together, and says which', async () => {
    const one = await bundleOf(random(1, 0.1));
    const others: [string, Promise<string>][] = [
      ['calls other tools', bundleOf(random(1, 0.1), { toolset: parseToolset([{ name: 'other' }]) })],
      ['another prompt format', bundleOf(random(1, 0.1), { system: 'Other.' })],
      ['another base model', bundleOf(random(1, 0.1), { sha256: 'f'.repeat(64) })],
    ];
    for (const [message, bundle] of others) {
      const path = await bundle;
      await expect(average([one, path])).rejects.toMatchObject({
        code: 'average/mismatch',
        location: { file: path },
        message: expect.stringContaining(message),
      });
    }
    await expect(average([one])).rejects.toMatchObject({ code: 'average/too-few' });
    await expect(averageAdapters({ adapters: [one, one], base: base(), output: one })).rejects.toMatchObject({
      code: 'average/output-not-empty',
    });
  });

  it('refuses an adapter that is not the one of its manifest', async () => {
    const one = await bundleOf(random(1, 0.1));
    const broken = await bundleOf(random(1, 0.1));
    const bytes = await readFile(join(broken, 'adapter.gguf'));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(broken, 'adapter.gguf'), bytes);
    await expect(average([one, broken])).rejects.toMatchObject({ code: 'adapter/corrupt' });
  });
});
