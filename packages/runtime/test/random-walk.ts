import type { TokenConstraint } from '@tooltune/sdk';
import { expect } from 'vitest';
import type { BytePairTokenizer } from './byte-pair-tokenizer.js';

/** The tokens of the walk's mask. */
export function allowedTokens(walk: TokenConstraint, size: number): number[] {
  const mask = new Uint32Array(Math.ceil(size / 32));
  walk.fillMask(mask);
  return Array.from({ length: size }, (_, token) => token).filter((token) => (mask[token >>> 5]! >>> (token & 31)) & 1);
}

/** Takes allowed tokens by the choices until an end token; undefined when that takes more than `most`. */
export function randomWalk(
  walk: TokenConstraint,
  tokenizer: BytePairTokenizer,
  choice: Iterator<number>,
  most: number,
): number[] | undefined {
  const taken: number[] = [];
  while (taken.length <= most) {
    const allowed = allowedTokens(walk, tokenizer.vocabularySize);
    expect(allowed.length, 'a dead end').toBeGreaterThan(0);
    const token = allowed[choice.next().value! % allowed.length]!;
    walk.advance(token);
    if (tokenizer.endTokens.includes(token)) return taken;
    taken.push(token);
  }
  return undefined;
}

/** Takes at most so many allowed tokens of text. */
export function someTokens(
  walk: TokenConstraint,
  { vocabularySize, endTokens }: BytePairTokenizer,
  choice: Iterator<number>,
  most: number,
): number[] {
  const taken: number[] = [];
  while (taken.length < most) {
    const allowed = allowedTokens(walk, vocabularySize).filter((token) => !endTokens.includes(token));
    if (allowed.length === 0) break;
    const token = allowed[choice.next().value! % allowed.length]!;
    walk.advance(token);
    taken.push(token);
  }
  return taken;
}

/** The text in tokens that are drawn at each place from all that begin it. */
export function randomTokens(json: string, tokenizer: BytePairTokenizer, choice: Iterator<number>): number[] {
  const bytes = new TextEncoder().encode(json);
  const tokens: number[] = [];
  for (let position = 0; position < bytes.length; ) {
    const fitting: number[] = [];
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const own = tokenizer.tokenBytes(token);
      if (own.length > 0 && own.every((byte, index) => byte === bytes[position + index])) fitting.push(token);
    }
    const token = fitting[choice.next().value! % fitting.length]!;
    tokens.push(token);
    position += tokenizer.tokenBytes(token).length;
  }
  return tokens;
}
