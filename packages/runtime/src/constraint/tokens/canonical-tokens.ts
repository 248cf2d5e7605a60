import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8, joinBytes } from '../utf8.js';
import { trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * The tokens that the tokenizer writes for `more` after the tokens so far: the rest of encode(all of the text). Where the
 * tokens so far are not how the tokenizer begins that text, encode(more) by itself. Undefined where neither is text.
 */
export function canonicalTokens(
  vocabulary: Vocabulary,
  soFar: readonly number[],
  more: Uint8Array,
): { tokens: number[]; before: Uint8Array } | undefined {
  const before = joinBytes(soFar.map((token) => vocabulary.tokenBytes(token)));
  const whole = decodeUtf8(joinBytes([before, more]));
  const tokens = whole === undefined ? undefined : vocabulary.encode(whole);
  if (tokens !== undefined && commonPrefix(tokens, soFar) === soFar.length) {
    const rest = tokens.slice(soFar.length);
    if (writes(vocabulary, rest, more)) return { tokens: rest, before };
  }
  const text = decodeUtf8(more);
  const alone = text === undefined ? undefined : vocabulary.encode(text);
  return alone !== undefined && writes(vocabulary, alone, more)
    ? { tokens: alone, before: new Uint8Array() }
    : undefined;
}

/**
 * Of the canonical tokens of text that must come, those that stay what they are whatever follows it. A merge of byte
 * pairs across the end makes a token that starts at some place before the end and goes on after it; up to that place
 * the text is then encoded as if it ended there. So what all such places leave alone is certain.
 * @param after The expression that follows the forced text.
 */
export function stableTokens(
  vocabulary: Vocabulary,
  arena: ExpressionArena,
  soFar: readonly number[],
  forced: Uint8Array,
  after: number,
): number[] {
  const canonical = canonicalTokens(vocabulary, soFar, forced);
  if (canonical === undefined) return [];
  const { tokens, before } = canonical;
  const text = joinBytes([before, forced]);
  let stable = tokens.length;
  for (const cut of unstablePlaces(vocabulary, arena, text, before.length, after)) {
    if (stable === 0) break;
    const start = decodeUtf8(text.subarray(0, cut));
    const cutTokens = start === undefined ? [] : vocabulary.encode(start).slice(before.length === 0 ? 0 : soFar.length);
    stable = Math.min(stable, commonPrefix(tokens, cutTokens));
  }
  return tokens.slice(0, stable);
}

/** Places in the text, from `first` on, where a token could start that goes on after the text's end. */
function unstablePlaces(
  vocabulary: Vocabulary,
  arena: ExpressionArena,
  text: Uint8Array,
  first: number,
  after: number,
): Set<number> {
  const places = new Set<number>();
  const { trie } = vocabulary;
  for (let place = Math.max(first, text.length - vocabulary.longestToken + 1); place < text.length; place++) {
    let node = -1;
    for (let index = place; index < text.length; index++) {
      node = trieChild(trie, node, text[index]!);
      if (node < 0) break;
    }
    if (node >= 0 && goesOn(vocabulary, arena, node, after)) places.add(characterStart(text, place));
  }
  // Tokenizers look at what follows white space before they decide how to cut it.
  let spaceStart = text.length;
  while (spaceStart > first && isSpace(text[spaceStart - 1]!)) spaceStart--;
  if (spaceStart < text.length) places.add(spaceStart);
  return places;
}

/** Whether a token below this node of the trie can be written by what follows. */
function goesOn(vocabulary: Vocabulary, arena: ExpressionArena, start: number, after: number): boolean {
  const { depth, skip, byte, token } = vocabulary.trie;
  const base = depth[start]!;
  const path = [after];
  for (let node = start + 1; node < skip[start]!; ) {
    const level = depth[node]! - base;
    const next = arena.derivative(path[level - 1]!, byte[node]!);
    if (next === NOTHING) {
      node = skip[node]!;
      continue;
    }
    if (token[node]! >= 0) return true;
    path[level] = next;
    node++;
  }
  return false;
}

function characterStart(text: Uint8Array, place: number): number {
  let start = place;
  while (start > 0 && (text[start]! & 0xc0) === 0x80) start--;
  return start;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function commonPrefix(one: readonly number[], other: readonly number[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

/** Whether the tokens are text and their bytes are just these: some tokenizers add or change spaces. */
function writes(vocabulary: Vocabulary, tokens: readonly number[], bytes: Uint8Array): boolean {
  if (tokens.some((token) => vocabulary.isSpecial(token))) return false;
  const written = joinBytes(tokens.map((token) => vocabulary.tokenBytes(token)));
  return written.length === bytes.length && written.every((byte, index) => byte === bytes[index]);
}
