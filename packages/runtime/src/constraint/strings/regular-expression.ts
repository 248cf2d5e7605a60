import { UNBOUNDED } from '../grammar/expression-arena.js';
import { LINE_END } from './character-classes.js';
import {
  ALL_CODE_POINTS,
  ALL_CODE_UNITS,
  type CodePointRange,
  type CodePointRanges,
  complement,
  intersect,
  normaliseRanges,
  rangesKey,
} from './code-points.js';
import { EscapeParser } from './escape-parser.js';
import {
  alternationPattern,
  assertionPattern,
  END_PATTERN,
  NO_PATTERN,
  type Pattern,
  PatternError,
  repetitionPattern,
  START_PATTERN,
  sequencePattern,
  setPattern,
} from './pattern.js';
import { SourceCursor } from './source-cursor.js';

/** A pattern as ECMA-262 reads it. */
export interface RegularExpression {
  readonly pattern: Pattern;
  /** Whether it reads code points. Otherwise it reads UTF-16 code units, two of them for a code point above U+FFFF. */
  readonly unicode: boolean;
}

const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, UNBOUNDED],
  '+': [1, UNBOUNDED],
  '?': [0, 1],
};
/** UTF-16 code units. */
const MAXIMUM_LENGTH = 100_000;
const MAXIMUM_DEPTH = 250;
const MAXIMUM_COUNT = 2 ** 30;

/**
 * Parses an ECMA-262 pattern: with the `u` flag as JSON Schema asks or, where it is only then an expression, without it
 * (Annex B.1.2). Throws a PatternError for what is no expression at all, for what is not regular (back references), for
 * the modifiers `i`, `m` and `s`, and for what is very large.
 */
export function parsePattern(source: string): RegularExpression {
  if (source.length > MAXIMUM_LENGTH) throw new PatternError(`longer than ${MAXIMUM_LENGTH} characters`);
  let unicode = true;
  const wrong = syntaxError(source, 'u');
  if (wrong !== undefined) {
    if (syntaxError(source, '') !== undefined) throw new PatternError(wrong, false);
    unicode = false;
  }
  return { pattern: new PatternParser(source, unicode).parse(), unicode };
}

function syntaxError(source: string, flags: string): string | undefined {
  try {
    new RegExp(source, flags);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Parses what RegExp has found to be well-formed. */
class PatternParser {
  private readonly cursor: SourceCursor;
  private readonly escapes: EscapeParser;
  private readonly unicode: boolean;
  private readonly universe: CodePointRanges;
  /** What `.` matches. */
  private readonly any: Pattern;
  /** One pattern for equal sets, so that these are known to be equal by being the same. */
  private readonly sets = new Map<string | number, Pattern>();
  private depth = 0;

  constructor(source: string, unicode: boolean) {
    this.cursor = new SourceCursor(source, unicode);
    this.escapes = new EscapeParser(this.cursor, unicode);
    this.unicode = unicode;
    this.universe = unicode ? ALL_CODE_POINTS : ALL_CODE_UNITS;
    this.any = this.set(complement(LINE_END, this.universe));
  }

  parse(): Pattern {
    return this.parseAlternation();
  }

  private parseAlternation(): Pattern {
    if (++this.depth > MAXIMUM_DEPTH) throw new PatternError(`groups nested more than ${MAXIMUM_DEPTH} deep`);
    const options = [this.parseSequence()];
    while (this.cursor.take('|')) options.push(this.parseSequence());
    this.depth--;
    return alternationPattern(options);
  }

  private parseSequence(): Pattern {
    const { cursor } = this;
    const parts: Pattern[] = [];
    while (!cursor.isAtEnd && cursor.peek() !== '|' && cursor.peek() !== ')') parts.push(this.parseQuantified());
    return sequencePattern(parts);
  }

  private parseQuantified(): Pattern {
    const part = this.parseAtom();
    const counts = this.parseCounts();
    if (counts === undefined) return part;
    // A lazy quantifier matches the same texts.
    this.cursor.take('?');
    return repetitionPattern(part, ...counts);
  }

  private parseCounts(): readonly [number, number] | undefined {
    const counts = COUNTS[this.cursor.peek()];
    if (counts === undefined) return this.cursor.peek() === '{' ? this.parseBraces() : undefined;
    this.cursor.position++;
    return counts;
  }

  /** Undefined where, as may be without the `u` flag, a brace stands for itself. */
  private parseBraces(): [number, number] | undefined {
    const { cursor } = this;
    let length = 1;
    while (/[0-9,]/.test(cursor.peek(length))) length++;
    const text = cursor.characters.slice(cursor.position + 1, cursor.position + length).join('');
    const match = /^(\d+)(,?)(\d*)$/.exec(text);
    if (match === null || cursor.peek(length) !== '}') return undefined;
    cursor.position += length + 1;
    const minimum = Number(match[1]);
    const maximum = match[2] === '' ? minimum : match[3] === '' ? UNBOUNDED : Number(match[3]);
    if (minimum > MAXIMUM_COUNT) throw new PatternError(`counts above ${MAXIMUM_COUNT} are not supported`);
    // No string is so long.
    return [minimum, maximum > MAXIMUM_COUNT ? UNBOUNDED : maximum];
  }

  private parseAtom(): Pattern {
    const code = this.cursor.takeCode();
    switch (code) {
      case 0x5e: // ^
        return START_PATTERN;
      case 0x24: // $
        return END_PATTERN;
      case 0x2e: // .
        return this.any;
      case 0x28: // (
        return this.parseGroup();
      case 0x5b: // [
        return this.parseClass();
      case 0x5c: // \
        return this.parseEscape();
      default:
        return this.single(code);
    }
  }

  private parseEscape(): Pattern {
    if (this.cursor.take('b')) return assertionPattern({ kind: 'word-boundary', negated: false });
    if (this.cursor.take('B')) return assertionPattern({ kind: 'word-boundary', negated: true });
    const ranges = this.escapes.parse(false);
    return ranges === undefined ? this.single(this.cursor.takeCode()) : this.set(ranges);
  }

  private set(ranges: CodePointRanges): Pattern {
    if (isSingle(ranges)) return this.single(ranges[0]![0]);
    const key = rangesKey(ranges);
    let pattern = this.sets.get(key);
    if (pattern === undefined) this.sets.set(key, (pattern = setPattern(ranges)));
    return pattern;
  }

  private single(code: number): Pattern {
    let pattern = this.sets.get(code);
    if (pattern === undefined) {
      // With the `u` flag half a surrogate pair matches nothing that a well-formed text has.
      pattern = this.unicode && code >= 0xd800 && code <= 0xdfff ? NO_PATTERN : setPattern([[code, code]]);
      this.sets.set(code, pattern);
    }
    return pattern;
  }

  private parseGroup(): Pattern {
    const { cursor } = this;
    let look: { behind: boolean; negated: boolean } | undefined;
    if (cursor.take('?')) {
      if (cursor.take('=')) look = { behind: false, negated: false };
      else if (cursor.take('!')) look = { behind: false, negated: true };
      else if (cursor.take('<=')) look = { behind: true, negated: false };
      else if (cursor.take('<!')) look = { behind: true, negated: true };
      else if (cursor.take('<')) cursor.takeUntil('>');
      else if (!cursor.take(':')) throw new PatternError('the modifiers i, m and s are not supported');
    }
    const part = this.parseAlternation();
    cursor.take(')');
    return look === undefined ? part : assertionPattern({ kind: 'look', ...look, part });
  }

  private parseClass(): Pattern {
    const { cursor } = this;
    const negated = cursor.take('^');
    const ranges: CodePointRange[] = [];
    while (!cursor.take(']')) {
      const from = this.parseClassAtom();
      if (cursor.peek() === '-' && cursor.peek(1) !== ']') {
        cursor.position++;
        const to = this.parseClassAtom();
        // `[\w-z]`, which only Annex B allows, is not a range but all three.
        if (isSingle(from) && isSingle(to)) ranges.push([from[0]![0], to[0]![1]]);
        else ranges.push(...from, [0x2d, 0x2d], ...to);
      } else {
        ranges.push(...from);
      }
    }
    const normal = normaliseRanges(ranges);
    return this.set(negated ? complement(normal, this.universe) : intersect(normal, this.universe));
  }

  private parseClassAtom(): CodePointRanges {
    const ranges = this.cursor.take('\\') ? this.escapes.parse(true) : undefined;
    if (ranges !== undefined) return ranges;
    const code = this.cursor.takeCode();
    return [[code, code]];
  }
}

function isSingle(ranges: CodePointRanges): boolean {
  return ranges.length === 1 && ranges[0]![0] === ranges[0]![1];
}
