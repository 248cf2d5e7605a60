import type { NumberConstraints } from '../numbers/number-constraints.js';
import type { Branch } from './branch.js';

/** What all of a branch's facets ask of a number, and the numbers that it must not be. */
export function numberConstraints({ numbers, excluded }: Pick<Branch, 'numbers' | 'excluded'>): NumberConstraints {
  const constraints: NumberConstraints = { integers: true, fractions: true };
  const multiples: number[] = [];
  const others: number[] = [];
  for (const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, notMultipleOf } of numbers) {
    for (const bound of [exclusiveMinimum, isRounded(minimum) ? minimum : undefined]) {
      if (bound === undefined) continue;
      constraints.exclusiveMinimum = Math.max(constraints.exclusiveMinimum ?? bound, bound);
    }
    for (const bound of [exclusiveMaximum, isRounded(maximum) ? maximum : undefined]) {
      if (bound === undefined) continue;
      constraints.exclusiveMaximum = Math.min(constraints.exclusiveMaximum ?? bound, bound);
    }
    if (minimum !== undefined) constraints.minimum = Math.max(constraints.minimum ?? minimum, minimum);
    if (maximum !== undefined) constraints.maximum = Math.min(constraints.maximum ?? maximum, maximum);
    if (multipleOf !== undefined) multiples.push(multipleOf);
    if (notMultipleOf !== undefined) others.push(notMultipleOf);
  }
  const values = excluded.filter((value) => typeof value === 'number');
  if (multiples.length > 0) constraints.multipleOf = multiples;
  if (others.length > 0) constraints.notMultipleOf = others;
  if (values.length > 0) constraints.excluded = values;
  return constraints;
}

/**
 * Whether a bound may have been another number in the schema's text, as 2^63 - 1 is read as 2^63. Its neighbour inwards is
 * certainly right; the bound itself may be wrong.
 */
function isRounded(bound: number | undefined): boolean {
  return bound !== undefined && Number.isInteger(bound) && Math.abs(bound) > Number.MAX_SAFE_INTEGER;
}
