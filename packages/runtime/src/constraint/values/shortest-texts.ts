import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8 } from '../utf8.js';

/** A text, and how many bytes it has as JSON.stringify writes it, without the quotes. */
export interface FoundText {
  text: string;
  length: number;
}

/** One step on: the byte, what follows it, and the fewest bytes that it is from there to an end. */
interface Step {
  byte: number;
  after: number;
  rest: number;
}

/** A text, or the ways on from a place in one, that are still to be looked at. */
interface Waiting {
  bytes: readonly number[];
  /** Bytes of the shortest text that it leads to. */
  length: number;
  /** Ways on from here, the shortest first, and the one that is next; undefined for a text. */
  steps: readonly Step[] | undefined;
  next: number;
}

const known = new WeakMap<ExpressionArena, Map<number, ShortestTexts>>();

/**
 * The texts of an expression of string bodies, the shortest first and those of one length in the order of their bytes.
 * Each is found when it is first asked for: a search by the least length that a beginning leads to.
 */
export class ShortestTexts {
  private readonly arena: ExpressionArena;
  private readonly found: FoundText[] = [];
  private readonly stepsOf = new Map<number, readonly Step[]>();
  /** True when none was found in time: there may be no more, where it is not certain that the expression matches any. */
  gaveUp = false;
  private vain = 0;
  /** The last is looked at first. */
  private readonly waiting: Waiting[] = [];

  private constructor(arena: ExpressionArena, expression: number) {
    this.arena = arena;
    if (expression !== NOTHING) this.reach(expression, []);
  }

  static of(arena: ExpressionArena, expression: number): ShortestTexts {
    let ofArena = known.get(arena);
    if (ofArena === undefined) known.set(arena, (ofArena = new Map()));
    let texts = ofArena.get(expression);
    if (texts === undefined) ofArena.set(expression, (texts = new ShortestTexts(arena, expression)));
    return texts;
  }

  /** The text with so many before it; undefined where there are no more, and where they could not be found. */
  at(index: number): FoundText | undefined {
    while (this.found.length <= index && this.waiting.length > 0 && !this.gaveUp) this.search();
    return this.found[index];
  }

  private search(): void {
    this.arena.spend(1);
    const { bytes, length, steps, next } = this.waiting.pop()!;
    // Where lengths are what they say, each step is one byte nearer to a text.
    this.gaveUp = ++this.vain > 64 + 2 * length;
    if (steps === undefined) {
      this.vain = 0;
      const text = JSON.parse(`"${decodeUtf8(Uint8Array.from(bytes))}"`) as string;
      this.found.push({ text, length: bytes.length });
      return;
    }
    this.follow(bytes, steps, next + 1);
    this.reach(steps[next]!.after, [...bytes, steps[next]!.byte]);
  }

  private reach(state: number, bytes: readonly number[]): void {
    if (this.arena.isNullable(state)) this.wait({ bytes, length: bytes.length, steps: undefined, next: 0 });
    this.follow(bytes, this.steps(state), 0);
  }

  private follow(bytes: readonly number[], steps: readonly Step[], next: number): void {
    if (next < steps.length) this.wait({ bytes, length: bytes.length + 1 + steps[next]!.rest, steps, next });
  }

  private steps(state: number): readonly Step[] {
    let steps = this.stepsOf.get(state);
    if (steps === undefined) this.stepsOf.set(state, (steps = this.findSteps(state)));
    return steps;
  }

  private findSteps(state: number): readonly Step[] {
    const steps: Step[] = [];
    let before: Step | undefined;
    for (let byte = 0; byte < 256; byte++) {
      const after = this.arena.derivative(state, byte);
      if (after === NOTHING) continue;
      const rest = after === before?.after ? before.rest : this.arena.minimumLength(after);
      before = { byte, after, rest };
      if (rest < Number.POSITIVE_INFINITY) steps.push(before);
    }
    return steps.sort((one, other) => one.rest - other.rest || one.byte - other.byte);
  }

  private wait(entry: Waiting): void {
    let low = 0;
    for (let high = this.waiting.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (comesBefore(entry, this.waiting[middle]!)) low = middle + 1;
      else high = middle;
    }
    this.waiting.splice(low, 0, entry);
  }
}

/** Whether the texts of one are found before those of the other. Neither begins as the other does. */
function comesBefore(one: Waiting, other: Waiting): boolean {
  if (one.length !== other.length) return one.length < other.length;
  for (let index = 0; ; index++) {
    const difference = byteAt(one, index) - byteAt(other, index);
    if (difference !== 0 || index > one.length) return difference < 0;
  }
}

function byteAt({ bytes, steps, next }: Waiting, index: number): number {
  return index < bytes.length ? bytes[index]! : index === bytes.length && steps !== undefined ? steps[next]!.byte : -1;
}
