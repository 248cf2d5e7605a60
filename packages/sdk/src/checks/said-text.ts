import { isWordCharacter } from '../grounding/index.js';
import { saidNumbers } from './said-numbers.js';

/** Scripts that put no space between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;
const spokenMarks = /\s+(at|dot|dash|underscore)\s+/g;
const marks: Record<string, string> = { at: '@', dot: '.', dash: '-', underscore: '_' };

/** What was said in a conversation, looked at in the ways that a value can come from it. */
export class SaidText {
  readonly #texts: readonly string[];
  #folded: string[] | undefined;
  #words: string[] | undefined;
  #stems: Set<string> | undefined;
  #numbers: Set<number> | undefined;
  #compact: string | undefined;
  #addresses: string | undefined;
  #lengths: Map<number, string[]> | undefined;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  /** True where the value stands in one of the texts between word boundaries, character by character. */
  hasSpan(value: string): boolean {
    return this.#texts.some((text) => hasSpan(text, value));
  }

  /** The same but for case and for forms of characters (NFKC). */
  hasSpanIgnoringCase(value: string): boolean {
    const folded = fold(value);
    return this.folded.some((text) => hasSpan(text, folded));
  }

  /** In lower case, normal form NFKC, plain quotes. */
  get folded(): readonly string[] {
    this.#folded ??= this.#texts.map(fold);
    return this.#folded;
  }

  get words(): readonly string[] {
    this.#words ??= this.folded.flatMap(wordsOf);
    return this.#words;
  }

  get stems(): ReadonlySet<string> {
    this.#stems ??= new Set(this.words.map(stemOf));
    return this.#stems;
  }

  get numbers(): ReadonlySet<number> {
    this.#numbers ??= saidNumbers(this.folded.join('\n'), this.words);
    return this.#numbers;
  }

  hasNumber(value: number): boolean {
    if (this.numbers.has(value)) return true;
    for (const said of this.numbers) if (Math.abs(said - value) <= 1e-9 * Math.abs(value)) return true;
    return false;
  }

  /** Letters and digits alone: "play list" holds "playlist". */
  hasCompact(value: string): boolean {
    this.#compact ??= this.folded.map(compact).join('\n');
    const wanted = compact(fold(value));
    return wanted.length >= 5 && this.#compact.includes(wanted);
  }

  /** Spoken addresses: "bob at example dot com". */
  hasSpokenAddress(value: string): boolean {
    this.#addresses ??= this.folded
      .join('\n')
      .replace(spokenMarks, (_, mark: string) => marks[mark]!)
      .replaceAll(/\s/g, '');
    const wanted = fold(value).replaceAll(/\s/g, '');
    return wanted.length >= 5 && this.#addresses.includes(wanted);
  }

  /** A word that is one typing error away; of five letters or more. */
  hasNearWord(word: string): boolean {
    if (word.length < 5 || /\d/.test(word)) return false;
    this.#lengths ??= groupByLength(this.stems);
    for (let length = word.length - 1; length <= word.length + 1; length++) {
      for (const said of this.#lengths.get(length) ?? [])
        if (said.length >= 5 && isOneErrorAway(word, said)) return true;
    }
    return false;
  }
}

function groupByLength(words: Iterable<string>): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const word of words) {
    const group = groups.get(word.length);
    if (group === undefined) groups.set(word.length, [word]);
    else group.push(word);
  }
  return groups;
}

/** Lower case, NFKC, typographic quotes and dashes as plain ones. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‐-―−]/g, '-');
}

/** Words of a text or identifier, in lower case: `livingRoom_2` → living, room, 2. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}]+(?:'[\p{L}]+)*|\d+(?:\.\d+)?(?:st|nd|rd|th|k|m)?(?![\p{L}])|\d+/gu) ?? [];
}

/** Without the endings of English: lights → light, heating → heat. */
export function stemOf(word: string): string {
  const bare = word.replace(/'s?$/, '').replace(/'/g, '');
  if (bare.length <= 3) return bare;
  return bare
    .replace(/(?<=..)ies$/, 'y')
    .replace(/(?<=...)(sses)$/, 'ss')
    .replace(/(?<=[^su])s$/, '')
    .replace(/(?<=...)(ing|ed|er|ly)$/, '')
    .replace(/(?<=...)([bdgmnprt])\1$/, '$1')
    .replace(/(?<=...)e$/, '');
}

const compact = (text: string) => text.replaceAll(/[^\p{L}\p{N}]/gu, '');

function hasSpan(text: string, value: string): boolean {
  if (value.trim() === '') return false;
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    if (isBoundary(text, start) && isBoundary(text, start + value.length)) return true;
  }
  return false;
}

function isBoundary(text: string, position: number): boolean {
  if (position === 0 || position === text.length) return true;
  const before = text[position - 1]!;
  const after = text[position]!;
  return !isWordCharacter(before) || !isWordCharacter(after) || unspaced.test(before) || unspaced.test(after);
}

/** Insertion, deletion, exchange or transposition of one letter. */
function isOneErrorAway(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  const left = short.length - start - end;
  if (long.length > short.length) return long.length === short.length + 1 && left === 0;
  return left <= 1 || (left === 2 && short[start] === long[start + 1] && short[start + 1] === long[start]);
}
