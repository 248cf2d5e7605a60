import type { Random } from '../../random/index.js';
import { chance, choose } from '../choose.js';

/** A piece of a request: words, or a value that must stay as it is. */
export interface Piece {
  text: string;
  /** An argument's value, which the call repeats. */
  value: boolean;
}

const abbreviations: readonly (readonly [RegExp, string])[] = [
  [/\byou\b/gi, 'u'],
  [/\bplease\b/gi, 'pls'],
  [/\btomorrow\b/gi, 'tmrw'],
  [/\bwant to\b/gi, 'wanna'],
  [/\bgoing to\b/gi, 'gonna'],
  [/\bwith\b/gi, 'w/'],
];

/** How a request is written down: mistakes and habits of people, in the words between the values only. */
export function writeDown(random: Random, pieces: readonly Piece[], options: { end: string }): Piece[] {
  let written = pieces.map((piece) => ({ ...piece }));
  const words = (change: (text: string) => string) => {
    written = written.map((piece) => (piece.value ? piece : { ...piece, text: change(piece.text) }));
  };
  if (chance(random, 0.04)) {
    const [pattern, short] = choose(random, abbreviations);
    words((text) => text.replace(pattern, short));
  }
  if (chance(random, 0.06)) {
    const places = written.flatMap((piece, index) => (!piece.value && /\p{L}{5}/u.test(piece.text) ? [index] : []));
    if (places.length > 0) {
      const at = choose(random, places);
      written[at]!.text = misspell(random, written[at]!.text);
    }
  }
  const first = written[0];
  if (first !== undefined && !first.value && chance(random, 0.55)) first.text = capitalise(first.text);
  else if (first !== undefined && !first.value && chance(random, 0.3)) words((text) => text.toLowerCase());
  const end = chance(random, 0.45) ? options.end : '';
  return end === '' ? written : [...written, { text: end, value: false }];
}

export function capitalise(text: string): string {
  return text.replace(/^\s*\p{L}/u, (letter) => letter.toUpperCase());
}

/** One slip of the fingers in a word of at least five letters: two letters swapped, one lost, one twice. */
function misspell(random: Random, text: string): string {
  const words = [...text.matchAll(/\p{L}{5,}/gu)];
  if (words.length === 0) return text;
  const { 0: word, index } = choose(random, words);
  const at = random.integer(1, word.length - 2);
  const slips = [
    word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at + 1) + word.slice(at),
  ];
  return text.slice(0, index) + choose(random, slips) + text.slice(index + word.length);
}
