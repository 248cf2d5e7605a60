/**
 * The byte-level alphabet of GPT-2 (Radford et al. 2019): every byte is written as one printable character. Printable
 * bytes of Latin-1 stand for themselves, the 68 others for the characters from U+0100 on.
 */
export const byteAlphabet: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCharCode(printable ? byte : next++);
  });
})();

const bytes: ReadonlyMap<string, number> = new Map(byteAlphabet.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();

/** A text's UTF-8 bytes, one character of the alphabet each. */
export function toByteAlphabet(text: string): string {
  let written = '';
  for (const byte of encoder.encode(text)) written += byteAlphabet[byte];
  return written;
}

/** The bytes that a text in the alphabet stands for; a character outside of it stands for its own UTF-8. */
export function fromByteAlphabet(text: string): Uint8Array {
  const values: number[] = [];
  for (const character of text) {
    const byte = bytes.get(character);
    if (byte === undefined) values.push(...encoder.encode(character));
    else values.push(byte);
  }
  return Uint8Array.from(values);
}
