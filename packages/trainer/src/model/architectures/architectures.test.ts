import { join } from 'node:path';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { graphLogits, logitDifference } from '../../../test/graph-logits.js';
import { withLlamaCpp } from '../../../test/llama-cpp.js';
import { randomAdapter } from '../../../test/random-adapter.js';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { type TinyModelOptions, writeTinyModel } from '../../../test/tiny-model.js';
import { trainTiny } from '../../../test/tiny-training.js';
import { adapterFromParameters } from '../../adapter/adapter.js';
import { writeAdapterGguf } from '../../adapter/adapter-gguf.js';
import { openGguf } from '../gguf-reader.js';

const lora = { rank: 3, alpha: 9 };

/** Of up to 150 tokens: more than ten windows of the tiny Gemma. */
function randomExamples(vocabularySize: number): RenderedExample[] {
  const random = createRandom(5);
  return [40, 7, 150].map((length) => ({
    tokens: Int32Array.from({ length }, () => random.integer(0, vocabularySize - 1)),
    labelMask: Uint8Array.from({ length }, (_, at) => (at > 0 && at % 3 === 0 ? 1 : 0)),
  }));
}

describe.each<TinyModelOptions>([
  { architecture: 'llama' },
  { architecture: 'llama', tiedHead: false, dividedFrequencies: true },
  { architecture: 'qwen2' },
  { architecture: 'qwen3', tiedHead: false },
  { architecture: 'gemma3' },
])('the graph of %o', (options) => {
  const folder = useTemporaryFolder();

  it('gives the logits that llama.cpp gives, and its adapter does the same there', async () => {
    const model = join(folder(), 'model.gguf');
    const config = await writeTinyModel(model, options);
    const examples = randomExamples(config.vocabularySize);
    const contextSize = config.contextLength;
    const theirs = (adapter?: string) => {
      const files = { model, ...(adapter === undefined ? {} : { adapter }) };
      return withLlamaCpp({ ...files, contextSize, cache: 'F32', threads: 1 }, (loaded) =>
        loaded.labelLogits(examples),
      );
    };

    // llama.cpp takes GELU from a table of half-precision numbers.
    const tolerance = options.architecture === 'gemma3' ? 10 : 1;
    const untrained = randomAdapter(config, lora.rank, 0);
    const plain = await theirs();
    const base = logitDifference(await graphLogits(model, untrained, lora, examples), plain);
    expect(base.largest).toBeLessThan(1e-3 * tolerance);
    expect(base.mean).toBeLessThan(1e-4 * tolerance);

    const parameters = randomAdapter(config, lora.rank, 0.2);
    const adapter = join(folder(), 'adapter.gguf');
    await writeAdapterGguf(adapter, config.architecture, adapterFromParameters(config, parameters, lora));
    const ours = await graphLogits(model, parameters, lora, examples);
    const adapted = logitDifference(ours, await theirs(adapter));
    expect(adapted.largest).toBeLessThan(1e-3 * tolerance);
    expect(adapted.mean).toBeLessThan(1e-4 * tolerance);
    expect(logitDifference(ours, plain).mean).toBeGreaterThan(0.1);
  });

  it('is learnt by an adapter that says what it belongs to', async () => {
    await writeTinyModel(join(folder(), 'model.gguf'), options);
    const losses: number[] = [];
    const { manifest } = await trainTiny(folder(), 'adapter', {
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    });
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    expect(manifest.base.architecture).toBe(options.architecture);
    const { metadata } = await openGguf(join(folder(), 'adapter', 'adapter.gguf'));
    expect(metadata['general.architecture']).toBe(options.architecture);
  });
});
