import { readFileSync } from 'node:fs';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, tokenizerMetadata } from './index.js';

interface Family {
  tokenizer: {
    model: Record<string, unknown> & { vocab: Record<string, number>; merges: unknown[] };
    added_tokens: { id: number; content: string; special: boolean }[];
    normalizer: unknown;
    pre_tokenizer: unknown;
  };
  texts: { text: string; ids: number[] }[];
}

/** Small tokenizers, and the ids that the `tokenizers` library gives: bench/reference/tiny-tokenizers.py. */
const { families } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/tiny-tokenizers.json', import.meta.url), 'utf8'),
) as { families: Record<string, Family> };

const tokenizerConfig = { eos_token: '<|im_end|>', bos_token: { content: '<|im_start|>' }, pad_token: '<|endoftext|>' };
const metadataOf = (name: string) =>
  tokenizerMetadata({
    tokenizer: families[name]!.tokenizer,
    tokenizerConfig: name.startsWith('default') ? { eos_token: '<eos>' } : tokenizerConfig,
  });
const changed = (name: string, change: (tokenizer: Family['tokenizer']) => void) => {
  const tokenizer = structuredClone(families[name]!.tokenizer);
  change(tokenizer);
  return tokenizerMetadata({ tokenizer, tokenizerConfig });
};

/** What is written where a space stands behind special tokens too. */
const spaced = (name: string, text: string) =>
  name.endsWith('before') ? text.replaceAll(/(<end_of_turn>)(?=.)/gs, '$1 ') : text;

describe.each(Object.keys(families))('a tokenizer.json of the kind %s', (name) => {
  const { tokenizer: json, texts } = families[name]!;
  const tokenizer = createTokenizer(metadataOf(name));

  it("gives the ids of Hugging Face's own library", () => {
    for (const { text, ids } of texts) expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids });
  });

  it('gives the ids of tokenizers.js for any text', () => {
    const reference = new HuggingFaceTokenizer(json, {});
    const piece = fc.oneof(
      fc.constantFrom('the lights', ' 12', '345', "I'll", '\n\n', '  ', 'Straße', '{"name":"', '👍🏽', 'привет'),
      fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz .,:;?!\'"{}[]0123456789\n\t') }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(tokenizer.encode(text)).toEqual(reference.encode(text, { add_special_tokens: false }).ids);
      }),
    );
  });

  it('is named as llama.cpp names it, and gives every text back', () => {
    expect(metadataOf(name)['tokenizer.ggml.pre']).toBe(name.replace(/,.*/, ''));
    for (const { text } of texts)
      expect(tokenizer.decode(tokenizer.encode(text, { continues: true }))).toBe(spaced(name, text));
  });
});

describe('tokenizerMetadata', () => {
  it('knows special tokens, from tokenizer_config.json and else from config.json', () => {
    const { vocab } = families.smollm!.tokenizer.model;
    const first = Object.keys(vocab).length;
    expect(metadataOf('smollm')).toMatchObject({
      'tokenizer.ggml.bos_token_id': first + 1,
      'tokenizer.ggml.eos_token_id': first + 2,
      'tokenizer.ggml.padding_token_id': first,
    });
    const metadata = tokenizerMetadata({
      tokenizer: families.smollm!.tokenizer,
      tokenizerConfig: { eos_token: '<|im_end|>', add_bos_token: false },
      modelConfig: { eos_token_id: 0, bos_token_id: 7, pad_token_id: null },
    });
    expect(metadata).toMatchObject({
      'tokenizer.ggml.bos_token_id': 7,
      'tokenizer.ggml.eos_token_id': first + 2,
      'tokenizer.ggml.add_bos_token': false,
    });
    expect(metadata).not.toHaveProperty('tokenizer.ggml.padding_token_id');
  });

  it('takes added tokens for control tokens where they are special or look so, else for the user’s', () => {
    const metadata = changed('qwen2', ({ added_tokens: added }) => {
      for (const token of added) token.special = false;
      added.push({ id: added.at(-1)!.id + 1, content: '▁▁', special: false });
    });
    const tokens = metadata['tokenizer.ggml.tokens'] as string[];
    const types = metadata['tokenizer.ggml.token_type'] as number[];
    expect(tokens.slice(-6)).toEqual(['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<think>', '</think>', '  ']);
    expect(types.slice(-6)).toEqual([3, 3, 3, 4, 4, 4]);
  });

  it('fills up to the rows of the embedding table, and leaves out what has no row', () => {
    const { tokenizer } = families.qwen2!;
    const count = createTokenizer(metadataOf('qwen2')).vocabularySize;
    const longer = tokenizerMetadata({ tokenizer, tokenizerConfig, vocabularySize: count + 2 });
    expect((longer['tokenizer.ggml.tokens'] as string[]).slice(-2)).toEqual([`[PAD${count}]`, `[PAD${count + 1}]`]);
    const filled = createTokenizer(longer);
    expect(filled.vocabularySize).toBe(count + 2);
    expect(filled.tokenBytes(count)).toHaveLength(0);
    expect(filled.encode(`[PAD${count}]`)).not.toContain(count);
    const shorter = tokenizerMetadata({ tokenizer, tokenizerConfig, vocabularySize: count - 1 });
    expect(createTokenizer(shorter).vocabularySize).toBe(count - 1);
    expect(shorter['tokenizer.ggml.tokens']).not.toContain('</think>');
  });

  it.each([
    [{ chat_template: 'own' }, 'file', 'own'],
    [
      {
        chat_template: [
          { name: 'tool_use', template: 'b' },
          { name: 'default', template: 'a' },
        ],
      },
      undefined,
      'a',
    ],
    [{}, 'file', 'file'],
    [undefined, undefined, undefined],
  ])('takes the chat template that %o holds, or chat_template.jinja', (config, chatTemplate, expected) => {
    const { tokenizer } = families.qwen2!;
    const metadata = tokenizerMetadata({ tokenizer, tokenizerConfig: config, chatTemplate });
    expect(metadata['tokenizer.chat_template']).toBe(expected);
  });

  it.each([
    ['first', true],
    ['always', true],
    ['never', false],
  ])('reads spaces that a pre-tokenizer writes: %s', (scheme, prefix) => {
    const metadata = changed('default, a space before', (json) => {
      json.normalizer = null;
      json.pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: scheme, split: false };
    });
    expect(metadata['tokenizer.ggml.add_space_prefix']).toBe(prefix);
  });

  it('reads merges that older files write as one text', () => {
    const merges = (tokenizer: Family['tokenizer']) => {
      tokenizer.model.merges = tokenizer.model.merges.map((merge) => (merge as string[]).join(' '));
    };
    expect(changed('llama-bpe', merges)).toEqual(metadataOf('llama-bpe'));
  });

  it.each<[string, string, RegExp, string, (tokenizer: Family['tokenizer']) => void]>([
    ['Unigram', 'unsupported', /"Unigram".*#\/model\/type/, 'qwen2', ({ model }) => (model.type = 'Unigram')],
    ['lower case', 'unsupported', /#\/normalizer/, 'qwen2', (json) => (json.normalizer = { type: 'Lowercase' })],
    [
      'white space only',
      'unsupported',
      /#\/pre_tokenizer/,
      'qwen2',
      (json) => (json.pre_tokenizer = { type: 'Whitespace' }),
    ],
    [
      'an unknown pattern',
      'unsupported',
      /#\/pre_tokenizer.*abc/,
      'qwen2',
      (json) => {
        const steps = (json.pre_tokenizer as { pretokenizers: { pattern: unknown }[] }).pretokenizers;
        steps[0]!.pattern = { Regex: 'abc' };
      },
    ],
    [
      'another text before every text',
      'unsupported',
      /#\/normalizer/,
      'default, a space before',
      (json) => ((json.normalizer as { normalizers: { prepend?: string }[] }).normalizers[0]!.prepend = 'x'),
    ],
    [
      'pieces whose scores cannot be told',
      'unsupported',
      /order of their ids/,
      'default',
      ({ model }) => model.merges.reverse(),
    ],
    ['no vocabulary', 'metadata', /#\/model\/vocab/, 'qwen2', ({ model }) => Reflect.deleteProperty(model, 'vocab')],
    ['an id that is none', 'metadata', /#\/model\/vocab holds -1/, 'qwen2', ({ model }) => (model.vocab.x = -1)],
    ['a merge of three', 'metadata', /merges\/0/, 'qwen2', ({ model }) => (model.merges[0] = ['a', 'b', 'c'])],
    [
      'added tokens without id',
      'metadata',
      /added_tokens\/0\/id/,
      'qwen2',
      (json) => (json.added_tokens[0] = {} as never),
    ],
  ])('refuses %s', (_what, code, message, name, change) => {
    expect(() => changed(name, change)).toThrow(
      expect.objectContaining({ code: `tokenizer/${code}`, message: expect.stringMatching(message) }),
    );
  });

  it('refuses what is no tokenizer.json at all', () => {
    expect(() => tokenizerMetadata({ tokenizer: [] })).toThrow(expect.objectContaining({ code: 'tokenizer/metadata' }));
  });
});
