/**
 * Finds a tag such as `<tool_call>` in bytes that come in pieces. Its first byte occurs nowhere else in it, so a
 * failed match can only begin anew at the byte that broke it.
 */
export class TagMatcher {
  readonly #tag: Uint8Array;
  #matched = 0;

  constructor(tag: string) {
    this.#tag = new TextEncoder().encode(tag);
    if (this.#tag.indexOf(this.#tag[0]!, 1) !== -1) throw new RangeError(`${tag} repeats its first character`);
  }

  /** Number of bytes of the tag that the bytes so far end with. */
  get matched(): number {
    return this.#matched;
  }

  /** Takes a byte; true when it completes the tag, and the matcher starts anew. */
  push(byte: number): boolean {
    if (byte === this.#tag[this.#matched]) this.#matched++;
    else this.#matched = byte === this.#tag[0] ? 1 : 0;
    if (this.#matched < this.#tag.length) return false;
    this.#matched = 0;
    return true;
  }

  /** The first `count` bytes of the tag. */
  prefix(count: number): Uint8Array {
    return this.#tag.subarray(0, count);
  }

  reset(): void {
    this.#matched = 0;
  }
}
