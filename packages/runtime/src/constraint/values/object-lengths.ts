import { bitsOf, firstBit, hasBit } from './bit-sets.js';
import type { KeyClass } from './key-classes.js';
import { ObjectEnds, PUNCTUATION } from './object-ends.js';
import type { ObjectProgress, Progress } from './object-progress.js';
import type { ObjectProperties } from './object-properties.js';
import type { SchemaSetId } from './schema-sets.js';

/** Bytes of the shortest ways to finish an object, from all places in it. */
export class ObjectLengths {
  private readonly properties: ObjectProperties;
  private readonly progress: ObjectProgress;
  private readonly ends: ObjectEnds;
  /** By progress: the lengths from the nodes of the tree. */
  private readonly names: Map<number, number>[] = [];
  /** Names that must come, by their bytes. */
  private required: readonly number[] | undefined;
  /** True where it does not matter for the others which property is written first. */
  private readonly isIndependent: boolean;

  constructor(properties: ObjectProperties, progress: ObjectProgress) {
    this.properties = properties;
    this.progress = progress;
    const { obligations, implied, isOrdered, minimum, values } = properties;
    this.isIndependent = obligations.length === 0 && implied === undefined && (!isOrdered || minimum === 0);
    this.ends = new ObjectEnds(properties, progress, { valueLength: (set) => values.shortest(set), anyWillDo: false });
  }

  /** From after a value to the closing brace. */
  rest(progress: Progress): number {
    return this.ends.rest(progress);
  }

  /** Says that a property was written, where that makes it easy to tell what is left. */
  follow(before: Progress, name: number, after: Progress): void {
    if (!this.isIndependent || this.properties.minimum > 0) return;
    const isRequired = name >= 0 && hasBit(this.properties.required, name);
    this.ends.follow(before, after, isRequired ? this.ends.propertyLength(name) : 0);
  }

  /**
   * The name that a shortest way goes on with: of those that must come the first, or where order does not matter the one of
   * lowest bytes. -1 where there is none, and where others may be as short.
   */
  nextRequired(progress: Progress): number {
    const { minimum, isOrdered } = this.properties;
    if (!this.isIndependent || minimum > 0) return -1;
    if (isOrdered) return firstBit(this.progress.missing(progress));
    this.required ??= this.sortedRequired();
    return this.required.find((name) => !hasBit(progress.used, name)) ?? -1;
  }

  private sortedRequired(): readonly number[] {
    const { required, tree } = this.properties;
    const names = [...bitsOf(required)];
    return names.sort((one, other) => (tree.bytes[one]! < tree.bytes[other]! ? -1 : 1));
  }

  /** From a place in a name, which is a node of the tree of known names. */
  name(progress: Progress, node: number): number {
    const lengths = (this.names[progress.id] ??= new Map());
    let least = lengths.get(node);
    if (least === undefined) lengths.set(node, (least = this.findName(progress, node)));
    return least;
  }

  private findName(progress: Progress, node: number): number {
    const { classes, undeclared } = this.properties;
    // First, as they join the tree.
    this.progress.spare(progress);
    if (this.isIndependent) return this.independentName(progress, node);
    let least = this.knownName(progress, node);
    for (const [index, { set, obligations }] of classes.entries()) {
      if (!this.progress.isClassFree(progress, index)) continue;
      const name = this.isUnsure(progress, node) ? this.distinct(progress, index) : undeclared.shortest(node, index);
      if (2 + name < least) least = Math.min(least, 2 + name + this.value(progress, -1, set, obligations));
    }
    return least;
  }

  /** Whether a name that begins here may be one that has been written without being known yet. */
  private isUnsure({ unknown }: Progress, node: number): boolean {
    return node === 0 && unknown > 0;
  }

  /** A name of a class that is sure to be none of those that have been written without being known yet. */
  private distinct({ unknown }: Progress, index: number): number {
    const names = this.properties.undeclared.namesOf(index);
    let left = unknown;
    for (let place = 0; ; place++) {
      const next = names.at(place);
      if (next === undefined) return Number.POSITIVE_INFINITY;
      if (this.properties.indexOf(next.text) < 0 && left-- === 0) return next.length;
    }
  }

  /** From after the colon. */
  value(progress: Progress, name: number, set: SchemaSetId, obligations: number): number {
    const { properties } = this;
    if (this.isIndependent && name < 0) {
      // Of those of which some must come this is one, or takes the place of the longest.
      return properties.values.shortest(set) + this.rest(progress) - this.ends.dearestOptional(progress);
    }
    let least = Number.POSITIVE_INFINITY;
    for (const way of properties.waysToMeet(set, obligations & ~progress.met)) {
      const after = this.progress.after(progress, name, way.met);
      if (after !== undefined) least = Math.min(least, properties.values.shortest(way.set) + this.rest(after));
    }
    return least;
  }

  /** With a known name. */
  private knownName(progress: Progress, node: number): number {
    const { tree, names } = this.properties;
    const { depth } = tree.node(node);
    const spare = new Set(this.progress.spare(progress));
    const alone: number[] = [];
    /** After learnt names of one class the same is left, but for those that the rest counts on: the shortest of them. */
    const shortest = new Map<KeyClass, number>();
    for (const name of this.mayFollow(progress, node)) {
      const { learntOf } = names[name]!;
      if (learntOf === undefined || spare.has(name)) alone.push(name);
      else {
        const other = shortest.get(learntOf);
        if (other === undefined || tree.bytes[name]!.length < tree.bytes[other]!.length) shortest.set(learntOf, name);
      }
    }
    let least = Number.POSITIVE_INFINITY;
    for (const name of [...alone, ...shortest.values()]) {
      const { set, obligations } = names[name]!;
      const bytes = tree.bytes[name]!.length - depth + 2;
      if (bytes < least) least = Math.min(least, bytes + this.value(progress, name, set, obligations));
    }
    return least;
  }

  /**
   * The same for names of all kinds, where one that must come, or is among the cheapest of which some must, costs the same
   * whenever it comes, and any other what it is dearer.
   */
  private independentName(progress: Progress, node: number): number {
    const { classes, undeclared, tree, values, required } = this.properties;
    const { depth } = tree.node(node);
    const dearest = this.ends.dearestOptional(progress);
    let more = Number.POSITIVE_INFINITY;
    for (const name of this.mayFollow(progress, node)) {
      if (hasBit(required, name)) return this.rest(progress) - 2 - depth;
      // No value has fewer bytes than one.
      if (this.ends.nameLength(name) + 1 - dearest >= more) continue;
      more = Math.min(more, Math.max(0, this.ends.propertyLength(name) - dearest));
    }
    for (const [index, { set }] of classes.entries()) {
      if (more === 0 || !this.progress.isClassFree(progress, index)) continue;
      const name = this.isUnsure(progress, node) ? this.distinct(progress, index) : undeclared.shortest(node, index);
      more = Math.min(more, Math.max(0, depth + name + PUNCTUATION + values.shortest(set) - dearest));
    }
    return this.rest(progress) + more - 2 - depth;
  }

  /** Known names that may go on from a node; where one was written that is not known, only those that it cannot be. */
  private *mayFollow(progress: Progress, node: number): Generator<number> {
    const candidates = this.progress.candidates(progress);
    const isSure = !this.isUnsure(progress, node);
    const spare = isSure ? [] : this.progress.spare(progress);
    for (const name of this.properties.tree.node(node).below) {
      if (!hasBit(candidates, name)) continue;
      if (isSure || name < this.properties.listedCount || spare.includes(name)) yield name;
    }
  }
}
