import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BooleanFunctions, FALSE, TRUE } from './boolean-functions.js';

type Formula = { not: Formula } | { and: Formula[] } | { or: Formula[] } | number;

const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4 },
    fc.nat(3),
    fc.record({ not: tie('formula') }),
    fc.record({ and: fc.array(tie('formula'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('formula'), { maxLength: 3 }) }),
  ),
}));

function build(functions: BooleanFunctions, formula: Formula): number {
  if (typeof formula === 'number') return functions.variable(formula);
  if ('not' in formula) return functions.not(build(functions, formula.not));
  if ('and' in formula)
    return formula.and.reduce<number>((all, part) => functions.and(all, build(functions, part)), TRUE);
  return formula.or.reduce<number>((all, part) => functions.or(all, build(functions, part)), FALSE);
}

function evaluate(formula: Formula, values: readonly boolean[]): boolean {
  if (typeof formula === 'number') return values[formula]!;
  if ('not' in formula) return !evaluate(formula.not, values);
  if ('and' in formula) return formula.and.every((part) => evaluate(part, values));
  return formula.or.some((part) => evaluate(part, values));
}

test('functions are equal exactly when their values are', () => {
  const table = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].map((index) => ((bits >> index) & 1) === 1));
  fc.assert(
    fc.property(formula, formula, (one, other) => {
      const functions = new BooleanFunctions();
      const first = build(functions, one);
      const second = build(functions, other);
      expect(first === second).toBe(table.every((values) => evaluate(one, values) === evaluate(other, values)));
      expect(functions.isTrueOfNone(first)).toBe(evaluate(one, table[0]!));
      for (const values of table) {
        const constant = functions.substitute(first, (index) => (values[index] ? TRUE : FALSE));
        expect(constant).toBe(evaluate(one, values) ? TRUE : FALSE);
      }
    }),
  );
});
