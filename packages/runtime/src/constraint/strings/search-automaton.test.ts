import { expect, test } from 'vitest';
import { EMPTY_TEXT, ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { literal } from '../grammar/literal-automaton.js';
import { anyBody } from './json-string.js';
import { endedOrOpen } from './search-automaton.js';

function after(arena: ExpressionArena, expression: number, text: string): number {
  let rest = expression;
  for (const character of text) rest = arena.derivative(rest, character.charCodeAt(0));
  return rest;
}

test('once the open part has matched the rest is free text', () => {
  const arena = new ExpressionArena();
  const expression = endedOrOpen(arena, literal(arena, 'abcd'), literal(arena, 'abx'));
  expect(arena.minimumLength(expression)).toBe(3);
  expect(after(arena, expression, 'abx')).toBe(anyBody(arena));
  expect(arena.isOnlyEmpty(after(arena, expression, 'abcd'))).toBe(true);
  expect(after(arena, expression, 'b')).toBe(NOTHING);
});

test('what is left of only one part is that part', () => {
  const arena = new ExpressionArena();
  const ended = literal(arena, 'ab');
  expect(endedOrOpen(arena, ended, NOTHING)).toBe(ended);
  expect(endedOrOpen(arena, ended, EMPTY_TEXT)).toBe(anyBody(arena));
  expect(after(arena, endedOrOpen(arena, ended, literal(arena, 'b')), 'a')).toBe(literal(arena, 'b'));
});
