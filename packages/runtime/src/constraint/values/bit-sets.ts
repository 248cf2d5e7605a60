/** A set of small numbers: number i is bit i & 31 of word i >>> 5, and words that are not there are 0. Not to be modified. */
export type BitSet = Uint32Array;

/** The numbers of the entries that are in it. */
export function bitsWhere<T>(entries: ArrayLike<T>, isIn: (entry: T) => boolean): BitSet {
  const words = new Uint32Array((entries.length + 31) >>> 5);
  for (let index = 0; index < entries.length; index++) {
    if (isIn(entries[index]!)) words[index >>> 5]! |= 1 << (index & 31);
  }
  return words;
}

/** All numbers below this one. */
export function bitsBelow(count: number): BitSet {
  const words = new Uint32Array((count + 31) >>> 5).fill(0xffffffff);
  if ((count & 31) !== 0) words[words.length - 1] = (1 << (count & 31)) - 1;
  return words;
}

export function hasBit(set: BitSet, index: number): boolean {
  return ((set[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

export function withBit(set: BitSet, index: number): BitSet {
  const words = new Uint32Array(Math.max(set.length, (index >>> 5) + 1));
  words.set(set);
  words[index >>> 5]! |= 1 << (index & 31);
  return words;
}

/** What is in any of the two. */
export function union(one: BitSet, other: BitSet): BitSet {
  const [longer, shorter] = one.length < other.length ? [other, one] : [one, other];
  const words = longer.slice();
  for (let place = 0; place < shorter.length; place++) words[place]! |= shorter[place]!;
  return words;
}

/** What is in both. */
export function common(one: BitSet, other: BitSet): BitSet {
  const words = one.slice(0, other.length);
  for (let place = 0; place < words.length; place++) words[place]! &= other[place]!;
  return words;
}

/** What is in the one but not in the other. */
export function difference(one: BitSet, other: BitSet): BitSet {
  const words = one.slice();
  const length = Math.min(one.length, other.length);
  for (let place = 0; place < length; place++) words[place]! &= ~other[place]!;
  return words;
}

export function isEmpty(set: BitSet): boolean {
  for (let place = 0; place < set.length; place++) if (set[place] !== 0) return false;
  return true;
}

/** The numbers in a set, the lowest first. */
export function* bitsOf(set: BitSet): Generator<number> {
  for (let place = 0; place < set.length; place++) {
    for (let rest = set[place]!; rest !== 0; rest &= rest - 1) yield place * 32 + 31 - Math.clz32(rest & -rest);
  }
}

/** The lowest number in a set; -1 where there is none. */
export function firstBit(set: BitSet): number {
  for (const index of bitsOf(set)) return index;
  return -1;
}

/** How many numbers are in a set. */
export function countBits(set: BitSet): number {
  let count = 0;
  for (let place = 0; place < set.length; place++) {
    for (let rest = set[place]!; rest !== 0; rest &= rest - 1) count++;
  }
  return count;
}

/** The same text for sets of the same numbers. */
export function bitsKey(set: BitSet): string {
  let key = '';
  let end = set.length;
  while (end > 0 && set[end - 1] === 0) end--;
  for (let place = 0; place < end; place++) key += String.fromCharCode(set[place]! & 0xffff, set[place]! >>> 16);
  return key;
}
