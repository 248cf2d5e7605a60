import type { ExpressionArena } from '../grammar/expression-arena.js';
import { ObjectGrammar } from './object-grammar.js';

/** A place inside the name of a property. */
export interface KeyPlace {
  /** The undeclared names that may go on from here, each with what follows it up to the end of the text. */
  readonly undeclared: readonly number[];
  /** Bytes that go on to names that the object knows. */
  readonly bytes: Iterable<number>;
  /** Whether such a name ends here. */
  readonly isName: boolean;
}

/** Undefined for an expression that does not begin inside a name, and where undeclared names are not allowed. */
export function keyPlaceOf(arena: ExpressionArena, expression: number): KeyPlace | undefined {
  const found = ObjectGrammar.of(arena, arena.head(expression));
  const place = found?.object.keyPlace(found.state);
  if (place === undefined) return undefined;
  const tail = arena.tail(expression);
  return { ...place, undeclared: place.undeclared.map((option) => arena.sequence(option, tail)) };
}
