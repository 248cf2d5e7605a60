import { expect, test } from 'vitest';
import { UNBOUNDED } from '../grammar/expression-arena.js';
import { PatternError } from './pattern.js';
import { parsePattern } from './regular-expression.js';

test.each([
  ['a\\.b', true],
  ['[\\w\\-]', true],
  ['\\-', false],
  ['\\_', false],
  ['a{', false],
  ['\\u{61}', true],
  ['[\\w-z]', false],
])('%s is read with the u flag where that can be: %s', (source, unicode) => {
  expect(parsePattern(source).unicode).toBe(unicode);
});

test('groups leave only what they hold', () => {
  const plain = parsePattern('abc|d').pattern;
  for (const source of ['(abc|d)', '(?:abc|d)', '(?<name>abc|d)', '((a)(?:b)c)|(d)']) {
    expect(parsePattern(source).pattern).toEqual(plain);
  }
});

test('anchors that all alternatives have are shared', () => {
  expect(parsePattern('^ab$|^ac$|(^d$)').pattern).toEqual(parsePattern('^(?:ab|ac|d)$').pattern);
});

test('a count that no text reaches is no bound', () => {
  expect(parsePattern('a{2,99999999999}').pattern).toMatchObject({ minimum: 2, maximum: UNBOUNDED });
});

test.each([
  ['(a)\\1', true],
  ['a{99999999999}', true],
  ['(', false],
  ['a{2,1}', false],
])('%s is refused; it is an expression: %s', (source, supported) => {
  expect(() => parsePattern(source)).toThrow(PatternError);
  expect(() => parsePattern(source)).toThrow(expect.objectContaining({ supported }));
});
