import {
  type BitSet,
  bitsBelow,
  bitsKey,
  bitsOf,
  common,
  countBits,
  difference,
  firstBit,
  hasBit,
  isEmpty,
  union,
  withBit,
} from './bit-sets.js';
import type { KeyClass } from './key-classes.js';
import { ObjectEnds } from './object-ends.js';
import type { ObjectProperties } from './object-properties.js';
import type { SchemaSetId } from './schema-sets.js';

/** What an object has so far. */
export interface Progress {
  readonly id: number;
  /** Names that are taken, or may not be written any more. */
  readonly used: BitSet;
  /** Names that are there. */
  readonly written: BitSet;
  /** Properties; not counted beyond what matters. */
  readonly count: number;
  /** Bit i is set when obligation i is met. */
  readonly met: number;
  /** Names that are there but not known, as the token that ends them is only being tried. */
  readonly unknown: number;
}

/** What is kept of a progress. */
interface Kept {
  /** Names that may be written next, of so many names. */
  candidates: BitSet | undefined;
  nameCount: number;
  isFree: boolean | undefined;
  spare: readonly number[] | undefined;
}

/** The progress that an object can make, so that it can always be brought to an end. */
export class ObjectProgress {
  private readonly properties: ObjectProperties;
  private readonly known = new Map<string, Progress>();
  private readonly kept: Kept[] = [];
  private readonly ends: ObjectEnds;
  /** True where a property may get in the way of others that must follow. */
  private readonly isEntangled: boolean;

  constructor(properties: ObjectProperties) {
    this.properties = properties;
    const { obligations, implied, isOrdered, minimum, maximum, values } = properties;
    const isBounded = isOrdered || maximum !== Number.POSITIVE_INFINITY;
    this.isEntangled = obligations.length > 0 || (implied !== undefined && isBounded) || (isOrdered && minimum > 0);
    const valueLength = (set: SchemaSetId) => (values.isSatisfiable(set) ? 1 : Number.POSITIVE_INFINITY);
    this.ends = new ObjectEnds(properties, this, { valueLength, anyWillDo: true });
  }

  /** Nothing yet; undefined where no object is possible at all. */
  start(): Progress | undefined {
    const none = new Uint32Array();
    const start = this.progress(none, none, 0, 0, 0);
    const { required, possible, minimum, maximum, obligations } = this.properties;
    if (!isEmpty(difference(required, possible))) return undefined;
    const isPlain = minimum === 0 && maximum === Number.POSITIVE_INFINITY && obligations.length === 0;
    return isPlain || this.ends.rest(start) < Number.POSITIVE_INFINITY ? start : undefined;
  }

  /** The progress of its parts, whether or not it can be made. */
  progress(used: BitSet, written: BitSet, count: number, met: number, unknown: number): Progress {
    const { maximum, minimum, values, names, listedCount } = this.properties;
    const counted = maximum === Number.POSITIVE_INFINITY ? Math.min(count, minimum) : count;
    const others = used === written ? '' : bitsKey(written);
    const key = `${counted}:${met}:${unknown}:${others.length}:${others}${bitsKey(used)}`;
    let progress = this.known.get(key);
    if (progress === undefined) {
      values.arena.spend(1 + listedCount / 8 + names.length / 64);
      progress = { id: this.known.size, used, written, count: counted, met, unknown };
      this.known.set(key, progress);
      this.kept.push({ candidates: undefined, nameCount: 0, isFree: undefined, spare: undefined });
    }
    return progress;
  }

  /**
   * With one more property, and the obligations that it meets; undefined where there would be no way to finish.
   * @param name -1 for one that is not known.
   */
  after(before: Progress, name: number, met: number): Progress | undefined {
    const { isOrdered, declaredCount } = this.properties;
    const written = name < 0 ? before.written : withBit(before.written, name);
    let used = before.used === before.written ? written : name < 0 ? before.used : withBit(before.used, name);
    // What is not declared comes behind all that is.
    if (isOrdered) used = union(used, bitsBelow(name < 0 ? declaredCount : Math.min(name, declaredCount)));
    const unknown = before.unknown + (name < 0 ? 1 : 0);
    const progress = this.progress(used, written, before.count + 1, before.met | met, unknown);
    return this.canFinish(progress) ? progress : undefined;
  }

  private canFinish(progress: Progress): boolean {
    if (this.isEntangled) return this.ends.rest(progress) < Number.POSITIVE_INFINITY;
    const { maximum } = this.properties;
    return maximum === Number.POSITIVE_INFINITY || progress.count + countBits(this.missing(progress)) <= maximum;
  }

  /** Names that must still come. */
  missing({ written }: Progress): BitSet {
    const { required, implied } = this.properties;
    let wanted = required;
    if (implied !== undefined) {
      for (const index of bitsOf(written)) if (index < implied.length) wanted = union(wanted, implied[index]!);
    }
    return difference(wanted, written);
  }

  canClose(progress: Progress): boolean {
    const { minimum, allMet } = this.properties;
    return progress.count >= minimum && progress.met === allMet && isEmpty(this.missing(progress));
  }

  /** Known names that may come next. */
  candidates(progress: Progress): BitSet {
    const kept = this.kept[progress.id]!;
    const { length } = this.properties.names;
    if (kept.candidates === undefined || kept.nameCount < length) {
      kept.candidates = this.findCandidates(progress);
      kept.nameCount = length;
    }
    return kept.candidates;
  }

  private findCandidates(progress: Progress): BitSet {
    const { possible, isOrdered, names, maximum } = this.properties;
    let open = difference(possible, progress.used);
    if (isOrdered) {
      const first = firstBit(this.missing(progress));
      if (first >= 0) open = common(open, bitsBelow(first + 1));
    }
    if (!this.isEntangled && maximum === Number.POSITIVE_INFINITY) return open;
    const words = open.slice();
    // Those of one class may all come or none, and in time many are learnt.
    const classes = new Map<KeyClass, boolean>();
    for (const index of bitsOf(open)) {
      const { learntOf } = names[index]!;
      let mayCome = learntOf && classes.get(learntOf);
      mayCome ??= this.mayCome(progress, index, names[index]!);
      if (learntOf !== undefined) classes.set(learntOf, mayCome);
      if (!mayCome) words[index >>> 5]! &= ~(1 << (index & 31));
    }
    return words;
  }

  private mayCome(
    progress: Progress,
    name: number,
    { set, obligations }: { set: number; obligations: number },
  ): boolean {
    for (const { met } of this.properties.waysToMeet(set, obligations & ~progress.met)) {
      if (this.after(progress, name, met) !== undefined) return true;
    }
    return false;
  }

  /** Whether undeclared names may come next. */
  isFree(progress: Progress): boolean {
    const kept = this.kept[progress.id]!;
    kept.isFree ??= this.properties.classes.some((_, index) => this.isClassFree(progress, index));
    return kept.isFree;
  }

  /** Whether undeclared names of a class may come next. */
  isClassFree(progress: Progress, index: number): boolean {
    const { isOrdered, maximum, classes } = this.properties;
    if (isOrdered && !isEmpty(this.missing(progress))) return false;
    if (!this.isEntangled && maximum === Number.POSITIVE_INFINITY) return true;
    return this.mayCome(progress, -1, classes[index]!);
  }

  /**
   * Names of classes, the shortest that are not taken, that become known before others are written: as many as must still
   * come when one more has. So a way to finish needs none that could be the one which has just been written and is not
   * known yet.
   */
  spare(progress: Progress): readonly number[] {
    const kept = this.kept[progress.id]!;
    kept.spare ??= this.findSpare(progress);
    return kept.spare;
  }

  private findSpare({ count, met, used, unknown }: Progress): readonly number[] {
    const { properties } = this;
    const { minimum, allMet, classes, undeclared } = properties;
    const wanted = Math.max(0, minimum - count - (unknown > 0 ? 0 : 1)) + countBits(Uint32Array.of(allMet & ~met));
    if (wanted === 0) return [];
    const spare: number[] = [];
    for (const [index, keyClass] of classes.entries()) {
      const names = undeclared.namesOf(index);
      let found = 0;
      for (let place = 0; found < wanted; place++) {
        properties.values.arena.spend(0.2);
        const text = names.at(place)?.text;
        if (text === undefined) break;
        const name = properties.learn(text, keyClass);
        if (name < properties.listedCount || hasBit(used, name)) continue;
        spare.push(name);
        found++;
      }
    }
    return spare;
  }
}
