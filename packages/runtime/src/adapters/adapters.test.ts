import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTokenizer,
  type IntentAdapterManifest,
  parseToolset,
  sha256Hex,
  type ToolAdapterManifest,
  tokenizerFingerprint,
} from '@tooltune/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdapterError } from './adapter-error.js';
import { checkAdapterFits } from './check-adapter-fits.js';
import { groundTools } from './grounded-tools.js';
import { loadableAdapter, readAdapterBundle, resolveIntentAdapter, resolveToolAdapter } from './read-adapter-bundle.js';

const tools = [
  {
    name: 'play',
    parameters: {
      type: 'object',
      properties: {
        title: { type: 'string' },
        artist: { type: 'string', 'x-grounded': 'span' },
        year: { type: 'integer' },
      },
    },
  },
  { name: 'stop', parameters: { type: 'object', properties: {} } },
];
const toolset = parseToolset(tools);
const zeros = '0'.repeat(64);

/** A byte-level tokenizer of a few letters, which must include a and b. */
function tinyTokenizer(letters: string) {
  return createTokenizer({
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': ['<|endoftext|>', '<|im_end|>', 'ab', ...letters],
    'tokenizer.ggml.token_type': [3, 3, 1, ...[...letters].map(() => 1)],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.eos_token_id': 1,
    'tokenizer.ggml.bos_token_id': 0,
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function writeBundle(change: (manifest: ToolAdapterManifest) => void = () => {}): Promise<void> {
  const files = { 'adapter.gguf': 'weights', 'tools.json': JSON.stringify(tools) };
  const manifest: ToolAdapterManifest = {
    formatVersion: 1,
    createdBy: 'test 1.0.0',
    base: { id: 'tiny', sha256: sha256Hex('base'), architecture: 'llama' },
    toolsetFingerprint: toolset.fingerprint,
    prompt: {
      tools: 'none',
      callFormat: 'json-in-tags',
      system: null,
      chatTemplateSha256: sha256Hex('template'),
      tokenizerSha256: tokenizerFingerprint(tinyTokenizer('ab')),
    },
    lora: { rank: 1, alpha: 2, targets: ['attn_q'] },
    training: {
      seed: 1,
      rows: 1,
      validationRows: 0,
      dataSha256: [],
      epochs: 1,
      batchSize: 1,
      learningRate: 1,
      warmupFraction: 0,
      weightDecay: 0,
      maxGradientNorm: 1,
      steps: 1,
      trainLoss: 1,
      validationLoss: null,
    },
    grounding: { play: { title: 'span-ci' } },
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256Hex(text)])),
  };
  change(manifest);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** The same adapter as one that names intents. */
async function writeIntentBundle(): Promise<void> {
  await writeBundle();
  const { manifest } = await resolveToolAdapter(folder);
  const { formatVersion, createdBy, base, lora, training, files, prompt } = manifest;
  const { tools: _tools, callFormat: _format, ...intentPrompt } = prompt;
  const { 'tools.json': _, ...others } = files;
  const intents: IntentAdapterManifest = {
    ...{ formatVersion, createdBy, task: 'intents', base, lora: lora!, training: training!, files: others },
    prompt: intentPrompt,
    labels: ['on', 'off'].map((intent, index) => ({ intent, token: 3 + index })),
    calibration: { temperature: 1.5, rows: 4, threshold: null },
  };
  await rm(join(folder, 'tools.json'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(intents));
}

describe('readAdapterBundle', () => {
  it('reads a bundle whose files are the ones that were written', async () => {
    await writeBundle();
    const bundle = await readAdapterBundle(folder);
    expect(bundle).toMatchObject({ task: 'tools', toolset });
    expect(bundle.adapterPath).toBe(join(folder, 'adapter.gguf'));
    expect(bundle.manifest.base.id).toBe('tiny');
  });

  it('says that a folder without a manifest is no bundle', async () => {
    await expect(readAdapterBundle(folder)).rejects.toMatchObject({ code: 'adapter/not-a-bundle' });
  });

  it('names the file and the place of a manifest that breaks its format', async () => {
    await writeBundle((manifest) => {
      manifest.lora!.rank = 0;
    });
    await expect(readAdapterBundle(folder)).rejects.toThrow(/manifest\.json#\/lora\/rank/);
  });

  it('refuses a file that was changed, or is gone', async () => {
    await writeBundle();
    await writeFile(join(folder, 'adapter.gguf'), 'other weights');
    await expect(readAdapterBundle(folder)).rejects.toMatchObject({
      code: 'adapter/corrupt',
      message: expect.stringContaining(`adapter.gguf has SHA-256 ${sha256Hex('other weights').slice(0, 12)}`),
    });
    await rm(join(folder, 'adapter.gguf'));
    await expect(readAdapterBundle(folder)).rejects.toMatchObject({ code: 'file/not-found' });
  });

  it.each(['adapter.gguf', 'tools.json'])('refuses a manifest that does not list %s', async (name) => {
    await writeBundle((manifest) => delete manifest.files[name]);
    await expect(readAdapterBundle(folder)).rejects.toThrow(`does not list ${name}`);
  });

  it('reads an adapter that llama.cpp cannot load, and says what to do when it is to be used', async () => {
    await writeBundle((manifest) => {
      manifest.lora!.dora = true;
      delete manifest.files['adapter.gguf'];
    });
    const bundle = await readAdapterBundle(folder);
    expect(bundle.adapterPath).toBeNull();
    expect(() => loadableAdapter(bundle)).toThrow(/tooltune export --merge/);
    await writeBundle();
    expect(loadableAdapter(await readAdapterBundle(folder))).toBe(join(folder, 'adapter.gguf'));
  });

  it('does not look outside the folder', async () => {
    await writeBundle((manifest) => {
      manifest.files['../secret'] = zeros;
    });
    await expect(readAdapterBundle(folder)).rejects.toMatchObject({ code: 'adapter/corrupt' });
  });

  it('refuses tools that are not those of the manifest', async () => {
    await writeBundle((manifest) => {
      manifest.toolsetFingerprint = zeros;
    });
    await expect(readAdapterBundle(folder)).rejects.toMatchObject({
      code: 'adapter/mismatch',
      differences: [{ what: 'toolset', expected: zeros, actual: toolset.fingerprint }],
    });
  });
});

describe('an adapter that names intents', () => {
  it('is read without tools', async () => {
    await writeIntentBundle();
    const bundle = await readAdapterBundle(folder);
    expect(bundle).toMatchObject({ task: 'intents', manifest: { labels: [{ intent: 'on' }, { intent: 'off' }] } });
    expect(loadableAdapter(bundle)).toBe(join(folder, 'adapter.gguf'));
    expect(await resolveIntentAdapter(bundle)).toBe(bundle);
  });

  it('is not taken for one that calls tools, nor the other way round', async () => {
    await writeBundle();
    await expect(resolveIntentAdapter(folder)).rejects.toMatchObject({
      code: 'adapter/other-task',
      message: expect.stringContaining('createToolRuntime'),
    });
    await writeIntentBundle();
    await expect(resolveToolAdapter(folder)).rejects.toMatchObject({
      code: 'adapter/other-task',
      message: expect.stringContaining('createIntentClassifier'),
    });
  });

  it('must fit to its base model, tokenizer and template', async () => {
    await writeIntentBundle();
    const bundle = await readAdapterBundle(folder);
    checkAdapterFits(bundle, { tokenizer: tinyTokenizer('ab'), chatTemplate: 'template' });
    const base = { path: 'base.gguf', sha256: sha256Hex('other base') };
    expect(() => checkAdapterFits(bundle, { base, chatTemplate: 'other' })).toThrow(/base model.*chat template/s);
  });
});

describe('checkAdapterFits', () => {
  it('accepts what the adapter was trained with, and what is not said', async () => {
    await writeBundle();
    const bundle = await readAdapterBundle(folder);
    checkAdapterFits(bundle, {});
    checkAdapterFits(bundle, {
      toolset,
      promptFormat: { tools: 'none', callFormat: 'json-in-tags', system: null },
      base: { path: 'base.gguf', sha256: sha256Hex('base') },
      tokenizer: tinyTokenizer('ab'),
      chatTemplate: 'template',
    });
  });

  it('names everything that differs', async () => {
    await writeBundle();
    const bundle = await readAdapterBundle(folder);
    let error: unknown;
    try {
      checkAdapterFits(bundle, {
        toolset: parseToolset(tools.slice(1)),
        promptFormat: { tools: 'full', callFormat: 'json-in-tags', system: 'Be brief.' },
        base: { path: 'base.gguf', sha256: sha256Hex('other base') },
        tokenizer: tinyTokenizer('abc'),
        chatTemplate: 'other template',
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AdapterError);
    expect((error as AdapterError).differences.map(({ what }) => what)).toEqual([
      'toolset fingerprint',
      'base model (tiny) SHA-256',
      'tokenizer',
      'chat template',
      'prompt format: tools',
      'prompt format: system',
    ]);
    expect((error as AdapterError).message).toContain('prompt format: tools: trained with none, given full');
  });
});

describe('groundTools', () => {
  it('marks grounded arguments on copies, keeping what a schema says itself', () => {
    const before = structuredClone(tools);
    const grounded = groundTools(tools, { play: { title: 'span', artist: 'span-ci', year: 'span', other: 'span' } });
    expect(grounded[0]?.parameters.properties).toEqual({
      title: { type: 'string', 'x-grounded': 'span' },
      artist: { type: 'string', 'x-grounded': 'span' },
      year: { type: 'integer', 'x-grounded': 'span' },
    });
    expect(grounded[1]).toBe(tools[1]);
    expect(tools).toEqual(before);
  });

  it('does not take what every object inherits for grounding', () => {
    const named = [{ name: 'constructor', parameters: { type: 'object', properties: { name: { type: 'string' } } } }];
    expect(groundTools(named, {})).toEqual(named);
  });
});
