const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Where the string begins that the bytes end in; -1 where that cannot be told without the bytes before them.
 * @param isWhole Whether there are none before them.
 */
export function stringStart(bytes: ArrayLike<number>, isWhole: boolean): number {
  for (let index = bytes.length - 1; index >= 0; index--) {
    if (bytes[index] !== QUOTE) continue;
    let slashes = 0;
    while (index > slashes && bytes[index - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes === index && !isWhole) return -1;
    if (slashes % 2 === 0) return index + 1;
  }
  return -1;
}
