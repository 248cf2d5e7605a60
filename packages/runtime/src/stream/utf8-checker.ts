/** Says byte by byte whether bytes can be UTF-8 (The Unicode Standard, table 3-7). */
export class Utf8Checker {
  #continuations = 0;
  #lowest = 0x80;
  #highest = 0xbf;

  /** Takes a byte; false for one that cannot stand here. */
  push(byte: number): boolean {
    if (this.#continuations > 0) {
      if (byte < this.#lowest || byte > this.#highest) return false;
      this.#continuations--;
      this.#lowest = 0x80;
      this.#highest = 0xbf;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#continuations = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    // No overlong forms, no surrogates, nothing past U+10FFFF.
    if (byte === 0xe0) this.#lowest = 0xa0;
    else if (byte === 0xed) this.#highest = 0x9f;
    else if (byte === 0xf0) this.#lowest = 0x90;
    else if (byte === 0xf4) this.#highest = 0x8f;
    return true;
  }
}
