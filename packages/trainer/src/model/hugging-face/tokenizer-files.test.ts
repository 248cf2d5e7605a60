import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer, tokenizerMetadata } from '@tooltune/sdk';
import fc from 'fast-check';
import { getLlama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { type GgufValue, writeGguf } from '../gguf-writer.js';

/** Small tokenizers of each kind: bench/reference/tiny-tokenizers.py. */
const { families } = JSON.parse(
  readFileSync(new URL('../../../../sdk/test/fixtures/tiny-tokenizers.json', import.meta.url), 'utf8'),
) as { families: Record<string, { tokenizer: object; texts: { text: string }[] }> };

describe.each(Object.keys(families))('the tokenizer of a folder, as the keys of a GGUF file: %s', (name) => {
  const folder = useTemporaryFolder();
  const metadata = tokenizerMetadata({
    tokenizer: families[name]!.tokenizer,
    tokenizerConfig: name.startsWith('default')
      ? { bos_token: '<bos>', eos_token: '<eos>', unk_token: '<unk>' }
      : { bos_token: '<|im_start|>', eos_token: '<|im_end|>' },
  });
  const tokenizer = createTokenizer(metadata);
  let llama: Awaited<ReturnType<typeof getLlama>>;
  let reference: LlamaModel;
  beforeAll(async () => {
    const path = join(folder(), 'vocabulary.gguf');
    const values = Object.entries(metadata).map(([key, value]) => [key, toGguf(key, value)]);
    await writeGguf(path, { ...modelKeys, ...Object.fromEntries(values) }, []);
    llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.disabled, maxThreads: 1 });
    reference = await llama.loadModel({ modelPath: path, vocabOnly: true });
  });
  afterAll(() => llama?.dispose());

  it('gives the ids of llama.cpp, with special tokens and without', () => {
    const piece = fc.oneof(
      fc.constantFrom(...families[name]!.texts.map(({ text }) => text)),
      fc.constantFrom('<|im_end|>', '<end_of_turn>', '<think>', '▁', ' ', '  ', '\n'),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.boolean(), (pieces, special) => {
        const text = pieces.join('');
        // Zero ends a text for llama.cpp's tokenizer of pieces.
        fc.pre(!text.includes('\0'));
        expect(tokenizer.encode(text, { special })).toEqual([...reference.tokenize(text, special)]);
      }),
    );
  });
});

/** What llama.cpp reads before it comes to the tokenizer. */
const modelKeys: Record<string, GgufValue> = {
  'general.architecture': { type: 'string', value: 'llama' },
  'llama.block_count': { type: 'uint32', value: 1 },
  'llama.context_length': { type: 'uint32', value: 64 },
  'llama.embedding_length': { type: 'uint32', value: 32 },
  'llama.feed_forward_length': { type: 'uint32', value: 32 },
  'llama.attention.head_count': { type: 'uint32', value: 1 },
  'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
};

function toGguf(key: string, value: unknown): GgufValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: 'uint32', value };
  const list = value as string[] | number[];
  if (typeof list[0] === 'string') return { type: 'string[]', value: list as string[] };
  return { type: key.endsWith('scores') ? 'float32[]' : 'int32[]', value: list as number[] };
}
