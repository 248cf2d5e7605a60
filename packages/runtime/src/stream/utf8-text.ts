/**
 * Turns UTF-8 bytes that come in pieces into text, holding back the bytes of a half character.
 * Invalid bytes become U+FFFD; a byte order mark is kept: the text stands for exactly the bytes that came.
 */
export class Utf8Text {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #pendingBytes = false;

  /** Text of bytes[start, end), as far as its characters are complete. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): string {
    if (!this.#pendingBytes && end - start <= 32) {
      // Tokens are short and mostly ASCII, where a TextDecoder's call costs more than its work.
      let text = '';
      let index = start;
      for (; index < end && bytes[index]! < 0x80; index++) text += String.fromCharCode(bytes[index]!);
      if (index === end) return text;
    }
    this.#pendingBytes = bytes[end - 1]! >= 0x80 || (this.#pendingBytes && start === end);
    return this.#decoder.decode(bytes.subarray(start, end), { stream: true });
  }

  /** Ends the text: gives U+FFFD for a half character, nothing otherwise. */
  end(): string {
    this.#pendingBytes = false;
    return this.#decoder.decode();
  }
}
