import { expect, test } from 'vitest';
import { UNBOUNDED } from '../grammar/expression-arena.js';
import {
  alternationPattern,
  assertionPattern,
  EMPTY_PATTERN,
  NO_PATTERN,
  type Pattern,
  repetitionPattern,
  sequencePattern,
  setPattern,
} from './pattern.js';

const a = setPattern([[0x61, 0x61]]);
const b = setPattern([[0x62, 0x62]]);
const c = setPattern([[0x63, 0x63]]);
const start = assertionPattern({ kind: 'start' });

function word(...parts: Pattern[]): Pattern {
  return sequencePattern(parts);
}

test('words share their beginnings', () => {
  const pattern = alternationPattern([word(a, b, c), word(b, a), word(a, b), word(a, b, a)]);
  const rest = { options: [{ kind: 'set', ranges: [0x61, 0x63].map((code) => [code, code]) }, EMPTY_PATTERN] };
  expect(pattern).toMatchObject({ options: [{ parts: [a, b, rest] }, { parts: [b, a] }] });
});

test('single characters are one set', () => {
  expect(alternationPattern([c, a, alternationPattern([b, a])])).toEqual(setPattern([[0x61, 0x63]]));
});

test('what can never match is left out', () => {
  expect(setPattern([])).toBe(NO_PATTERN);
  expect(word(a, NO_PATTERN)).toBe(NO_PATTERN);
  expect(alternationPattern([NO_PATTERN, word(a, b)])).toEqual(word(a, b));
  expect(repetitionPattern(NO_PATTERN, 0, 3)).toBe(EMPTY_PATTERN);
  expect(repetitionPattern(NO_PATTERN, 1, 3)).toBe(NO_PATTERN);
});

test.each<[string, Pattern, [Pattern, number, number] | Pattern]>([
  ['(a*)*', repetitionPattern(repetitionPattern(a, 0, UNBOUNDED), 0, UNBOUNDED), [a, 0, UNBOUNDED]],
  ['(a+)+', repetitionPattern(repetitionPattern(a, 1, UNBOUNDED), 1, UNBOUNDED), [a, 1, UNBOUNDED]],
  ['(a?)+', repetitionPattern(repetitionPattern(a, 0, 1), 1, UNBOUNDED), [a, 0, UNBOUNDED]],
  ['(a+){2,3}', repetitionPattern(repetitionPattern(a, 1, UNBOUNDED), 2, 3), [a, 2, UNBOUNDED]],
  ['(a*){3}', repetitionPattern(repetitionPattern(a, 0, UNBOUNDED), 3, 3), [a, 0, UNBOUNDED]],
  ['a{1}', repetitionPattern(a, 1, 1), a],
  ['a{0}', repetitionPattern(a, 0, 0), EMPTY_PATTERN],
  ['^*', repetitionPattern(start, 0, UNBOUNDED), EMPTY_PATTERN],
  ['^{3}', repetitionPattern(start, 3, 3), start],
])('%s is simplified', (_, pattern, simple) => {
  if ('kind' in simple) expect(pattern).toBe(simple);
  else expect(pattern).toMatchObject({ kind: 'repetition', part: simple[0], minimum: simple[1], maximum: simple[2] });
});
