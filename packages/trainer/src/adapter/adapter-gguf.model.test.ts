import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createPromptRenderer,
  createTokenizer,
  defaultPromptFormat,
  type Example,
  type RenderedExample,
  type Toolset,
} from '@tooltune/sdk';
import { readDataset, readToolset } from '@tooltune/sdk/files';
import { type ResolvedBaseModel, resolveBaseModel } from '@tooltune/sdk/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandModel } from '../../test/expand-model.js';
import { graphLogits, logitDifference } from '../../test/graph-logits.js';
import { withLlamaCpp } from '../../test/llama-cpp.js';
import { readAdapterGguf } from '../../test/read-adapter.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { renderExamples } from '../local/render-examples.js';
import { trainAdapter } from '../local/train-adapter.js';
import { labelCount } from '../local/training-example.js';
import { mergeAdapter } from '../merge/merge-adapter.js';
import { openGguf } from '../model/gguf-reader.js';
import { readModelConfig } from '../model/read-model-config.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/snips/${name}`, import.meta.url));
const lora = { rank: 8, alpha: 16 };
const contextSize = 256;

describe('adapters for SmolLM2', () => {
  const folder = useTemporaryFolder();
  let base: ResolvedBaseModel;
  let toolset: Toolset;
  /** Rows to learn from, and requests and calls that are not learnt. */
  let training: Example[];
  let examples: RenderedExample[];
  /** Of an adapter after 60 steps, sure of what it says: its file, and the logits of the trainer's graph with it. */
  let adapter: string;
  let ours: Float32Array[];

  const train = async (rows: readonly Example[], epochs: number, name: string) => {
    // The rows as they are: after so few steps an adapter is sure of nothing else.
    const hyperparameters = { ...lora, epochs, batchSize: 4, learningRate: 2e-3, valueExchange: 0, replay: 0 };
    await trainAdapter({ base, toolset, training: rows, output: join(folder(), name), hyperparameters, threads: 2 });
    return join(folder(), name, 'adapter.gguf');
  };

  beforeAll(async () => {
    base = await resolveBaseModel('smollm2-135m');
    toolset = await readToolset(fixture('tools.json'));
    const rows = await readDataset(fixture('rows.jsonl'), { toolset });
    training = rows.filter((_, index) => index % 3 < 2);
    adapter = await train(training, 6, 'trained');

    const file = await openGguf(base.path);
    const renderer = createPromptRenderer({
      tokenizer: createTokenizer(file.metadata),
      chatTemplate: file.metadata['tokenizer.chat_template'] as string,
      format: defaultPromptFormat,
      toolset,
    });
    const others = rows.filter((row) => !training.includes(row));
    examples = renderExamples(others, renderer, contextSize);
    const parameters = await readAdapterGguf(adapter, readModelConfig(file));
    ours = await graphLogits(base.path, parameters, lora, examples);
    // A minute on two free cores; far more where they are busy.
  }, 1_800_000);

  it('give llama.cpp the logits of the graph, on an F32 copy of the base', async () => {
    const model = join(folder(), 'expanded.gguf');
    await expandModel(base.path, model);
    try {
      const some = examples.slice(0, 5);
      const expected = ours.slice(
        0,
        some.reduce((sum, example) => sum + labelCount(example), 0),
      );
      const compare = async (cache: 'F16' | 'F32') => {
        const options = { model, adapter, contextSize, cache, threads: 1 };
        return logitDifference(expected, await withLlamaCpp(options, (loaded) => loaded.labelLogits(some)));
      };
      // As it is served, keys and values in half precision; then without that rounding.
      const served = await compare('F16');
      expect(served.largest).toBeLessThan(0.1);
      expect(served.mean).toBeLessThan(0.01);
      const exact = await compare('F32');
      expect(exact.largest).toBeLessThan(1e-3);
      expect(exact.mean).toBeLessThan(1e-4);
    } finally {
      await rm(model);
    }
  });

  it('give the same most likely token on the quantised base that is served', async () => {
    const likeliest = ours.map((row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
    const share = async (some: readonly RenderedExample[], options: { adapter?: string }) => {
      const model = { model: base.path, contextSize, threads: 1, ...options };
      const tokens = await withLlamaCpp(model, (loaded) => loaded.likeliestTokens(some));
      return tokens.filter((token, index) => token === likeliest[index]).length / tokens.length;
    };
    expect(likeliest.length).toBeGreaterThan(500);
    expect(await share(examples, { adapter })).toBeGreaterThanOrEqual(0.99);
    // Not because every model would say the same: the base alone does not.
    expect(await share(examples.slice(0, 5), {})).toBeLessThan(0.9);
  });

  it('merged into the base, give llama.cpp the logits of base and adapter', async () => {
    const output = join(folder(), 'merged.gguf');
    const some = examples.slice(0, 5);
    const expected = ours.slice(
      0,
      some.reduce((sum, example) => sum + labelCount(example), 0),
    );
    await mergeAdapter({ adapter: join(folder(), 'trained'), base, output, format: 'f16' });
    try {
      const merged = await withLlamaCpp({ model: output, contextSize, cache: 'F32', threads: 1 }, (loaded) =>
        loaded.labelLogits(some),
      );
      // Weights are rounded to half precision, once.
      const { largest, mean } = logitDifference(expected, merged);
      expect(largest).toBeLessThan(0.2);
      expect(mean).toBeLessThan(0.02);
    } finally {
      await rm(output);
    }
  });

  it('are the same to the byte for the same seed', async () => {
    const rows = training.slice(0, 8);
    const [first, second] = [await train(rows, 1, 'first'), await train(rows, 1, 'second')];
    expect((await readFile(first)).equals(await readFile(second))).toBe(true);
    expect((await readFile(first)).equals(await readFile(adapter))).toBe(false);
  });
});
