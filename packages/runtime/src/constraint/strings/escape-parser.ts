import { DIGIT, propertyRanges, SPACE, WORD } from './character-classes.js';
import { ALL_CODE_POINTS, ALL_CODE_UNITS, type CodePointRanges, complement } from './code-points.js';
import { PatternError } from './pattern.js';
import type { SourceCursor } from './source-cursor.js';

const CLASSES: Readonly<Record<string, CodePointRanges>> = { d: DIGIT, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };

/** Reads what follows a backslash in an ECMA-262 pattern, assertions apart. */
export class EscapeParser {
  private readonly cursor: SourceCursor;
  private readonly unicode: boolean;
  private readonly universe: CodePointRanges;
  /** Capturing groups of the pattern; counted when first asked for. */
  private groups: { count: number; named: boolean } | undefined;

  constructor(cursor: SourceCursor, unicode: boolean) {
    this.cursor = cursor;
    this.unicode = unicode;
    this.universe = unicode ? ALL_CODE_POINTS : ALL_CODE_UNITS;
  }

  /**
   * Undefined, with nothing taken, where the next character stands for itself; that may be the backslash again.
   * Throws a PatternError for back references.
   */
  parse(inClass: boolean): CodePointRanges | undefined {
    const character = this.cursor.peek();
    const known = CLASSES[character.toLowerCase()];
    if (known !== undefined) {
      this.cursor.position++;
      return CLASSES[character] ?? complement(known, this.universe);
    }
    const code = this.parseCharacter(character, inClass);
    if (code !== undefined) return [[code, code]];
    if (this.unicode && this.cursor.take('p{')) return this.parseProperty();
    if (this.unicode && this.cursor.take('P{')) return complement(this.parseProperty(), this.universe);
    return undefined;
  }

  private parseProperty(): CodePointRanges {
    return propertyRanges(this.cursor.takeUntil('}'));
  }

  private parseCharacter(character: string, inClass: boolean): number | undefined {
    const control = inClass && character === 'b' ? 8 : CONTROLS[character];
    if (control !== undefined) {
      this.cursor.position++;
      return control;
    }
    switch (character) {
      case 'c':
        return this.parseControlLetter(inClass);
      case 'x':
        return this.cursor.takeHexadecimal(1, 2);
      case 'u':
        return this.parseUnicode();
      case 'k':
        if (this.unicode || this.countGroups().named) throw backReference();
        return undefined;
      default:
        return /[0-9]/.test(character) ? this.parseDecimal(inClass) : undefined;
    }
  }

  private parseControlLetter(inClass: boolean): number | undefined {
    if (!(inClass && !this.unicode ? /\w/ : /[a-zA-Z]/).test(this.cursor.peek(1))) {
      // Annex B: the backslash stands for itself.
      this.cursor.position--;
      return undefined;
    }
    this.cursor.position++;
    return this.cursor.takeCode() % 32;
  }

  private parseUnicode(): number | undefined {
    const { cursor } = this;
    if (this.unicode && cursor.take('u{')) return Number.parseInt(cursor.takeUntil('}'), 16);
    const high = cursor.takeHexadecimal(1, 4);
    // With the `u` flag `\ud83d\ude00` is one code point.
    if (!this.unicode || high === undefined || high < 0xd800 || high > 0xdbff) return high;
    if (cursor.peek() !== '\\' || cursor.peek(1) !== 'u') return high;
    const before = cursor.position;
    const low = cursor.takeHexadecimal(2, 4);
    if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    cursor.position = before;
    return high;
  }

  /** `\0`, or what without the `u` flag is an octal code (Annex B). */
  private parseDecimal(inClass: boolean): number | undefined {
    const { characters, position } = this.cursor;
    const digits = /^\d+/.exec(characters.slice(position, position + 10).join(''))![0];
    const isReference = digits[0] !== '0' && (this.unicode || Number(digits) <= this.countGroups().count);
    if (isReference && !inClass) throw backReference();
    const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(digits)?.[0];
    if (octal === undefined) return undefined;
    this.cursor.position += octal.length;
    return Number.parseInt(octal, 8);
  }

  private countGroups(): { count: number; named: boolean } {
    if (this.groups === undefined) {
      const plain = this.cursor.characters.join('').replace(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '');
      const names = plain.match(/\(\?<[^=!]/g)?.length ?? 0;
      this.groups = { count: (plain.match(/\((?!\?)/g)?.length ?? 0) + names, named: names > 0 };
    }
    return this.groups;
  }
}

function backReference(): PatternError {
  return new PatternError('back references are not supported');
}
