import { type CodePointRange, type CodePointRanges, hasCodePoint, intersect, normaliseRanges } from './code-points.js';

const HIGH_SURROGATES: CodePointRanges = [[0xd800, 0xdbff]];
const LOW_SURROGATES: CodePointRanges = [[0xdc00, 0xdfff]];

/** One or, for the two halves of a surrogate pair, two steps that code points of a kind are read in. */
export interface CharacterKind {
  /** Numbers of classes. */
  readonly steps: readonly number[];
  /** The code points. */
  readonly ranges: CodePointRanges;
}

/** The characters by which of some sets they are in: those of one class are never told apart. */
export interface CharacterPartition {
  /** By set and class: whether the class is in the set. */
  readonly membership: readonly (readonly boolean[])[];
  readonly kinds: readonly CharacterKind[];
}

/**
 * Partition of all characters by sets of code points or, where `unicode` is false, of UTF-16 code units.
 */
export function partitionCharacters(
  sets: readonly CodePointRanges[],
  universe: CodePointRanges,
  unicode: boolean,
): CharacterPartition {
  const classes = classesOf(unicode ? sets : [...sets, HIGH_SURROGATES, LOW_SURROGATES], universe);
  const membership = sets.map((set) => classes.map((ranges) => hasCodePoint(set, ranges[0]![0])));
  const within = (surrogates: CodePointRanges) =>
    Array.from(classes.keys()).filter((index) => hasCodePoint(surrogates, classes[index]![0]![0]));
  const highs = unicode ? [] : within(HIGH_SURROGATES);
  const lows = unicode ? [] : within(LOW_SURROGATES);
  const kinds: CharacterKind[] = [];
  for (const [index, ranges] of classes.entries()) {
    if (!highs.includes(index) && !lows.includes(index)) kinds.push({ steps: [index], ranges });
  }
  for (const high of highs) {
    for (const low of lows) kinds.push({ steps: [high, low], ranges: pairs(classes[high]!, classes[low]!) });
  }
  return { membership, kinds };
}

function classesOf(sets: readonly CodePointRanges[], universe: CodePointRanges): CodePointRanges[] {
  /** Sets that begin or end at a code point. */
  const changes = new Map<number, number[]>();
  for (const [index, set] of [universe, ...sets].entries()) {
    for (const [first, last] of set) {
      for (const code of [first, last + 1]) {
        const list = changes.get(code);
        if (list === undefined) changes.set(code, [index]);
        else list.push(index);
      }
    }
  }
  const active = new Set<number>();
  const byActive = new Map<string, CodePointRange[]>();
  const codes = Array.from(changes.keys()).sort((a, b) => a - b);
  for (const [index, code] of codes.entries()) {
    for (const set of changes.get(code)!) if (!active.delete(set)) active.add(set);
    if (!active.has(0)) continue;
    const key = Array.from(active)
      .sort((a, b) => a - b)
      .join();
    const range: CodePointRange = [code, codes[index + 1]! - 1];
    const ranges = byActive.get(key);
    if (ranges === undefined) byActive.set(key, [range]);
    else ranges.push(range);
  }
  return Array.from(byActive.values());
}

/** Code points whose surrogates are in the ranges. */
function pairs(highs: CodePointRanges, lows: CodePointRanges): CodePointRanges {
  const isEveryLow = intersect(lows, LOW_SURROGATES)[0]?.join() === LOW_SURROGATES[0]!.join();
  const ranges: CodePointRange[] = [];
  for (const [firstHigh, lastHigh] of highs) {
    if (isEveryLow) {
      ranges.push([codePointOf(firstHigh, 0xdc00), codePointOf(lastHigh, 0xdfff)]);
      continue;
    }
    for (let high = firstHigh; high <= lastHigh; high++) {
      for (const [firstLow, lastLow] of lows) ranges.push([codePointOf(high, firstLow), codePointOf(high, lastLow)]);
    }
  }
  return normaliseRanges(ranges);
}

function codePointOf(high: number, low: number): number {
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}
