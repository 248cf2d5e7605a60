import { bytePairText } from './byte-pair-text.js';
import { sentencePieceText } from './sentence-piece-text.js';
import type { Tokenizer } from './tokenizer.js';
import { readVocabulary, tokenType } from './vocabulary.js';

const noBytes = new Uint8Array(0);

/**
 * The tokenizer of a model, from the key-values of its GGUF file: byte-level BPE or SentencePiece. Gives the very ids of
 * llama.cpp. Half surrogate pairs count as U+FFFD.
 * @throws TokenizerError `tokenizer/unsupported` or `tokenizer/metadata`
 */
export function createTokenizer(metadata: Readonly<Record<string, unknown>>): Tokenizer {
  const vocabulary = readVocabulary(metadata);
  const { tokens, types, endOfTurnToken, endTokens } = vocabulary;

  const isSpecial = (token: number) => {
    const type = types[token];
    return type === tokenType.control || type === tokenType.unknown || type === tokenType.unused;
  };
  const ids = new Map<string, number>();
  const whole: { text: string; id: number; special: boolean }[] = [];
  for (const [id, text] of tokens.entries()) {
    if (!isSpecial(id)) ids.set(text, id);
    const type = types[id];
    if (type === tokenType.userDefined) whole.push({ text, id, special: false });
    if (type === tokenType.control || type === tokenType.unknown) whole.push({ text, id, special: true });
  }
  // llama.cpp cuts out the longest first, wherever they stand. Array.prototype.sort keeps the order of equals.
  whole.sort((a, b) => b.text.length - a.text.length);
  const userDefined = whole.filter(({ special }) => !special);
  const spacePrefix = vocabulary.kind === 'sentence-piece' && vocabulary.spacePrefix;
  const tokenText =
    vocabulary.kind === 'byte-pair' ? bytePairText(vocabulary, ids) : sentencePieceText(vocabulary, ids);

  const bytesOf = new Array<Uint8Array | undefined>(tokens.length);
  const textEncoder = new TextEncoder();
  const tokenBytes = (token: number): Uint8Array => {
    const text = tokens[token];
    if (text === undefined) throw new RangeError(`${token} is not a token: ids are 0 to ${tokens.length - 1}`);
    if (isSpecial(token)) return noBytes;
    return (bytesOf[token] ??=
      types[token] === tokenType.userDefined ? textEncoder.encode(text) : tokenText.bytesOf(token));
  };

  return {
    vocabularySize: tokens.length,
    endOfTurnToken,
    endTokens,
    isSpecial,
    tokenBytes,
    encode(text, { special = true, continues = false } = {}) {
      const encoded: number[] = [];
      let begins = !continues;
      const fragments = cutOut(text.replace(/\p{Surrogate}/gu, '\uFFFD'), special ? whole : userDefined);
      for (const fragment of fragments) {
        if (typeof fragment === 'number') {
          encoded.push(fragment);
          begins = true;
        } else if (fragment !== '') tokenText.encode(spacePrefix && begins ? ` ${fragment}` : fragment, encoded);
      }
      return encoded;
    },
    decode(list) {
      const parts = list.map((token) => (isSpecial(token) ? textEncoder.encode(tokens[token]) : tokenBytes(token)));
      const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        bytes.set(part, offset);
        offset += part.length;
      }
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    },
  };
}

/** Cuts tokens that are matched as whole texts out of a text: what remains are texts and their ids. */
function cutOut(text: string, whole: readonly { text: string; id: number }[]): (string | number)[] {
  let fragments: (string | number)[] = [text];
  for (const { text: wanted, id } of whole) {
    if (!text.includes(wanted)) continue;
    fragments = fragments.flatMap((fragment) =>
      typeof fragment === 'number'
        ? [fragment]
        : fragment.split(wanted).flatMap((part, index) => (index === 0 ? [part] : [id, part])),
    );
  }
  return fragments;
}
