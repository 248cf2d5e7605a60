import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { jsonNumber } from './json-number.js';
import type { NumberConstraints } from './number-constraints.js';

const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });
const ALL_BYTES = new Uint8Array(256).fill(1);

/** numerator / 10^scale */
interface Exact {
  numerator: bigint;
  scale: number;
}

function exact(text: string): Exact {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const numerator = BigInt(whole + fraction);
  return scale >= 0 ? { numerator, scale } : { numerator: numerator * 10n ** BigInt(-scale), scale: 0 };
}

function aligned(one: Exact, other: Exact): [bigint, bigint] {
  const scale = Math.max(one.scale, other.scale);
  return [one.numerator * 10n ** BigInt(scale - one.scale), other.numerator * 10n ** BigInt(scale - other.scale)];
}

function compare(text: string, bound: number): number {
  const [a, b] = aligned(exact(text), exact(String(bound)));
  return a < b ? -1 : a > b ? 1 : 0;
}

function isMultiple(text: string, divisor: number): boolean {
  const [a, b] = aligned(exact(text), exact(String(divisor)));
  return a % b === 0n;
}

/** Whether a numeral satisfies the constraints in exact arithmetic. */
function satisfies(text: string, constraints: NumberConstraints): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = constraints;
  if (!(isMultiple(text, 1) ? constraints.integers : constraints.fractions)) return false;
  if (minimum !== undefined && compare(text, minimum) < 0) return false;
  if (maximum !== undefined && compare(text, maximum) > 0) return false;
  if (exclusiveMinimum !== undefined && compare(text, exclusiveMinimum) <= 0) return false;
  if (exclusiveMaximum !== undefined && compare(text, exclusiveMaximum) >= 0) return false;
  if (!(constraints.multipleOf ?? []).every((divisor) => isMultiple(text, divisor))) return false;
  if ((constraints.notMultipleOf ?? []).some((divisor) => isMultiple(text, divisor))) return false;
  return !(constraints.excluded ?? []).some((value) => compare(text, value) === 0);
}

function schemaOf({ integers, fractions, multipleOf = [], notMultipleOf = [], ...rest }: NumberConstraints) {
  const { excluded = [], exponents: _, ...bounds } = rest;
  return {
    type: fractions ? 'number' : 'integer',
    ...Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)),
    allOf: [
      ...(integers ? [] : [{ not: { type: 'integer' } }]),
      ...multipleOf.map((divisor) => ({ multipleOf: divisor })),
      ...notMultipleOf.map((divisor) => ({ not: { multipleOf: divisor } })),
      ...excluded.map((value) => ({ not: { const: value } })),
    ],
  };
}

function after(arena: ExpressionArena, expression: number, text: string): number {
  for (const byte of new TextEncoder().encode(text)) expression = arena.derivative(expression, byte);
  return expression;
}

function accepts(arena: ExpressionArena, expression: number, text: string): boolean {
  const end = after(arena, expression, text);
  return end !== NOTHING && arena.isNullable(end);
}

/** Follows choices until they say to stop where that is possible; the text and the states on the way. */
function walk(arena: ExpressionArena, expression: number, choices: readonly number[]) {
  const states = [expression];
  let text = '';
  for (let step = 0; step < 200; step++) {
    const choice = choices[step % choices.length]!;
    if (arena.isNullable(expression) && (choice % 4 === 0 || step > 20)) return { text, states };
    const bytes = [];
    for (let byte = 0; byte < 256; byte++) if (arena.derivative(expression, byte) !== NOTHING) bytes.push(byte);
    if (bytes.length === 0 && arena.isNullable(expression)) return { text, states };
    expect(bytes, `dead end behind ${text}`).not.toHaveLength(0);
    const byte = bytes[choice % bytes.length]!;
    text += String.fromCharCode(byte);
    expression = arena.derivative(expression, byte);
    states.push(expression);
  }
  throw new Error(`endless: ${text}`);
}

/** Bytes of a shortest text by breadth-first search; undefined where it would take too long to find out. */
function searchedLength(arena: ExpressionArena, expression: number): number | undefined {
  let level = new Set([expression]);
  for (let length = 0; level.size > 0; length++) {
    const next = new Set<number>();
    for (const state of level) {
      if (arena.isNullable(state)) return length;
      for (let byte = 0x2b; byte <= 0x65; byte++) next.add(arena.derivative(state, byte));
    }
    next.delete(NOTHING);
    level = next;
    if (level.size > 400) return undefined;
  }
  return Number.POSITIVE_INFINITY;
}

const decimal = fc.oneof(
  fc.tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 0, max: 5 })),
  fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -22, max: 22 })),
);
const value = fc
  .oneof(
    { weight: 4, arbitrary: decimal.map(([digits, power]) => Number(`${digits}e${-power}`)) },
    { weight: 3, arbitrary: fc.integer({ min: -120, max: 120 }) },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 1, arbitrary: fc.double({ noNaN: true, min: -1, max: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1e21, -1e21, 1e-6, 1e-7, 2 ** 53, 5e-324, 1e308, -1e308, 0.1 + 0.2) },
  )
  .map((number) => (number === 0 ? 0 : number));
const divisor = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(0.5, 0.25, 2.5, 0.1, 0.01, 0.0001, 1e-8, 1.5, 0.7, 100, 1000, 1e9, 7e6, 12345, 123456789.123),
);
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const constraints: fc.Arbitrary<NumberConstraints> = fc
  .record({
    kind: fc.constantFrom('number', 'number', 'integer', 'integer', 'fraction'),
    minimum: optional(value),
    maximum: optional(value),
    exclusiveMinimum: fc.option(value, { nil: undefined, freq: 4 }),
    exclusiveMaximum: fc.option(value, { nil: undefined, freq: 4 }),
    multipleOf: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(divisor, { minLength: 1, maxLength: 2 }) },
    ),
    notMultipleOf: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(divisor, { minLength: 1, maxLength: 3 }) },
    ),
    excluded: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(value, { minLength: 1, maxLength: 4 }) },
    ),
    exponents: fc.constantFrom(undefined, undefined, undefined, false),
  })
  .map(({ kind, minimum, maximum, ...rest }) => {
    const swap = minimum !== undefined && maximum !== undefined && minimum > maximum;
    return {
      ...rest,
      integers: kind !== 'fraction',
      fractions: kind !== 'integer',
      minimum: swap ? maximum : minimum,
      maximum: swap ? minimum : maximum,
    };
  });

/** Whether a text that JSON.stringify writes keeps to the limits that the docstring of jsonNumber states. */
function isWithinLimits(text: string, constraints: NumberConstraints): boolean {
  const { integers, fractions, multipleOf = [], notMultipleOf = [], exponents } = constraints;
  const hasMultiples = multipleOf.length > 0;
  const avoids = !integers || notMultipleOf.length > 0;
  const whole = /^-?(\d+)/.exec(text)![1]!;
  if (text.includes('e')) {
    if (exponents === false || hasMultiples) return false;
    if (!avoids) return true;
    const size = Math.abs(Number(text));
    return fractions && notMultipleOf.every((step) => size <= step / 10 && size >= step * 1e-300);
  }
  if (avoids) return text.replace(/\D/g, '').length <= (hasMultiples || !fractions ? 4 : 6) + 1;
  return !hasMultiples || (whole.length <= 15 && Math.abs(Number(text)) < 9e20 * Math.min(1, ...multipleOf));
}

test('texts that JSON.stringify writes match where their values satisfy the constraints', () => {
  fc.assert(
    fc.property(constraints, fc.array(value, { minLength: 5, maxLength: 20 }), (constraints, values) => {
      const arena = new ExpressionArena();
      const expression = jsonNumber(arena, constraints);
      fc.pre(expression !== undefined);
      for (const number of values) {
        const text = JSON.stringify(number);
        const expected = satisfies(text, constraints);
        if (accepts(arena, expression, text)) expect([text, expected]).toEqual([text, true]);
        else if (expected) expect([text, isWithinLimits(text, constraints)]).toEqual([text, false]);
      }
    }),
    { numRuns: 500 },
  );
});

test('plain decimals match where they satisfy the constraints', () => {
  const text = fc
    .tuple(fc.boolean(), fc.nat(300_000), fc.option(fc.stringMatching(/^[0-9]{1,6}$/), { nil: undefined }))
    .map(
      ([isNegative, whole, fraction]) =>
        `${isNegative ? '-' : ''}${whole}${fraction === undefined ? '' : `.${fraction}`}`,
    )
    .filter((text) => !/^-[0.]*$/.test(text));
  fc.assert(
    fc.property(constraints, fc.array(text, { minLength: 5, maxLength: 20 }), (constraints, texts) => {
      const arena = new ExpressionArena();
      const expression = jsonNumber(arena, constraints);
      fc.pre(expression !== undefined);
      for (const text of texts) {
        const expected = satisfies(text, constraints);
        const decimals = text.split('.')[1]?.length ?? 0;
        const isWithin =
          (constraints.fractions || decimals === 0) &&
          (constraints.multipleOf?.length === 0 || decimals === 0) &&
          isWithinLimits(text, constraints);
        if (accepts(arena, expression, text)) expect([text, expected]).toEqual([text, true]);
        else if (expected) expect([text, isWithin]).toEqual([text, false]);
      }
    }),
    { numRuns: 300 },
  );
});

test('what is written is valid, exactly and to Ajv, and there are no dead ends', () => {
  fc.assert(
    fc.property(
      constraints,
      fc.array(fc.array(fc.nat(999), { minLength: 1, maxLength: 20 }), { minLength: 4 }),
      (constraints, walks) => {
        const arena = new ExpressionArena();
        const expression = jsonNumber(arena, constraints);
        fc.pre(expression !== undefined && expression !== NOTHING);
        const validate = ajv.compile(schemaOf(constraints));
        const { multipleOf = [] } = constraints;
        const isExact = multipleOf.every((step) => Number.isInteger(step * 4));
        for (const choices of walks) {
          const { text } = walk(arena, expression, choices);
          expect([text, satisfies(text, constraints)]).toEqual([text, true]);
          expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/);
          // Quotients of doubles: the step or the multiple is not exactly one.
          const isRounded = multipleOf.length > 0 && (!isExact || Math.abs(Number(text)) > 2 ** 53);
          if (!isRounded) expect([text, validate(Number(text))]).toEqual([text, true]);
        }
      },
    ),
    { numRuns: 80 },
  );
});

test('shortest lengths are those of a search', () => {
  const unusable = fc.oneof(
    { weight: 2, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('.', 'e', 'E', '-', '+', '0', '5', '13579', '02468', '-.', '123456789', '.e'),
    },
  );
  fc.assert(
    fc.property(
      constraints,
      unusable,
      fc.array(fc.nat(999), { minLength: 1, maxLength: 20 }),
      (constraints, unusable, choices) => {
        const usable = ALL_BYTES.slice();
        for (const byte of new TextEncoder().encode(unusable)) usable[byte] = 0;
        const arena = new ExpressionArena(usable);
        const expression = jsonNumber(arena, constraints);
        fc.pre(expression !== undefined && expression !== NOTHING);
        const { text, states } = walk(arena, expression, choices);
        for (const byte of unusable) expect(text).not.toContain(byte);
        for (const state of states) {
          const minimum = arena.minimumLength(state);
          const searched = searchedLength(arena, state);
          if (searched !== undefined) expect([text, minimum]).toEqual([text, searched]);
          let at = state;
          for (let left = minimum; left > 0; left--) {
            const byte = arena.shortestByte(at);
            expect(byte).toBeGreaterThanOrEqual(0);
            at = arena.derivative(at, byte);
          }
          expect(arena.isNullable(at)).toBe(true);
        }
      },
    ),
    { numRuns: 80 },
  );
});
