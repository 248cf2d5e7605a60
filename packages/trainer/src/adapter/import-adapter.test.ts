import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultPromptFormat, sha256Hex, validateAdapterManifest } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomAdapter } from '../../test/random-adapter.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { tinyToolset } from '../../test/tiny-training.js';
import { openGguf } from '../model/gguf-reader.js';
import type { ModelConfig } from '../model/model-config.js';
import { type Adapter, adapterFromParameters } from './adapter.js';
import { readAdapterGguf } from './adapter-gguf.js';
import { type ImportAdapterOptions, importAdapter } from './import-adapter.js';
import { writePeftFolder } from './peft-folder.js';
import { readAdapterFolder } from './read-adapter-folder.js';

const folder = useTemporaryFolder();
let config: ModelConfig;
let adapter: Adapter;
const base = () => ({ id: 'tiny', path: join(folder(), 'model.gguf') });
const peft = () => join(folder(), 'peft');

beforeAll(async () => {
  config = await writeTinyModel(base().path);
  adapter = adapterFromParameters(config, randomAdapter(config, 3, 0.2), { rank: 3, alpha: 6, rsLora: true });
  await mkdir(peft());
  await writePeftFolder(peft(), config, adapter, 'someone/tiny');
});

let outputs = 0;

async function importTo(overrides: Partial<ImportAdapterOptions> = {}) {
  const output = join(folder(), `output-${++outputs}`);
  return importAdapter({ adapter: peft(), base: base(), toolset: tinyToolset, output, ...overrides });
}

describe('importAdapter', () => {
  it('makes a bundle that says where the adapter came from, and not how it was trained', async () => {
    const { folder: output, manifest, originalModel } = await importTo();
    expect(originalModel).toBeNull();
    expect((await readdir(output)).sort()).toEqual(
      ['adapter.gguf', 'adapter_config.json', 'adapter_model.safetensors', 'manifest.json', 'tools.json'].sort(),
    );
    const written = validateAdapterManifest(JSON.parse(await readFile(join(output, 'manifest.json'), 'utf8')));
    expect(written).toEqual(manifest);
    const template = (await openGguf(base().path)).metadata['tokenizer.chat_template'] as string;
    expect(written).toMatchObject({
      base: { id: 'tiny', sha256: await fileSha256(base().path), architecture: 'llama' },
      toolsetFingerprint: tinyToolset.fingerprint,
      prompt: { ...defaultPromptFormat, chatTemplateSha256: sha256Hex(template) },
      lora: { rank: 3, alpha: 6, rsLora: true },
      imported: {
        format: 'peft',
        baseModel: 'someone/tiny',
        files: {
          'adapter_config.json': await fileSha256(join(peft(), 'adapter_config.json')),
          'adapter_model.safetensors': await fileSha256(join(peft(), 'adapter_model.safetensors')),
        },
      },
      grounding: {},
    });
    expect(written.training).toBeUndefined();
    expect(written.lora?.targets).toHaveLength(7);
    for (const [name, hash] of Object.entries(written.files)) expect(await fileSha256(join(output, name))).toBe(hash);
  });

  it('holds the same updates in both forms', async () => {
    const { folder: output } = await importTo();
    const weights = 'adapter_model.safetensors';
    expect(await readFile(join(output, weights))).toEqual(await readFile(join(peft(), weights)));
    expect([...(await readAdapterGguf(join(output, 'adapter.gguf'))).updates]).toEqual([...adapter.updates]);
  });

  it('knows the base by its name on the hub, and takes the prompt format that it is told', async () => {
    const model = { original: 'someone/tiny-instruct' } as NonNullable<ImportAdapterOptions['base']['model']>;
    const promptFormat = { ...defaultPromptFormat, tools: 'full' as const, system: null };
    const { folder: output, manifest, originalModel } = await importTo({ base: { ...base(), model }, promptFormat });
    expect(originalModel).toBe('someone/tiny-instruct');
    expect(manifest.prompt).toMatchObject({ tools: 'full', system: null });
    const options = JSON.parse(await readFile(join(output, 'adapter_config.json'), 'utf8'));
    expect(options).toMatchObject({ base_model_name_or_path: 'someone/tiny-instruct', use_rslora: true });
  });

  it('makes of DoRA a bundle without the file that llama.cpp could not load', async () => {
    const dora = join(folder(), 'dora');
    await mkdir(dora);
    const magnitude = (outputs: number) => new Float32Array(outputs).fill(2);
    const updates = [...adapter.updates].map(([name, update]) => {
      return [name, { ...update, magnitude: magnitude(update.outputs) }] as const;
    });
    await writePeftFolder(dora, config, { ...adapter, updates: new Map(updates) }, null);
    const { folder: output, manifest } = await importTo({ adapter: dora });
    expect(manifest.lora).toMatchObject({ rsLora: true, dora: true });
    const peft = ['adapter_config.json', 'adapter_model.safetensors'];
    expect((await readdir(output)).sort()).toEqual([...peft, 'manifest.json', 'tools.json']);
    expect(Object.keys(manifest.files).sort()).toEqual([...peft, 'tools.json']);
    const read = await readAdapterFolder(output, config);
    expect(read.adapter.updates.get('blk.1.attn_q')!.magnitude).toEqual(magnitude(64));
  });

  it('refuses a folder that is not empty, and an adapter of another model', async () => {
    const full = join(folder(), 'full');
    await mkdir(full);
    await writeFile(join(full, 'mine.txt'), 'x');
    await expect(importTo({ output: full })).rejects.toMatchObject({ code: 'import/output-not-empty' });
    const other = fileURLToPath(new URL('../../test/fixtures/tiny-qwen3', import.meta.url));
    await expect(importTo({ adapter: other })).rejects.toMatchObject({ code: 'peft/does-not-fit' });
  });
});
