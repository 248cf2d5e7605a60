import { expect, test } from 'vitest';
import { matchesBody, shortestText } from '../../../test/string-bodies.js';
import { ExpressionArena } from '../grammar/expression-arena.js';
import { isTimeOfDay, timeOfDayBody } from './time-of-day.js';

const two = (value: number) => String(value).padStart(2, '0');

test('a leap second is the last of a day in UTC', () => {
  const arena = new ExpressionArena();
  const body = timeOfDayBody(arena);
  for (let local = 0; local < 1440; local += 37) {
    const time = `${two(Math.floor(local / 60))}:${two(local % 60)}:60`;
    const taken: string[] = [];
    for (let offset = 0; offset < 1440; offset++) {
      for (const sign of ['+', '-']) {
        const text = `${time}${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
        if (isTimeOfDay(text)) {
          taken.push(text);
          const utc = (local + (sign === '+' ? -offset : offset) + 1440) % 1440;
          expect(utc).toBe(1439);
        }
      }
    }
    expect(taken).toHaveLength(2);
    for (const text of taken) {
      expect(matchesBody(arena, body, text)).toBe(true);
      expect(matchesBody(arena, body, text.replace(':60', ':60.5'))).toBe(true);
      expect(
        matchesBody(
          arena,
          body,
          text.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
        ),
      ).toBe(false);
    }
    expect(matchesBody(arena, body, `${time}Z`)).toBe(false);
  }
  expect(matchesBody(arena, body, '23:59:60z')).toBe(true);
});

test('the length of the shortest end is known at every byte', () => {
  const arena = new ExpressionArena();
  const body = timeOfDayBody(arena);
  expect(isTimeOfDay(shortestText(arena, body)!)).toBe(true);
  let rest = body;
  for (const [index, character] of Array.from('23:59:60Z').entries()) {
    expect(arena.minimumLength(rest)).toBe(9 - index);
    rest = arena.derivative(rest, character.charCodeAt(0));
  }
  expect(arena.isOnlyEmpty(rest)).toBe(true);
});
