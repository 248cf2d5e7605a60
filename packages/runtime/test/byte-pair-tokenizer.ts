import type { VocabularyTokenizer } from '../src/constraint/index.js';

/** What the merges are learnt from: text of the kind that constraints are about. */
const CORPUS = [
  '<tool_call>{"name":"get_weather","arguments":{"city":"Lisbon","days":3,"unit":"celsius"}}</tool_call>\n',
  '<tool_call>{"name":"set_timer","arguments":{"minutes":15,"label":"pão de queijo"}}</tool_call>\n',
  'Certainly! The weather in São Paulo is 21.5 degrees, "sunny" and -3 at night; see you at 10:30. ',
  '{"a":null,"b":true,"c":false,"d":[1,2,3],"e":{"f":"\\n\\"","g":"日本語 😀"},"h":"été"} ',
].join('');

/** A byte-level byte pair tokenizer (Sennrich et al., 2016) without any pre-tokenizer, learnt from a small corpus. */
export interface BytePairTokenizer extends VocabularyTokenizer {
  decode(tokens: readonly number[]): string;
}

/**
 * Tokens: two special ones, 256 bytes, the merges, and one more special one at the end.
 * @param mergeCount How many merges are learnt, at most.
 */
export function createBytePairTokenizer(mergeCount = 240, corpus = CORPUS): BytePairTokenizer {
  const special = 2;
  const bytes: Uint8Array[] = [new Uint8Array(), new Uint8Array()];
  for (let byte = 0; byte < 256; byte++) bytes.push(Uint8Array.of(byte));
  const merges = new Map<string, number>();
  let learning = Array.from(new TextEncoder().encode(corpus), (byte) => byte + special);
  while (merges.size < mergeCount) {
    const counts = new Map<string, number>();
    for (let index = 0; index + 1 < learning.length; index++) {
      const pair = `${learning[index]} ${learning[index + 1]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const best = [...counts].sort((a, b) => b[1] - a[1])[0];
    if (best === undefined) break;
    const [left, right] = best[0].split(' ').map(Number) as [number, number];
    const id = bytes.push(Uint8Array.of(...bytes[left]!, ...bytes[right]!)) - 1;
    merges.set(best[0], id);
    learning = merge(learning, left, right, id);
  }
  const end = bytes.push(new Uint8Array()) - 1;
  return {
    vocabularySize: bytes.length,
    endTokens: [0, end],
    isSpecial: (token) => token < special || token === end,
    tokenBytes: (token) => bytes[token]!,
    encode(text) {
      let tokens = Array.from(new TextEncoder().encode(text), (byte) => byte + special);
      while (true) {
        let first: [left: number, right: number, id: number] | undefined;
        for (let index = 0; index + 1 < tokens.length; index++) {
          const id = merges.get(`${tokens[index]} ${tokens[index + 1]}`);
          if (id !== undefined && (first === undefined || id < first[2]))
            first = [tokens[index]!, tokens[index + 1]!, id];
        }
        if (first === undefined) return tokens;
        tokens = merge(tokens, ...first);
      }
    },
    decode: (tokens) => new TextDecoder().decode(Uint8Array.from(tokens.flatMap((token) => [...bytes[token]!]))),
  };
}

function merge(tokens: readonly number[], left: number, right: number, id: number): number[] {
  const merged: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    if (tokens[index] === left && tokens[index + 1] === right) {
      merged.push(id);
      index++;
    } else {
      merged.push(tokens[index]!);
    }
  }
  return merged;
}
