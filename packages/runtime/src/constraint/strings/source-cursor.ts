/** A place in a text that is read character by character: by code points, or by UTF-16 code units. */
export class SourceCursor {
  readonly characters: readonly string[];
  position = 0;

  constructor(source: string, unicode: boolean) {
    this.characters = unicode ? Array.from(source) : source.split('');
  }

  get isAtEnd(): boolean {
    return this.position >= this.characters.length;
  }

  /** The character here, or so many further on; empty behind the end. */
  peek(ahead = 0): string {
    return this.characters[this.position + ahead] ?? '';
  }

  /** Goes past an ASCII text if it stands here. */
  take(text: string): boolean {
    for (let index = 0; index < text.length; index++) if (this.peek(index) !== text[index]) return false;
    this.position += text.length;
    return true;
  }

  /** The code of the character here, which is gone past. */
  takeCode(): number {
    return this.characters[this.position++]!.codePointAt(0)!;
  }

  /** What stands up to `end`; both are gone past. */
  takeUntil(end: string): string {
    const start = this.position;
    this.position = this.characters.indexOf(end, start) + 1;
    return this.characters.slice(start, this.position - 1).join('');
  }

  /** The value of so many hexadecimal digits after `ahead` characters; undefined, and nothing taken, without them. */
  takeHexadecimal(ahead: number, digits: number): number | undefined {
    const start = this.position + ahead;
    const text = this.characters.slice(start, start + digits).join('');
    if (text.length < digits || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
    this.position = start + digits;
    return Number.parseInt(text, 16);
  }
}
