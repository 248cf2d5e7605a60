import { PatternError } from './pattern.js';

/** The function that is always false. */
export const FALSE = 0;
/** The function that is always true. */
export const TRUE = 1;

/** Depth of a diagram, as work on it is recursive. */
const MAXIMUM_DEPTH = 1500;
/** Steps of work, less than 100 ms of them. */
const MAXIMUM_STEPS = 150_000;

/**
 * Boolean functions as reduced ordered decision diagrams: equal functions have equal ids (Bryant, "Graph-Based
 * Algorithms for Boolean Function Manipulation", 1986). Throws a PatternError where they become too large.
 */
export class BooleanFunctions {
  private readonly variables: number[] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  private readonly lows: number[] = [FALSE, TRUE];
  private readonly highs: number[] = [FALSE, TRUE];
  private readonly nodes = new Map<string, number>();
  private readonly choices = new Map<string, number>();
  private steps = 0;
  private depth = 0;

  variable(index: number): number {
    return this.node(index, FALSE, TRUE);
  }

  not(one: number): number {
    return this.choose(one, FALSE, TRUE);
  }

  and(one: number, other: number): number {
    return this.choose(one, other, FALSE);
  }

  or(one: number, other: number): number {
    return this.choose(one, TRUE, other);
  }

  /** The value when all variables are false. */
  isTrueOfNone(one: number): boolean {
    while (one > TRUE) one = this.lows[one]!;
    return one === TRUE;
  }

  /** The function with another in the place of each variable. */
  substitute(one: number, replacement: (variable: number) => number): number {
    const known = new Map<number, number>([
      [FALSE, FALSE],
      [TRUE, TRUE],
    ]);
    const visit = (node: number): number => {
      let result = known.get(node);
      if (result === undefined) {
        this.enter();
        const then = visit(this.highs[node]!);
        const otherwise = visit(this.lows[node]!);
        this.depth--;
        result = this.choose(replacement(this.variables[node]!), then, otherwise);
        known.set(node, result);
      }
      return result;
    };
    return visit(one);
  }

  /** `then` where `condition` is true, `otherwise` where it is not. */
  private choose(condition: number, then: number, otherwise: number): number {
    if (condition === TRUE || then === otherwise) return then;
    if (condition === FALSE) return otherwise;
    if (then === TRUE && otherwise === FALSE) return condition;
    const key = `${condition},${then},${otherwise}`;
    let result = this.choices.get(key);
    if (result === undefined) {
      this.enter();
      const top = Math.min(this.variables[condition]!, this.variables[then]!, this.variables[otherwise]!);
      const side = (branches: readonly number[]) => {
        const at = (node: number) => (this.variables[node] === top ? branches[node]! : node);
        return this.choose(at(condition), at(then), at(otherwise));
      };
      result = this.node(top, side(this.lows), side(this.highs));
      this.depth--;
      this.choices.set(key, result);
    }
    return result;
  }

  private node(variable: number, low: number, high: number): number {
    if (low === high) return low;
    const key = `${variable},${low},${high}`;
    let id = this.nodes.get(key);
    if (id === undefined) {
      id = this.variables.push(variable) - 1;
      this.lows.push(low);
      this.highs.push(high);
      this.nodes.set(key, id);
    }
    return id;
  }

  private enter(): void {
    if (++this.depth > MAXIMUM_DEPTH || ++this.steps > MAXIMUM_STEPS) {
      throw new PatternError('its assertions need too many states');
    }
  }
}
