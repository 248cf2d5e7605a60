import { cp, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, createTokenizer, type RenderedExample, tokenizerFingerprint } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphLogits, logitDifference, weightLogits } from '../../test/graph-logits.js';
import { writeHuggingFaceFolder } from '../../test/hugging-face-folder.js';
import { withLlamaCpp } from '../../test/llama-cpp.js';
import { readPytorchModel } from '../../test/pytorch-model.js';
import { randomAdapter } from '../../test/random-adapter.js';
import { relativeError } from '../../test/relative-error.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { tinyToolset } from '../../test/tiny-training.js';
import { adapterFromParameters } from '../adapter/adapter.js';
import { writePeftFolder } from '../adapter/peft-folder.js';
import { writeAdapterBundle } from '../adapter/write-bundle.js';
import { openGguf } from '../model/gguf-reader.js';
import { initialLoraParameters, type LoraParameter } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { baseSha256, openBase } from '../model/open-base.js';
import { readModelConfig } from '../model/read-model-config.js';
import { readSafetensors } from '../model/safetensors.js';
import { type MergeAdapterOptions, type MergedFormat, mergeAdapter } from './merge-adapter.js';

const folder = useTemporaryFolder();
const lora = { rank: 3, alpha: 9 };
const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));

let config: ModelConfig;
let parameters: LoraParameter[];
let examples: RenderedExample[];
/** The tiny llama, and bundles of a random adapter for it. */
const base = () => ({ id: 'tiny', path: join(folder(), 'model.gguf') });
const bundle = () => join(folder(), 'bundle');

beforeAll(async () => {
  config = await writeTinyModel(base().path);
  parameters = randomAdapter(config, lora.rank, 0.2);
  await writeBundle(bundle(), await baseSha256(base().path));
  const random = createRandom(5);
  examples = [40, 7, 150].map((length) => ({
    tokens: Int32Array.from({ length }, () => random.integer(0, config.vocabularySize - 1)),
    labelMask: Uint8Array.from({ length }, (_, at) => (at > 0 && at % 3 === 0 ? 1 : 0)),
  }));
});

async function writeBundle(path: string, sha256: string): Promise<void> {
  const hash = '0'.repeat(64);
  await writeAdapterBundle(path, {
    weights: { adapter: adapterFromParameters(config, parameters, lora) },
    ...{ config, baseModel: null, toolset: tinyToolset },
    manifest: {
      createdBy: 'test',
      base: { id: 'tiny', sha256, architecture: 'llama' },
      prompt: {
        tools: 'none',
        callFormat: 'json-in-tags',
        system: null,
        chatTemplateSha256: hash,
        tokenizerSha256: hash,
      },
      imported: { format: 'peft', baseModel: null, files: {} },
      grounding: {},
    },
  });
}

let outputs = 0;

async function merge(overrides: Partial<MergeAdapterOptions> = {}) {
  const output = join(folder(), `output-${++outputs}`);
  return mergeAdapter({ adapter: bundle(), base: base(), output, ...overrides });
}

const llamaCpp = (model: string, adapter?: string) => {
  const options = { model, contextSize: config.contextLength, cache: 'F32', threads: 1 } as const;
  return withLlamaCpp({ ...options, ...(adapter === undefined ? {} : { adapter }) }, (loaded) => {
    return loaded.labelLogits(examples);
  });
};

describe('mergeAdapter, as GGUF', () => {
  it.each<[MergedFormat, number]>([
    ['f32', 1e-5],
    ['f16', 0.004],
    ['bf16', 0.04],
    ['q8_0', 0.1],
  ])('gives llama.cpp the logits of base and adapter: %s, to %d on average', async (format, tolerance) => {
    const { output } = await merge({ format });
    const apart = await llamaCpp(base().path, join(bundle(), 'adapter.gguf'));
    const merged = await llamaCpp(output);
    const difference = logitDifference(apart, merged);
    expect(difference.mean).toBeLessThan(tolerance);
    expect(difference.largest).toBeLessThan(12 * tolerance);
    // Far less than the adapter changes.
    expect(logitDifference(await llamaCpp(base().path), merged).mean).toBeGreaterThan(0.5);
  });

  it('keeps the metadata, tokenizer and all, byte for byte', async () => {
    const [from, to] = [await openGguf(base().path), await openGguf((await merge({ format: 'q8_0' })).output)];
    expect(from.encodedMetadata.size).toBeGreaterThan(20);
    for (const [key, value] of from.encodedMetadata) expect(to.encodedMetadata.get(key), key).toEqual(value);
    const added = [...to.encodedMetadata.keys()].filter((key) => !from.encodedMetadata.has(key));
    expect(added.sort()).toEqual(['general.file_type', 'general.quantization_version']);
    expect(to.metadata).toMatchObject({ 'general.file_type': 7, 'general.quantization_version': 2 });
  });

  it('has every tensor of the base: vectors as float32, the table of a 4-bit file in 8 bits', async () => {
    const from = await openGguf(base().path);
    const { output, ...written } = await merge({ format: 'q4_0' });
    const to = await openGguf(output);
    expect([...to.tensors.keys()]).toEqual([...from.tensors.keys()]);
    expect(written).toMatchObject({ tensors: from.tensors.size, updated: 14, exceptions: [] });
    for (const { name, format, shape } of to.tensors.values()) {
      expect(shape).toEqual(from.tensors.get(name)!.shape);
      const expected = shape.length === 1 ? 'F32' : name === 'token_embd.weight' ? 'Q8_0' : 'Q4_0';
      expect(`${name} ${format}`).toBe(`${name} ${expected}`);
    }
    const norm = 'blk.1.ffn_norm.weight';
    expect(await to.readEncoded(norm)).toEqual(await from.readEncoded(norm));
  });

  it('copies what neither adapter nor format changes, and merges what the base has quantised', async () => {
    const quantised = { id: 'quantised', path: (await merge({ format: 'q8_0' })).output };
    await writeBundle(join(folder(), 'second'), await baseSha256(quantised.path));
    const { output } = await merge({ adapter: join(folder(), 'second'), base: quantised, format: 'q8_0' });
    const [from, to] = [await openGguf(quantised.path), await openGguf(output)];
    expect(await to.readEncoded('token_embd.weight')).toEqual(await from.readEncoded('token_embd.weight'));
    const apart = await llamaCpp(quantised.path, join(bundle(), 'adapter.gguf'));
    expect(logitDifference(apart, await llamaCpp(output)).mean).toBeLessThan(0.2);
  });

  it('makes of a Hugging Face folder a file that llama.cpp runs, as it runs the one it was made from', async () => {
    const path = join(folder(), 'hugging-face');
    await writeHuggingFaceFolder(path, await openGguf(base().path), config, { shards: 2 });
    await writeBundle(join(folder(), 'of-folder'), await baseSha256(path));
    const source = { adapter: join(folder(), 'of-folder'), base: { id: 'folder', path } };
    const { output } = await merge({ ...source, format: 'f32' });
    const apart = await llamaCpp(base().path, join(bundle(), 'adapter.gguf'));
    expect(logitDifference(apart, await llamaCpp(output)).largest).toBeLessThan(1e-3);
    const text = 'assistant {"name":"x"}<|im_end|>';
    const tokens = (model: string) => {
      return withLlamaCpp({ model, contextSize: 64, threads: 1 }, async (loaded) => loaded.tokenize(text));
    };
    expect(await tokens(output)).toEqual(await tokens(base().path));
  });

  it('writes the same bytes again, and tells how far it is', async () => {
    const progress: number[] = [];
    const onProgress = ({ writtenBytes, totalBytes }: { writtenBytes: number; totalBytes: number }) => {
      progress.push(writtenBytes / totalBytes);
    };
    const [first, second] = [await merge({ onProgress }), await merge()];
    expect(await readFile(second.output)).toEqual(await readFile(first.output));
    expect(progress).toHaveLength(first.tensors);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it('says which rows do not fill whole blocks, and keeps them as halves', async () => {
    const path = await checkpointFolder('llama');
    const { output, exceptions } = await merge({
      ...{ adapter: fixture('peft-dora'), base: { id: 'tiny', path } },
      format: 'q4_0',
    });
    const to = await openGguf(output);
    expect(to.tensors.get('blk.0.attn_q.weight')!.format).toBe('F16');
    const reason = 'rows of 24 values do not fill whole blocks of 32';
    expect(exceptions).toContainEqual({ tensor: 'blk.0.attn_q.weight', format: 'F16', reason });
  });
});

/** A checkpoint that transformers wrote (bench/reference/tiny-models.py), with a tokenizer added. */
async function checkpointFolder(name: string): Promise<string> {
  const path = await mkdtemp(join(folder(), `${name}-`));
  for (const file of ['config.json', 'model.safetensors'])
    await cp(join(fixture(`tiny-${name}`), file), join(path, file));
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const tokenizer = {
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
    added_tokens: ['<pad>', '<eos>', '<bos>'].map((content, id) => ({ id, content, special: true })),
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(['<pad>', '<eos>', '<bos>', ...letters, 'ab'].map((text, id) => [text, id])),
      merges: ['a b'],
    },
  };
  await writeFile(join(path, 'tokenizer.json'), JSON.stringify(tokenizer));
  return path;
}

/** Logits of a model without an adapter, at every label. */
async function ownLogits(path: string, rows: readonly RenderedExample[]): Promise<Float32Array> {
  const weights = await openBase(path);
  const model = readModelConfig(weights);
  // B is zero at the beginning: the graph's own adapter changes nothing.
  const none = { rank: 1, alpha: 1 };
  const logits = await weightLogits(
    model,
    weights.readTensor,
    initialLoraParameters(model, none, createRandom(1)),
    none,
    rows,
  );
  return Float32Array.from(logits.flatMap((row) => [...row]));
}

describe.each(['llama', 'llama3', 'qwen2', 'qwen3', 'gemma3'])('mergeAdapter, from a checkpoint of %s', (name) => {
  it.each(['gguf', 'safetensors'] as const)('means the logits that PEFT gives: %s', async (form) => {
    const reference = await readPytorchModel(name);
    const path = await checkpointFolder(name);
    const source = { adapter: fixture(`tiny-${name}`), base: { id: name, path } };
    const { output, updated } = await merge({ ...source, form, format: 'f32' });
    expect(updated).toBeGreaterThan(7);
    expect(relativeError(await ownLogits(output, reference.examples), reference.logits)).toBeLessThan(1e-5);
  });

  it('becomes a checkpoint again by way of a GGUF file', async () => {
    const reference = await readPytorchModel(name);
    const path = await checkpointFolder(name);
    const file = await merge({ adapter: fixture(`tiny-${name}`), base: { id: name, path }, format: 'f32' });
    const nothing = join(folder(), `nothing-${name}`);
    await mkdir(nothing);
    const model = readModelConfig(await openBase(file.output));
    const none = adapterFromParameters(model, initialLoraParameters(model, { rank: 1 }, createRandom(1)), {
      rank: 1,
      alpha: 1,
    });
    await writePeftFolder(nothing, model, none, null);
    const source = { adapter: nothing, base: { id: name, path: file.output } };
    const { output } = await merge({ ...source, form: 'safetensors', format: 'f32' });
    expect((await readdir(output)).sort()).toEqual(
      ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].sort(),
    );
    const [was, is] = [(await readSafetensors(join(path, 'model.safetensors'))).tensors, await readWeights(output)];
    expect([...is.keys()].sort()).toEqual([...was.keys()].sort());
    for (const [tensor, { shape }] of was) expect(is.get(tensor)!.shape).toEqual(shape);
    expect(relativeError(await ownLogits(output, reference.examples), reference.logits)).toBeLessThan(1e-5);
  });
});

const readWeights = async (path: string) => (await readSafetensors(join(path, 'model.safetensors'))).tensors;

describe('mergeAdapter, as a Hugging Face folder', () => {
  it('gives the graph the logits of base and adapter, and the tokens of the base', async () => {
    const { output } = await merge({ form: 'safetensors', format: 'f32' });
    const apart = await graphLogits(base().path, parameters, lora, examples);
    const expected = Float32Array.from(apart.flatMap((row) => [...row]));
    expect(relativeError(await ownLogits(output, examples), expected)).toBeLessThan(1e-5);
    const [from, to] = [await openGguf(base().path), await openBase(output)];
    expect(tokenizerFingerprint(createTokenizer(to.metadata))).toBe(
      tokenizerFingerprint(createTokenizer(from.metadata)),
    );
    expect(to.metadata['tokenizer.chat_template']).toBe(from.metadata['tokenizer.chat_template']);
  });

  it('says in config.json what the weights are stored as', async () => {
    const { output } = await merge({ form: 'safetensors', format: 'bf16' });
    const made = JSON.parse(await readFile(join(output, 'config.json'), 'utf8'));
    expect(made).toMatchObject({ architectures: ['LlamaForCausalLM'], rms_norm_eps: 1e-5, torch_dtype: 'bfloat16' });
    expect((await openBase(output)).tensors.get('token_embd.weight')!.format).toBe('BF16');
  });

  it('copies everything else of a base that is one', async () => {
    const path = await checkpointFolder('llama');
    await writeFile(join(path, 'generation_config.json'), '{"temperature": 0}');
    const source = { adapter: fixture('peft-dora'), base: { id: 'tiny', path } };
    const { output } = await merge({ ...source, form: 'safetensors' });
    expect(await readFile(join(output, 'generation_config.json'), 'utf8')).toBe('{"temperature": 0}');
    expect(await readFile(join(output, 'tokenizer.json'))).toEqual(await readFile(join(path, 'tokenizer.json')));
  });
});

describe('mergeAdapter, as a bundle', () => {
  it('replaces an older bundle, its adapter too, once the model is written', async () => {
    const output = join(folder(), 'older');
    await writeBundle(output, await baseSha256(base().path));
    const before = (await readdir(output)).sort();
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const options = { output, form: 'bundle' as const, overwrite: true };
    await expect(merge({ ...options, signal: controller.signal, onProgress })).rejects.toThrow('enough');
    expect((await readdir(output)).sort()).toEqual(before);
    await merge(options);
    expect((await readdir(output)).sort()).toEqual(['manifest.json', 'model.gguf', 'tools.json']);
  });
});

describe('mergeAdapter refuses', () => {
  it('an output that exists, unless it may be replaced, and the base itself in any case', async () => {
    const output = join(folder(), 'kept.gguf');
    await writeFile(output, 'mine');
    await expect(merge({ output })).rejects.toMatchObject({ code: 'export/exists', location: { file: output } });
    expect(await readFile(output, 'utf8')).toBe('mine');
    await merge({ output, overwrite: true });
    expect((await stat(output)).size).toBeGreaterThan(1000);
    for (const own of [{ output: base().path }, { output: bundle(), form: 'bundle' as const }]) {
      await expect(merge({ ...own, overwrite: true })).rejects.toMatchObject({ code: 'export/exists' });
    }
    expect(await readdir(bundle())).toContain('manifest.json');
  });

  it('a folder where a file is to be written, and a file for a folder', async () => {
    const file = join(folder(), 'file');
    await writeFile(file, 'mine');
    const path = await mkdtemp(join(folder(), 'empty-'));
    for (const own of [{ output: path }, { output: file, form: 'bundle' as const }]) {
      await expect(merge({ ...own, overwrite: true })).rejects.toMatchObject({ code: 'export/exists' });
    }
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('a base that the bundle was not trained on, and one that has no place for an update', async () => {
    const other = { id: 'other', path: join(folder(), 'other.gguf') };
    await writeTinyModel(other.path, { seed: 2 });
    await expect(merge({ base: other })).rejects.toMatchObject({ code: 'export/other-base' });
    await expect(merge({ adapter: fixture('tiny-qwen2') })).rejects.toMatchObject({ code: 'peft/does-not-fit' });
  });

  it('weights that are not those of the manifest', async () => {
    const path = join(folder(), 'corrupt');
    await writeBundle(path, await baseSha256(base().path));
    await cp(base().path, join(path, 'adapter.gguf'));
    await expect(merge({ adapter: path })).rejects.toMatchObject({ code: 'adapter/corrupt' });
  });

  it('a format that safetensors files of transformers do not have', async () => {
    await expect(merge({ form: 'safetensors', format: 'q8_0' })).rejects.toMatchObject({ code: 'export/bad-format' });
  });

  it('to go on when it is aborted, leaving the older file', async () => {
    const path = await mkdtemp(join(folder(), 'aborted-'));
    const output = join(path, 'model.gguf');
    await writeFile(output, 'older');
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => controller.abort(reason);
    const aborted = merge({ output, overwrite: true, signal: controller.signal, onProgress });
    await expect(aborted).rejects.toBe(reason);
    expect(await readdir(path)).toEqual(['model.gguf']);
    expect(await readFile(output, 'utf8')).toBe('older');
  });
});
