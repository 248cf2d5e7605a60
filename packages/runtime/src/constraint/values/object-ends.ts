import {
  type BitSet,
  bitsBelow,
  bitsKey,
  bitsOf,
  common,
  countBits,
  difference,
  hasBit,
  isEmpty,
  union,
  withBit,
} from './bit-sets.js';
import type { KeyClass } from './key-classes.js';
import type { ObjectProgress, Progress } from './object-progress.js';
import type { ObjectProperties } from './object-properties.js';
import type { SchemaSetId } from './schema-sets.js';

/** Bytes of a property besides its name and value: two quotes, the colon and a comma. */
export const PUNCTUATION = 4;

const NONE: BitSet = new Uint32Array();

/** How an object is brought to an end with few bytes: which properties are still to be written, and what they cost. */
export class ObjectEnds {
  private readonly properties: ObjectProperties;
  private readonly progress: ObjectProgress;
  private readonly valueLength: (set: SchemaSetId) => number;
  private readonly anyWillDo: boolean;
  private readonly rests: (number | undefined)[] = [];
  private readonly dearest: (number | undefined)[] = [];

  /**
   * @param options.valueLength Bytes of the shortest value of a set; Infinity where there is none.
   * @param options.anyWillDo Only whether there is a way is asked.
   */
  constructor(
    properties: ObjectProperties,
    progress: ObjectProgress,
    options: { valueLength: (set: SchemaSetId) => number; anyWillDo: boolean },
  ) {
    this.properties = properties;
    this.progress = progress;
    this.valueLength = options.valueLength;
    this.anyWillDo = options.anyWillDo;
  }

  /**
   * Bytes from after a value to the closing brace; Infinity where there is no way to it. There always is a property after
   * which so many bytes fewer are left.
   */
  rest(progress: Progress): number {
    const known = this.rests[progress.id];
    if (known !== undefined) return known;
    this.rests[progress.id] = Number.POSITIVE_INFINITY;
    const rest = this.findRest(progress);
    this.rests[progress.id] = rest;
    return rest;
  }

  /** Of the properties that are there only as so many must be, the bytes of the longest; 0 where there are none. */
  dearestOptional(progress: Progress): number {
    this.rest(progress);
    return this.dearest[progress.id] ?? 0;
  }

  /** Says how many bytes fewer are left after a property, so that the sum need not be made again. */
  follow(before: Progress, after: Progress, bytes: number): void {
    const rest = this.rests[before.id];
    if (rest !== undefined) this.rests[after.id] ??= rest - bytes;
  }

  /** Bytes of a property, with its comma. */
  propertyLength(name: number): number {
    return this.propertyWith(name, this.properties.names[name]!.set);
  }

  /** The same without its value. */
  nameLength(name: number): number {
    return this.properties.tree.bytes[name]!.length + PUNCTUATION;
  }

  private propertyWith(name: number, set: SchemaSetId): number {
    return this.nameLength(name) + this.valueLength(set);
  }

  private findRest(progress: Progress): number {
    const { minimum, maximum, allMet, possible } = this.properties;
    const missing = this.progress.missing(progress);
    const count = progress.count + countBits(missing);
    const isLost = !isEmpty(common(missing, progress.used)) || !isEmpty(difference(missing, possible));
    if (isLost || count > maximum) return Number.POSITIVE_INFINITY;
    if (this.progress.canClose(progress)) return 1;
    const unmet = allMet & ~progress.met;
    if (unmet !== 0) return this.meeting(progress, missing, unmet);
    if (count < minimum) return this.filling(progress, missing, minimum - count);
    return 1 + this.lengthOf(missing);
  }

  private lengthOf(names: BitSet): number {
    let bytes = 0;
    for (const name of bitsOf(names)) bytes += this.propertyLength(name);
    return bytes;
  }

  /** Known names that may still be written at some time, undeclared ones only where they are spare. */
  private open(progress: Progress): number[] {
    return [...bitsOf(this.listed(progress)), ...this.progress.spare(progress)];
  }

  private listed({ used }: Progress): BitSet {
    const { possible, listedCount } = this.properties;
    return common(difference(possible, used), bitsBelow(listedCount));
  }

  /** Where obligations are not met: a property that meets the first of them, and then the rest. */
  private meeting(progress: Progress, missing: BitSet, unmet: number): number {
    const { properties } = this;
    const first = unmet & -unmet;
    /** Of those that leave the same to be done only the one with the shortest name. */
    const choices = new Map<string, number>();
    for (const name of this.open(progress)) {
      const { set, obligations } = properties.names[name]!;
      if ((obligations & first) === 0) continue;
      const isMissing = hasBit(missing, name);
      const more = isMissing ? '-' : bitsKey(this.impliedBy(name, union(progress.written, missing)));
      const key = `${set}:${obligations & unmet}:${more}`;
      const other = choices.get(key);
      if (other === undefined || this.nameLength(name) < this.nameLength(other)) choices.set(key, name);
    }
    let least = this.assumed(({ obligations }) => (obligations & first) !== 0);
    for (const name of choices.values()) {
      const { set, obligations } = properties.names[name]!;
      for (const way of properties.waysToMeet(set, obligations & unmet)) {
        if ((way.met & first) === 0) continue;
        least = Math.min(least, this.propertyWith(name, way.set) + this.rest(this.with(progress, name, way.met)));
        if (this.anyWillDo && least < Number.POSITIVE_INFINITY) return least;
      }
    }
    return least;
  }

  /** Where more properties are wanted than are missing. */
  private filling(progress: Progress, missing: BitSet, wanted: number): number {
    const { properties } = this;
    const costs: number[] = [];
    const implying: number[] = [];
    const others = union(progress.written, missing);
    for (const name of bitsOf(difference(this.listed(progress), missing))) {
      if (isEmpty(this.impliedBy(name, others))) costs.push(this.propertyLength(name));
      else implying.push(name);
    }
    for (const [index, { set }] of properties.classes.entries()) {
      const names = properties.undeclared.namesOf(index);
      let found = 0;
      for (let place = 0; found < wanted; place++) {
        properties.values.arena.spend(0.2);
        const next = names.at(place);
        if (next === undefined) break;
        const name = properties.indexOf(next.text);
        if (name >= 0 && (name < properties.listedCount || hasBit(progress.used, name))) continue;
        costs.push(next.length + PUNCTUATION + this.valueLength(set));
        found++;
      }
    }
    if (costs.length >= wanted) {
      costs.sort((one, other) => one - other);
      this.dearest[progress.id] = costs[wanted - 1]!;
      return costs.slice(0, wanted).reduce((sum, bytes) => sum + bytes, 1 + this.lengthOf(missing));
    }
    let least = this.assumed(() => true);
    for (const name of implying) {
      least = Math.min(least, this.propertyLength(name) + this.rest(this.with(progress, name, 0)));
    }
    return least;
  }

  /** 1 where it is only asked whether there is a way, and for all that is known there is one with names of such a class. */
  private assumed(isUseful: (keyClass: KeyClass) => boolean): number {
    const { classes, undeclared } = this.properties;
    const isUnknown = (keyClass: KeyClass, index: number) => undeclared.namesOf(index).gaveUp && isUseful(keyClass);
    return this.anyWillDo && classes.some(isUnknown) ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Names that would be missing because of this one, others than those that are known to come. */
  private impliedBy(name: number, others: BitSet): BitSet {
    const implied = this.properties.implied?.[name];
    return implied === undefined ? NONE : difference(implied, withBit(others, name));
  }

  /** With one more name; in which order they are written does not matter here. */
  private with({ used, written, count, met, unknown }: Progress, name: number, also: number): Progress {
    return this.progress.progress(withBit(used, name), withBit(written, name), count + 1, met | also, unknown);
  }
}
