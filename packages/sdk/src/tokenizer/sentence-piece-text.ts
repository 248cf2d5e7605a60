import type { TokenText } from './token-text.js';
import { TokenizerError } from './tokenizer-error.js';
import { type SentencePieceVocabulary, tokenType } from './vocabulary.js';

/** What a space is written as: U+2581. */
const writtenSpace = '▁';
const nothing = -1;

/** Two neighbouring pieces that are a token together. */
interface Pair {
  left: number;
  right: number;
  /** Length of both, UTF-16 units: another one by now where either was merged since. */
  length: number;
  score: number;
}

/**
 * SentencePiece's byte pair encoding (Kudo and Richardson 2018) as llama.cpp's `llama` tokenizer does it: of all
 * neighbouring pieces, the two whose token has the highest score are merged first, the leftmost of equals, over the
 * whole text. Characters that are no token become the tokens of their bytes.
 * @param ids Of the tokens that are not special, by their text.
 * @throws TokenizerError `tokenizer/metadata`
 */
export function sentencePieceText(
  { tokens, types, scores }: SentencePieceVocabulary,
  ids: ReadonlyMap<string, number>,
): TokenText {
  refuseTwins(tokens, ids);
  const byteTokens = new Int32Array(256).fill(nothing);
  const byteOf = new Map<number, number>();
  for (const [token, text] of tokens.entries()) {
    if (types[token] !== tokenType.byte) continue;
    const hexadecimal = /^<0x([0-9A-F]{2})>$/.exec(text)?.[1];
    if (hexadecimal === undefined) {
      throw new TokenizerError('tokenizer/metadata', `Token ${token} is "${text}" and said to be a byte (<0x41>).`);
    }
    byteTokens[Number.parseInt(hexadecimal, 16)] = token;
    byteOf.set(token, Number.parseInt(hexadecimal, 16));
  }
  const missing = byteTokens.indexOf(nothing);
  if (missing >= 0) {
    throw new TokenizerError('tokenizer/metadata', `The vocabulary has no token for the byte ${missing}.`);
  }
  const textEncoder = new TextEncoder();

  return {
    encode(text, encoded) {
      const written = text.replaceAll(' ', writtenSpace);
      for (const piece of mergePieces(written, ids, scores)) {
        const id = ids.get(piece);
        if (id !== undefined) encoded.push(id);
        else for (const byte of textEncoder.encode(piece)) encoded.push(byteTokens[byte]!);
      }
    },
    bytesOf(token) {
      const byte = byteOf.get(token);
      return byte !== undefined
        ? Uint8Array.of(byte)
        : textEncoder.encode(tokens[token]!.replaceAll(writtenSpace, ' '));
    },
  };
}

/** Two tokens of one text are none of the model's: readers that drop a byte order mark at the start of one make them. */
function refuseTwins(tokens: readonly string[], ids: ReadonlyMap<string, number>): void {
  for (const [token, text] of tokens.entries()) {
    const other = ids.get(text);
    if (other === undefined || other === token) continue;
    throw new TokenizerError(
      'tokenizer/metadata',
      `The tokens ${token} and ${other} are both ${JSON.stringify(text)} (tokenizer.ggml.tokens); read the file with ` +
        'a reader that keeps U+FEFF at the start of texts, such as node-llama-cpp.',
    );
  }
}

/** The pieces of a text after all merges. */
function mergePieces(text: string, ids: ReadonlyMap<string, number>, scores: ArrayLike<number>): string[] {
  // A linked list of pieces, at first one for each character; a piece that was merged into its left has length 0.
  const starts: number[] = [];
  const lengths: number[] = [];
  let position = 0;
  for (const character of text) {
    starts.push(position);
    lengths.push(character.length);
    position += character.length;
  }
  const previous = starts.map((_, index) => index - 1);
  const next = starts.map((_, index) => (index + 1 < starts.length ? index + 1 : nothing));

  const queue = new PairQueue();
  const addPair = (left: number, right: number) => {
    if (left === nothing || right === nothing) return;
    const length = lengths[left]! + lengths[right]!;
    const id = ids.get(text.slice(starts[left]!, starts[left]! + length));
    if (id !== undefined) queue.add({ left, right, length, score: scores[id]! });
  };
  for (let right = 1; right < starts.length; right++) addPair(right - 1, right);
  for (let pair = queue.take(); pair !== undefined; pair = queue.take()) {
    const { left, right, length } = pair;
    if (lengths[left] === 0 || lengths[right] === 0 || lengths[left]! + lengths[right]! !== length) continue;
    lengths[left] = length;
    lengths[right] = 0;
    const after = next[right]!;
    next[left] = after;
    if (after !== nothing) previous[after] = left;
    addPair(previous[left]!, left);
    addPair(left, after);
  }
  const pieces: string[] = [];
  for (const [index, length] of lengths.entries()) {
    if (length > 0) pieces.push(text.slice(starts[index]!, starts[index]! + length));
  }
  return pieces;
}

/** A binary heap: the highest score first, the leftmost of equals. */
class PairQueue {
  private readonly heap: Pair[] = [];

  add(pair: Pair): void {
    const { heap } = this;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!comesBefore(pair, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = pair;
  }

  take(): Pair | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    while (true) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!comesBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function comesBefore(a: Pair, b: Pair): boolean {
  return a.score > b.score || (a.score === b.score && a.left < b.left);
}
