import type { ExpressionArena } from './expression-arena.js';
import { NOTHING, UNBOUNDED } from './expression-arena.js';

/** Expressions looked at for one answer, and for all answers between two renewals, before one is taken to match something. */
const MAXIMUM_STEPS = 1500;
const MAXIMUM_TOTAL = 3000;

/**
 * Shortest texts of intersections. That each part of an intersection matches something does not mean that all match the
 * same, so the way to an end is searched for: A* (Hart, Nilsson and Raphael, 1968) over derivatives, led by the parts'
 * own shortest texts. What is found is kept for every expression on the way.
 */
export class IntersectionSearch {
  /** True when a search was given up, so that some expression may lead nowhere. */
  gaveUp = false;
  private readonly arena: ExpressionArena;
  private total = 0;
  private readonly minima = new Map<number, number>();
  /** Whether anything is matched, where that is known. */
  private readonly alive = new Map<number, boolean>();
  private readonly successors = new Map<number, Int32Array>();

  constructor(arena: ExpressionArena) {
    this.arena = arena;
  }

  /** Gives new searches their full length again. */
  renew(): void {
    this.total = 0;
  }

  /** Whether the expression, an intersection or any other, matches nothing. */
  isEmpty(expression: number): boolean {
    if (expression === NOTHING) return true;
    if (!this.arena.isIntersection(expression) || this.isPlain(expression)) return false;
    return this.alive.get(expression) === undefined
      ? this.search(expression, false) === Number.POSITIVE_INFINITY
      : !this.alive.get(expression);
  }

  /**
   * Whether plainly something is matched: of two parts the one is a repetition that may end, and has room for the shortest
   * text of the other. Such are the patterns with a `maxLength`, in which every character makes another expression.
   */
  private isPlain(intersection: number): boolean {
    const { arena } = this;
    const parts = arena.conjuncts(intersection);
    if (parts.length !== 2) return false;
    for (let index = 0; index < 2; index++) {
      const part = parts[index]!;
      const other = parts[1 - index]!;
      if (!arena.isBodyRepetition(part) || arena.repetitionMinimum(part) > 0 || arena.isComplement(other)) continue;
      const maximum = arena.repetitionMaximum(part);
      // A character has at least one byte.
      if (maximum === UNBOUNDED || arena.minimumLength(other) <= maximum) return true;
    }
    return false;
  }

  /** Bytes of the shortest text that an intersection matches; Infinity where there is none. */
  minimumLength(intersection: number): number {
    return this.minima.get(intersection) ?? this.search(intersection, true);
  }

  /** @param exact False where any text will do, and not its length but only whether it is finite. */
  private search(intersection: number, exact: boolean): number {
    const { arena, minima } = this;
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
        const isOpen = arena.isIntersection(entry) && !arena.isNullable(entry);
        if (isOpen && !exact && (this.alive.get(entry) === true || this.isPlain(entry))) {
          return this.keepAlive(entry, intersection, previous);
        }
        const rest = isOpen ? minima.get(entry) : this.bound(entry);
        // The bound is exact for what is no intersection, and for what may end.
        if (rest !== undefined) {
          if (rest === Number.POSITIVE_INFINITY) continue;
          if (!exact) return this.keepAlive(entry, intersection, previous);
          return this.keep(entry, distance + rest, intersection, distances, previous);
        }
        if (++steps > MAXIMUM_STEPS || ++this.total > MAXIMUM_TOTAL) {
          this.gaveUp = true;
          if (exact) minima.set(intersection, bound);
          this.alive.set(intersection, true);
          return bound;
        }
        for (const after of this.after(entry)) {
          const known = distances.get(after);
          if (known !== undefined && known <= distance + 1) continue;
          if (this.alive.get(after) === false) continue;
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
    for (const dead of closed) {
      minima.set(dead, Number.POSITIVE_INFINITY);
      this.alive.set(dead, false);
    }
    return Number.POSITIVE_INFINITY;
  }

  private keepAlive(end: number, start: number, previous: ReadonlyMap<number, number>): number {
    for (let entry: number | undefined = end; entry !== undefined; entry = previous.get(entry)) {
      this.alive.set(entry, true);
      if (entry === start) break;
    }
    return 1;
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
    const found = new Set<number>();
    arena.eachRun(arena.conjuncts(intersection), (_first, _end, targets) => {
      const after = arena.candidate(targets);
      if (after !== NOTHING) found.add(after);
    });
    known = Int32Array.from(found);
    this.successors.set(intersection, known);
    return known;
  }
}
