import type { ExpressionArena } from './expression-arena.js';
import { NOTHING } from './expression-arena.js';

/** Expressions looked at before one is taken to match something. */
const MAXIMUM_STEPS = 20_000;

/**
 * Shortest texts of intersections. That each part of an intersection matches something does not mean that all match the
 * same, so the way to an end is searched for: A* (Hart, Nilsson and Raphael, 1968) over derivatives, led by the parts'
 * own shortest texts. What is found is kept for every expression on the way.
 */
export class IntersectionSearch {
  /** True when a search was given up, so that some expression may lead nowhere. */
  gaveUp = false;
  private readonly arena: ExpressionArena;
  private readonly minima = new Map<number, number>();
  private readonly successors = new Map<number, Int32Array>();

  constructor(arena: ExpressionArena) {
    this.arena = arena;
  }

  /** Whether the expression, an intersection or any other, matches nothing. */
  isEmpty(expression: number): boolean {
    if (expression === NOTHING) return true;
    return this.arena.isIntersection(expression) && this.minimumLength(expression) === Number.POSITIVE_INFINITY;
  }

  /** Bytes of the shortest text that an intersection matches; Infinity where there is none. */
  minimumLength(intersection: number): number {
    const { arena, minima } = this;
    const known = minima.get(intersection);
    if (known !== undefined) return known;
    // By distance from the end that is at least left, added to that from the start.
    const queue: number[][] = [];
    const distances = new Map<number, number>([[intersection, 0]]);
    const previous = new Map<number, number>();
    const closed = new Set<number>();
    const bound = this.bound(intersection);
    queue[bound] = [intersection];
    let steps = 0;
    for (let estimate = bound; estimate < queue.length; estimate++) {
      for (let entry = queue[estimate]?.pop(); entry !== undefined; entry = queue[estimate]?.pop()) {
        if (closed.has(entry)) continue;
        closed.add(entry);
        const distance = distances.get(entry)!;
        const rest = arena.isIntersection(entry) && !arena.isNullable(entry) ? minima.get(entry) : this.bound(entry);
        // The bound is exact for what is no intersection, and for what may end.
        if (rest !== undefined) {
          if (rest === Number.POSITIVE_INFINITY) continue;
          return this.keep(entry, distance + rest, intersection, distances, previous);
        }
        if (++steps > MAXIMUM_STEPS) {
          this.gaveUp = true;
          minima.set(intersection, bound);
          return bound;
        }
        for (const after of this.after(entry)) {
          const known = distances.get(after);
          if (known !== undefined && known <= distance + 1) continue;
          const least = minima.get(after) ?? this.bound(after);
          if (least === Number.POSITIVE_INFINITY) continue;
          distances.set(after, distance + 1);
          previous.set(after, entry);
          closed.delete(after);
          const place = Math.max(estimate, distance + 1 + least);
          (queue[place] ??= []).push(after);
        }
      }
    }
    for (const dead of closed) minima.set(dead, Number.POSITIVE_INFINITY);
    return Number.POSITIVE_INFINITY;
  }

  private keep(
    end: number,
    total: number,
    start: number,
    distances: ReadonlyMap<number, number>,
    previous: ReadonlyMap<number, number>,
  ): number {
    for (let entry: number | undefined = end; entry !== undefined; entry = previous.get(entry)) {
      if (this.arena.isIntersection(entry)) this.minima.set(entry, total - distances.get(entry)!);
      if (entry === start) break;
    }
    return total;
  }

  /** At least so many bytes are left: as many as the part that needs most. */
  private bound(expression: number): number {
    const { arena } = this;
    if (!arena.isIntersection(expression)) return arena.minimumLength(expression);
    if (arena.isNullable(expression)) return 0;
    const parts = arena.conjuncts(expression);
    let most = 1;
    for (let index = 0; index < parts.length; index++) most = Math.max(most, arena.minimumLength(parts[index]!));
    return most;
  }

  /** What may follow an intersection after one byte; some of it may lead nowhere. */
  private after(intersection: number): Int32Array {
    let known = this.successors.get(intersection);
    if (known !== undefined) return known;
    const { arena } = this;
    const parts = arena.conjuncts(intersection);
    for (let index = 0; index < parts.length; index++) arena.rowOffset(parts[index]!);
    const found = new Set<number>();
    const targets: number[] = [];
    for (let byte = 0; byte < 256; byte++) {
      let isSame = byte > 0;
      for (let index = 0; isSame && index < parts.length; index++) {
        const place = arena.rowOffsets[parts[index]!]! + byte;
        isSame = arena.rows[place] === arena.rows[place - 1];
      }
      if (isSame) continue;
      targets.length = 0;
      for (let index = 0; index < parts.length; index++) {
        targets.push(arena.rows[arena.rowOffsets[parts[index]!]! + byte]!);
      }
      const after = arena.candidate(targets);
      if (after !== NOTHING) found.add(after);
    }
    known = Int32Array.from(found);
    this.successors.set(intersection, known);
    return known;
  }
}
