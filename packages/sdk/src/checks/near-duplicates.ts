import { createRandom } from '../random/index.js';

/** How near-duplicates are looked for. */
export interface NearDuplicateOptions {
  /** Share of shingles of both texts that both have (Jaccard index) from which they are near-duplicates. Default 0.7. */
  threshold?: number;
  /** Seed of the hash functions. Default 1. */
  seed?: number | string;
}

/** A text that is much like an earlier one; both by their index. */
export interface NearDuplicate {
  index: number;
  earlier: number;
  /** Jaccard index of their shingles, from the threshold to 1. */
  similarity: number;
}

const bands = 20;
const rowsPerBand = 4;
/** How many members of one bucket a text is compared with, the first ones: what keeps the time linear in the texts. */
const mostCompared = 12;

/**
 * Finds, for each text, an earlier one that is much like it: MinHash (Broder 1997) of shingles of two words, the text's
 * beginning and end among them, in 20 bands of 4 hashes (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
 * chapter 3); candidates are compared by their shingles. Of pairs at the default threshold 99.6% are found, of those at
 * 0.8 all but 3 in 100,000. Only texts of the same group are compared. Time and memory are linear in the texts.
 * @param groups a key for each text; empty texts are left out
 */
export function findNearDuplicates(
  texts: readonly (readonly string[])[],
  groups: readonly string[],
  options: NearDuplicateOptions = {},
): NearDuplicate[] {
  const { threshold = 0.7, seed = 1 } = options;
  if (!(threshold > 0 && threshold <= 1))
    throw new RangeError(`threshold must be above 0 and at most 1, got ${threshold}`);
  const count = bands * rowsPerBand;
  const salts = drawSalts(seed);
  const shingles = texts.map(shinglesOf);
  const signatures = new Int32Array(texts.length * count);
  for (const [index, set] of shingles.entries()) sign(set, salts, signatures, index * count);
  const groupHashes = groups.map(hashText);

  const found: (NearDuplicate | undefined)[] = new Array(texts.length);
  for (let band = 0; band < bands; band++) {
    const buckets = new Map<number, number[]>();
    for (let index = 0; index < texts.length; index++) {
      if (shingles[index]!.length === 0) continue;
      const key = bandKey(signatures, index * count + band * rowsPerBand, groupHashes[index]!);
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, [index]);
        continue;
      }
      const known = found[index];
      for (const earlier of bucket) {
        if (groups[earlier] !== groups[index] || known?.earlier === earlier) continue;
        const similarity = jaccard(shingles[earlier]!, shingles[index]!);
        const best = found[index];
        if (similarity < threshold || (best !== undefined && best.similarity >= similarity)) continue;
        found[index] = { index, earlier, similarity };
      }
      if (bucket.length < mostCompared) bucket.push(index);
    }
  }
  return found.filter((one) => one !== undefined);
}

/** Finds near-duplicates among texts that come one after another. */
export interface NearDuplicateIndex {
  /** Remembers a text, unless it is empty, and tells whether one of the same group that is much like it was there before. */
  add(words: readonly string[], group: string): boolean;
  /** Only tells. */
  has(words: readonly string[], group: string): boolean;
}

/** The same texts count as near-duplicates as in findNearDuplicates; every member of a bucket is compared. */
export function createNearDuplicateIndex(options: NearDuplicateOptions = {}): NearDuplicateIndex {
  const { threshold = 0.7, seed = 1 } = options;
  const salts = drawSalts(seed);
  const buckets = Array.from({ length: bands }, () => new Map<number, { shingles: Int32Array; group: string }[]>());
  const signature = new Int32Array(salts.length);
  const look = (words: readonly string[], group: string, isAdded: boolean): boolean => {
    const shingles = shinglesOf(words);
    if (shingles.length === 0) return false;
    sign(shingles, salts, signature, 0);
    const groupHash = hashText(group);
    let isFound = false;
    for (const [band, ofBand] of buckets.entries()) {
      const key = bandKey(signature, band * rowsPerBand, groupHash);
      const bucket = ofBand.get(key);
      isFound ||= bucket?.some((one) => one.group === group && jaccard(one.shingles, shingles) >= threshold) ?? false;
      if (!isAdded) continue;
      if (bucket === undefined) ofBand.set(key, [{ shingles, group }]);
      else bucket.push({ shingles, group });
    }
    return isFound;
  };
  return { add: (words, group) => look(words, group, true), has: (words, group) => look(words, group, false) };
}

/** Share of the shingles of both texts that both have (Jaccard index), what near-duplicates are judged by: from 0 to 1. */
export function textSimilarity(one: readonly string[], other: readonly string[]): number {
  const [left, right] = [shinglesOf(one), shinglesOf(other)];
  return left.length === 0 || right.length === 0 ? 0 : jaccard(left, right);
}

function drawSalts(seed: number | string): Int32Array {
  const random = createRandom(seed).fork('near-duplicates');
  return Int32Array.from({ length: bands * rowsPerBand }, () => random.integer(-0x80000000, 0x7fffffff));
}

/** Hashes of the shingles, each once, in ascending order. */
function shinglesOf(words: readonly string[]): Int32Array {
  if (words.length === 0) return new Int32Array(0);
  const hashes = new Set<number>();
  let previous = 0;
  for (const word of words) {
    const hash = hashText(word);
    hashes.add(mix(Math.imul(previous, 31) + hash));
    previous = hash;
  }
  hashes.add(mix(Math.imul(previous, 31) + 1));
  return Int32Array.from(hashes).sort();
}

function sign(set: Int32Array, salts: Int32Array, signatures: Int32Array, offset: number): void {
  for (let index = 0; index < salts.length; index++) {
    const salt = salts[index]!;
    let least = 0x7fffffff;
    for (let place = 0; place < set.length; place++) {
      const hash = mix(set[place]! ^ salt);
      if (hash < least) least = hash;
    }
    signatures[offset + index] = least;
  }
}

function bandKey(signatures: Int32Array, offset: number, group: number): number {
  let high = group;
  let low = ~group;
  for (let row = 0; row < rowsPerBand; row++) {
    high = mix(high ^ signatures[offset + row]!);
    low = mix(Math.imul(low, 0x9e3779b1) + signatures[offset + row]!);
  }
  // 53 bits, so that buckets hold what belongs together.
  return (high >>> 0) * 0x200000 + (low >>> 11);
}

/** Of two sets in ascending order. */
function jaccard(one: Int32Array, other: Int32Array): number {
  let common = 0;
  let left = 0;
  let right = 0;
  while (left < one.length && right < other.length) {
    const difference = one[left]! - other[right]!;
    if (difference === 0) common++;
    if (difference <= 0) left++;
    if (difference >= 0) right++;
  }
  return common / (one.length + other.length - common);
}

/** FNV-1a over UTF-16 code units, mixed. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The end of MurmurHash3: every bit of the input changes every bit of the output. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
