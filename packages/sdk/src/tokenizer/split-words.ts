import { TokenizerError } from './tokenizer-error.js';
import { letters as L, numbers as N, whiteSpace as S } from './unicode-classes.js';

/** How text is cut into the pieces that byte pairs are merged in. */
export interface WordSplitting {
  /** Matches every piece, one after the other, leaving nothing out. Flags: g, u. */
  pattern: RegExp;
  /** A piece that is in the vocabulary as it is becomes that token, whatever the merges say. */
  wholeWordsFirst: boolean;
}

/** GPT-2's pattern, and StarCoder's, which takes every number out beforehand: white space before one stays whole. */
const gpt2 = `'(?:[stmd]|re|ve|ll)| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}])|[${S}]+`;
const singleNumbers = `'(?:[stmd]|re|ve|ll)|[${N}]| ?[${L}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}${N}])|[${S}]+`;

/** The pattern of tiktoken's cl100k_base, with up to `digits` numbers together. */
const tiktoken = (digits: number) =>
  `'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\\r\\n${L}${N}]?[${L}]+|[${N}]{1,${digits}}` +
  `| ?[^${S}${L}${N}]+[\\r\\n]*|[${S}]*[\\r\\n]+|[${S}]+(?![^${S}])|[${S}]+`;

/** By the values of `tokenizer.ggml.pre` that llama.cpp reads alike. */
const splittings: ReadonlyMap<string, { source: string; wholeWordsFirst: boolean }> = new Map([
  ['smollm', { source: singleNumbers, wholeWordsFirst: false }],
  ['starcoder', { source: singleNumbers, wholeWordsFirst: false }],
  ['gpt-2', { source: gpt2, wholeWordsFirst: false }],
  ['llama-bpe', { source: tiktoken(3), wholeWordsFirst: true }],
  ['llama-v3', { source: tiktoken(3), wholeWordsFirst: true }],
  ['llama3', { source: tiktoken(3), wholeWordsFirst: true }],
  ['qwen2', { source: tiktoken(1), wholeWordsFirst: false }],
  ['deepseek-r1-qwen', { source: tiktoken(1), wholeWordsFirst: false }],
]);

/**
 * The splitting that `tokenizer.ggml.pre` names.
 * @throws TokenizerError `tokenizer/unsupported`
 */
export function wordSplitting(pre: string): WordSplitting {
  const splitting = splittings.get(pre);
  if (splitting === undefined) {
    throw new TokenizerError(
      'tokenizer/unsupported',
      `This model splits words by the rules "${pre}" (tokenizer.ggml.pre), which are not supported yet; ` +
        `supported are ${[...splittings.keys()].join(', ')}. Choose a base model that uses one of these.`,
    );
  }
  return { pattern: new RegExp(splitting.source, 'gu'), wholeWordsFirst: splitting.wholeWordsFirst };
}
