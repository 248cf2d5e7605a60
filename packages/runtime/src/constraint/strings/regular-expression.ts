import { ALL_CODE_POINTS, type CodePointRange, complement, intersect, normaliseRanges } from './code-points.js';

/** A parsed pattern. */
export type Pattern =
  | { kind: 'set'; ranges: CodePointRange[] }
  | { kind: 'sequence'; parts: Pattern[] }
  | { kind: 'alternation'; options: Pattern[] }
  | { kind: 'repetition'; part: Pattern; minimum: number; maximum: number }
  | { kind: 'start' }
  | { kind: 'end' };

/** What of a pattern is not supported, or not a regular expression. */
export class PatternError extends Error {
  /** False when the pattern is no ECMA-262 regular expression at all. */
  readonly supported: boolean;

  constructor(message: string, supported = true) {
    super(message);
    this.supported = supported;
  }
}

const DIGIT: CodePointRange[] = [[0x30, 0x39]];
const WORD: CodePointRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: CodePointRange[] = normaliseRanges([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
const LINE_END: CodePointRange[] = normaliseRanges([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);
const CLASSES: Record<string, CodePointRange[]> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: complement(DIGIT),
  W: complement(WORD),
  S: complement(SPACE),
};
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };
const MAXIMUM_DEPTH = 64;
const MAXIMUM_COUNT = 100_000;

/**
 * Parses the regular part of ECMA-262 patterns, read with the `u` flag as JSON Schema asks: sets, groups, alternatives,
 * counts, `^` and `$`. Throws a PatternError that names anything else.
 */
export function parsePattern(source: string): Pattern {
  try {
    new RegExp(source, 'u');
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : String(error), false);
  }
  return new PatternParser(source).parse();
}

class PatternParser {
  private readonly characters: string[];
  private position = 0;
  private depth = 0;

  constructor(source: string) {
    this.characters = Array.from(source);
  }

  parse(): Pattern {
    const pattern = this.parseAlternation();
    if (this.position < this.characters.length) throw new PatternError(`unexpected ${this.peek()}`);
    return pattern;
  }

  private peek(ahead = 0): string {
    return this.characters[this.position + ahead] ?? '';
  }

  private take(text: string): boolean {
    for (const [index, character] of Array.from(text).entries()) if (this.peek(index) !== character) return false;
    this.position += text.length;
    return true;
  }

  private parseAlternation(): Pattern {
    if (++this.depth > MAXIMUM_DEPTH) throw new PatternError(`groups nested more than ${MAXIMUM_DEPTH} deep`);
    const options = [this.parseSequence()];
    while (this.take('|')) options.push(this.parseSequence());
    this.depth--;
    return options.length === 1 ? options[0]! : { kind: 'alternation', options };
  }

  private parseSequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.position < this.characters.length && this.peek() !== '|' && this.peek() !== ')') {
      parts.push(this.parseQuantified());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  private parseQuantified(): Pattern {
    const part = this.parseAtom();
    let minimum: number;
    let maximum: number;
    if (this.take('*')) [minimum, maximum] = [0, -1];
    else if (this.take('+')) [minimum, maximum] = [1, -1];
    else if (this.take('?')) [minimum, maximum] = [0, 1];
    else if (this.peek() === '{') [minimum, maximum] = this.parseCount();
    else return part;
    // A lazy quantifier matches the same texts.
    this.take('?');
    if (part.kind === 'start' || part.kind === 'end') throw new PatternError('a repeated anchor is not supported');
    return { kind: 'repetition', part, minimum, maximum };
  }

  private parseCount(): [number, number] {
    const end = this.characters.indexOf('}', this.position);
    const match = /^(\d+)(,?)(\d*)$/.exec(this.characters.slice(this.position + 1, end).join(''));
    if (match === null) throw new PatternError('a count that is not a number', false);
    this.position = end + 1;
    const minimum = Number(match[1]);
    const maximum = match[2] === '' ? minimum : match[3] === '' ? -1 : Number(match[3]);
    if (minimum > MAXIMUM_COUNT || maximum > MAXIMUM_COUNT) {
      throw new PatternError(`counts above ${MAXIMUM_COUNT} are not supported`);
    }
    return [minimum, maximum];
  }

  private parseAtom(): Pattern {
    if (this.take('^')) return { kind: 'start' };
    if (this.take('$')) return { kind: 'end' };
    if (this.take('.')) return { kind: 'set', ranges: complement(LINE_END) };
    if (this.take('(')) return this.parseGroup();
    if (this.take('[')) return { kind: 'set', ranges: this.parseClass() };
    if (this.take('\\')) return { kind: 'set', ranges: this.parseEscape(false) };
    const code = this.characters[this.position++]!.codePointAt(0)!;
    return { kind: 'set', ranges: normaliseRanges([[code, code]]) };
  }

  private parseGroup(): Pattern {
    if (this.take('?')) {
      if (this.peek() === '=' || this.peek() === '!') throw new PatternError('lookahead is not supported');
      if (this.take('<')) {
        if (this.peek() === '=' || this.peek() === '!') throw new PatternError('lookbehind is not supported');
        this.position = this.characters.indexOf('>', this.position) + 1;
      } else if (!this.take(':')) {
        throw new PatternError('group modifiers are not supported');
      }
    }
    const group = this.parseAlternation();
    this.take(')');
    return group;
  }

  private parseClass(): CodePointRange[] {
    const negated = this.take('^');
    const ranges: CodePointRange[] = [];
    while (!this.take(']')) {
      const from = this.parseClassAtom();
      if (this.peek() === '-' && this.peek(1) !== ']') {
        this.position++;
        const to = this.parseClassAtom();
        ranges.push([from[0]![0], to[0]![1]]);
      } else {
        ranges.push(...from);
      }
    }
    const normal = normaliseRanges(ranges);
    return negated ? complement(normal) : intersect(normal, ALL_CODE_POINTS);
  }

  private parseClassAtom(): readonly CodePointRange[] {
    if (this.take('\\')) return this.parseEscape(true);
    const code = this.characters[this.position++]!.codePointAt(0)!;
    return [[code, code]];
  }

  private parseEscape(inClass: boolean): CodePointRange[] {
    const character = this.characters[this.position++]!;
    const known = CLASSES[character];
    if (known !== undefined) return known;
    if (inClass && character === 'b') return [[8, 8]];
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    if (character === 'x') return this.hexadecimal(2);
    if (character === 'u') {
      if (this.take('{')) {
        const end = this.characters.indexOf('}', this.position);
        return this.hexadecimal(end - this.position, 1);
      }
      return this.surrogatePair(this.hexadecimal(4));
    }
    if (character === 'c') {
      const code = this.characters[this.position++]!.codePointAt(0)! % 32;
      return [[code, code]];
    }
    if (/[bB]/.test(character)) throw new PatternError(`word boundaries (\\${character}) are not supported`);
    if (/[1-9k]/.test(character)) throw new PatternError('back references are not supported');
    if (/[pP]/.test(character)) throw new PatternError('Unicode property escapes (\\p) are not supported');
    const code = character.codePointAt(0)!;
    return [[code, code]];
  }

  /** `\ud83d\ude00` is one code point. */
  private surrogatePair(first: CodePointRange[]): CodePointRange[] {
    const high = first[0]![0];
    if (high < 0xd800 || high > 0xdbff || this.peek() !== '\\' || this.peek(1) !== 'u') return first;
    const before = this.position;
    this.position += 2;
    const low = this.hexadecimal(4)[0]![0];
    if (low >= 0xdc00 && low <= 0xdfff) {
      const code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
      return [[code, code]];
    }
    this.position = before;
    return first;
  }

  private hexadecimal(digits: number, closing = 0): CodePointRange[] {
    const code = Number.parseInt(this.characters.slice(this.position, this.position + digits).join(''), 16);
    this.position += digits + closing;
    return [[code, code]];
  }
}
