import { BPE } from '@huggingface/tokenizers';
import { fromByteAlphabet, toByteAlphabet } from './byte-alphabet.js';
import { wordSplitting } from './split-words.js';
import type { TokenText } from './token-text.js';
import type { BytePairVocabulary } from './vocabulary.js';

/** Words whose ids are kept; all are let go when there are more. */
const cachedWords = 50_000;

/**
 * Byte-level byte pair encoding (Sennrich et al. 2016; Radford et al. 2019). Bytes that the vocabulary has no token for
 * are left out, as llama.cpp does.
 * @param ids Of the tokens that are not special, by their text.
 * @throws TokenizerError `tokenizer/unsupported`
 */
export function bytePairText({ pre, tokens, merges }: BytePairVocabulary, ids: ReadonlyMap<string, number>): TokenText {
  const { pattern, wholeWordsFirst } = wordSplitting(pre);
  const bytePairs = new BPE({
    type: 'BPE',
    vocab: Object.fromEntries(ids),
    merges: merges as [string, string][],
    unk_token: null,
    ignore_merges: false,
  });
  const words = new Map<string, readonly number[]>();

  const encodeWord = (word: string): readonly number[] => {
    const cached = words.get(word);
    if (cached !== undefined) return cached;
    const written = toByteAlphabet(word);
    const wholeWord = wholeWordsFirst ? ids.get(written) : undefined;
    const encoded = wholeWord === undefined ? bytePairs.bpe(written).flatMap(idsOf) : [wholeWord];
    if (words.size >= cachedWords) words.clear();
    words.set(word, encoded);
    return encoded;
  };
  const idsOf = (piece: string): number[] => {
    const id = ids.get(piece);
    if (id !== undefined) return [id];
    // A merge whose result is no token: what llama.cpp can still find are its ASCII characters.
    return [...piece].map((character) => ids.get(character)).filter((found) => found !== undefined);
  };

  return {
    encode(text, encoded) {
      for (const [word] of text.matchAll(pattern)) for (const id of encodeWord(word)) encoded.push(id);
    },
    bytesOf: (token) => fromByteAlphabet(tokens[token]!),
  };
}
