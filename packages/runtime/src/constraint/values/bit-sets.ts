/** Numbers of the bits that are set, the lowest first. */
export function* bitsOf(set: bigint): Generator<number> {
  const words = wordsOf(set, 0);
  for (const [place, word] of words.entries()) {
    for (let rest = word; rest !== 0; rest &= rest - 1) yield place * 32 + 31 - Math.clz32(rest & -rest);
  }
}

/** The bits of a set in words of 32, at least so many. */
export function wordsOf(set: bigint, count: number): Uint32Array {
  if (set >> 32n === 0n && count <= 32) return Uint32Array.of(Number(set));
  const digits = set.toString(16);
  const words = new Uint32Array(Math.max((digits.length + 7) >>> 3, (count + 31) >>> 5));
  for (let place = 0, end = digits.length; end > 0; place++, end -= 8) {
    words[place] = Number.parseInt(digits.slice(Math.max(0, end - 8), end), 16);
  }
  return words;
}

/** Whether a bit is set; false beyond the words. */
export function hasBit(words: Uint32Array, index: number): boolean {
  return ((words[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

/** How many bits are set. */
export function countBits(set: bigint): number {
  let count = 0;
  for (const _ of bitsOf(set)) count++;
  return count;
}
