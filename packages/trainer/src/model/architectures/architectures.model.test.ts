import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenizer, type RenderedExample } from '@tooltune/sdk';
import { modelPath, resolveBaseModel } from '@tooltune/sdk/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandModel } from '../../../test/expand-model.js';
import { graphLogits, logitDifference } from '../../../test/graph-logits.js';
import { withLlamaCpp } from '../../../test/llama-cpp.js';
import { randomAdapter } from '../../../test/random-adapter.js';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { openGguf } from '../gguf-reader.js';
import { readModelConfig } from '../read-model-config.js';

const text = fileURLToPath(new URL('../../../test/fixtures/snips/rows.jsonl', import.meta.url));
const lora = { rank: 1, alpha: 1 };
/** Tokens: more than Gemma's window of 512. */
const length = 640;
/** Few, as a row of Gemma has 262,144 logits: early ones, on both sides of where the window ends, and the last. */
const labels = [1, 2, 17, 300, 511, 512, 513, 600, 639];

const models = [
  // Pulled if need be: other tests want it too.
  { id: 'smollm2-135m', pulled: true, begin: '', largest: 1e-3, mean: 1e-4 },
  // Only where it has been pulled: `tooltune models pull gemma3-270m`, 253 MB. llama.cpp takes GELU from a table of
  // half-precision numbers, hence the wider bounds.
  { id: 'gemma3-270m', pulled: existsSync(modelPath('gemma3-270m')), begin: '<bos>', largest: 0.1, mean: 0.01 },
];

describe.for(models)('the graph of $id', { timeout: 1_800_000 }, ({ id, pulled, begin, largest, mean }) => {
  describe.skipIf(!pulled)('beside llama.cpp', () => {
    const folder = useTemporaryFolder();
    let path: string;
    let examples: RenderedExample[];
    let ours: Float32Array[];

    beforeAll(async () => {
      path = (await resolveBaseModel(id)).path;
      const file = await openGguf(path);
      const content = await readFile(text, 'utf8');
      const tokens = Int32Array.from(
        createTokenizer(file.metadata)
          .encode(begin + content)
          .slice(0, length),
      );
      examples = [{ tokens, labelMask: Uint8Array.from(tokens, (_, at) => (labels.includes(at) ? 1 : 0)) }];
      ours = await graphLogits(path, randomAdapter(readModelConfig(file), lora.rank, 0), lora, examples);
    }, 1_800_000);

    it('gives the same logits on real text, on an F32 copy of the model', async () => {
      const model = join(folder(), 'expanded.gguf');
      await expandModel(path, model);
      try {
        const options = { model, contextSize: length, cache: 'F32', threads: 1 } as const;
        const theirs = await withLlamaCpp(options, (loaded) => loaded.labelLogits(examples));
        const difference = logitDifference(ours, theirs);
        expect(difference.largest).toBeLessThan(largest);
        expect(difference.mean).toBeLessThan(mean);
      } finally {
        await rm(model);
      }
    });

    it('finds the same tokens most likely as the quantised file that is served', async () => {
      const likeliest = ours.map((row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
      const theirs = await withLlamaCpp({ model: path, contextSize: length, threads: 1 }, (loaded) =>
        loaded.likeliestTokens(examples),
      );
      // One of them may be a near tie, which rounding decides.
      expect(theirs.filter((token, at) => token === likeliest[at]).length).toBeGreaterThanOrEqual(labels.length - 1);
    });
  });
});
