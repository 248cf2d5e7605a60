import { readFileSync } from 'node:fs';
import { Tokenizer as HuggingFaceLibrary } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { createTokenizer, huggingFaceTokenizer, tokenizerFingerprint, tokenizerMetadata } from './index.js';

/** Small tokenizers, and the ids that the `tokenizers` library gives: bench/reference/tiny-tokenizers.py. */
const { families } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/tiny-tokenizers.json', import.meta.url), 'utf8'),
) as { families: Record<string, { tokenizer: object; texts: { text: string; ids: number[] }[] }> };

const tokenizerConfig = {
  ...{ bos_token: '<|im_start|>', eos_token: '<|im_end|>', pad_token: '<|endoftext|>' },
  chat_template: '{{ messages }}',
};
const metadataOf = (name: string) =>
  tokenizerMetadata({
    tokenizer: families[name]!.tokenizer,
    tokenizerConfig: name.startsWith('default')
      ? { bos_token: '<bos>', eos_token: '<eos>', unk_token: '<unk>' }
      : tokenizerConfig,
  });

describe.each(Object.keys(families))('huggingFaceTokenizer of the kind %s', (name) => {
  it("gives Hugging Face's library the ids that the original gave it", () => {
    const { tokenizer } = huggingFaceTokenizer(metadataOf(name));
    const library = new HuggingFaceLibrary(JSON.parse(JSON.stringify(tokenizer)), {});
    expect(families[name]!.texts.length).toBeGreaterThan(5);
    for (const { text, ids } of families[name]!.texts) {
      expect({ text, ids: library.encode(text, { add_special_tokens: false }).ids }).toEqual({ text, ids });
      // A space that is written behind a special token is not taken away again.
      if (ids.length > 0 && !(name.endsWith('before') && text.includes('<end_of_turn>')))
        expect(library.decode(ids, { skip_special_tokens: false })).toBe(text);
    }
  });

  it('is read back as what it was made from', () => {
    const metadata = metadataOf(name);
    const again = tokenizerMetadata(huggingFaceTokenizer(metadata));
    expect(again).toMatchObject(metadata);
    expect(tokenizerFingerprint(createTokenizer(again))).toBe(tokenizerFingerprint(createTokenizer(metadata)));
  });
});

describe('huggingFaceTokenizer', () => {
  it('begins texts as the file says', () => {
    const metadata = { ...metadataOf('llama-bpe'), 'tokenizer.ggml.add_bos_token': true };
    const { tokenizer, tokenizerConfig } = huggingFaceTokenizer(metadata);
    const library = new HuggingFaceLibrary(JSON.parse(JSON.stringify(tokenizer)), {});
    const bos = metadata['tokenizer.ggml.bos_token_id' as keyof typeof metadata];
    expect(library.encode('a').ids[0]).toBe(bos);
    expect(tokenizerConfig).toMatchObject({ bos_token: '<|im_start|>', chat_template: '{{ messages }}' });
  });

  it('leaves out tokens that are never used, and refuses texts that stand for two', () => {
    const metadata = metadataOf('gpt-2');
    const tokens = metadata['tokenizer.ggml.tokens'] as string[];
    const types = metadata['tokenizer.ggml.token_type'] as number[];
    const longer = {
      ...metadata,
      'tokenizer.ggml.tokens': [...tokens, 'a'],
      'tokenizer.ggml.token_type': [...types, 5],
    };
    expect(huggingFaceTokenizer(longer)).toEqual(huggingFaceTokenizer(metadata));
    const twice = { ...longer, 'tokenizer.ggml.token_type': [...types, 1] };
    expect(() => huggingFaceTokenizer(twice)).toThrow(/have the same text/);
  });

  it('refuses a splitting of words that it does not know', () => {
    const metadata = { ...metadataOf('gpt-2'), 'tokenizer.ggml.pre': 'tekken' };
    expect(() => huggingFaceTokenizer(metadata)).toThrow(/"tekken"/);
  });
});
