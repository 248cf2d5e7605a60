import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../toolset/index.js';
import { scoreAnswer, valueKey } from './index.js';

const call = (name: string, values: JsonObject = {}) => ({ name, arguments: values });
const score = (expected: ReturnType<typeof call>[], calls: ReturnType<typeof call>[], malformed = false) =>
  scoreAnswer(expected, { calls, malformed });

describe('scoreAnswer', () => {
  it.each<[string, JsonValue, JsonValue]>([
    ['case and surrounding space', ' Rome', 'rome '],
    ['the way a number is written', 1, 1.0],
    ['the sign of zero', 0, -0],
    ['the order of properties', { a: 1, b: ['X'] }, { b: ['x'], a: 1 }],
  ])('does not mind %s', (_, wanted, got) => {
    expect(score([call('a', { x: wanted })], [call('a', { x: got })]).exact).toBe(true);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['another value', { x: 'Rome' }, { x: 'Roma' }],
    ['a missing argument', { x: 1, y: 2 }, { x: 1 }],
    ['an extra argument', { x: 1 }, { x: 1, y: null }],
    ['a number as text', { x: 1 }, { x: '1' }],
    ['another order in an array', { x: [1, 2] }, { x: [2, 1] }],
    ['space inside', { x: 'New York' }, { x: 'New  York' }],
    ['false for null', { x: null }, { x: false }],
  ])('minds %s', (_, wanted, got) => {
    const { exact, tools } = score([call('a', wanted)], [call('a', got)]);
    expect({ exact, tools }).toEqual({ exact: false, tools: true });
  });

  it('lets calls come in any order, each as often as wanted', () => {
    const [a, b] = [call('a', { x: 1 }), call('b')];
    expect(score([a, b, b], [b, a, b]).exact).toBe(true);
    expect(score([a, b, b], [b, a, a])).toMatchObject({ exact: false, tools: false });
    expect(score([a, b], [b])).toMatchObject({ exact: false, tools: false });
  });

  it('counts arguments by tool, name and value', () => {
    const wanted = [call('a', { x: 1, y: 'Q' }), call('b', { x: 1 })];
    const got = [call('a', { x: 1, y: 'r' }), call('a', { x: 1 })];
    expect(score(wanted, got)).toMatchObject({ wantedArguments: 3, gotArguments: 3, rightArguments: 1 });
  });

  it('never calls a malformed answer right, even where no call was wanted', () => {
    expect(score([], [], true)).toMatchObject({ exact: false, tools: false, malformed: true, wantsNoCall: true });
    expect(score([], []).exact).toBe(true);
  });

  it('does not take names of Object.prototype for arguments', () => {
    expect(score([call('a', { constructor: 1 })], [call('a')])).toMatchObject({ exact: false, rightArguments: 0 });
  });
});

describe('valueKey', () => {
  it('is equal for equal values, and tells apart the others', () => {
    const values = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const normal = (value: JsonValue) =>
      JSON.parse(JSON.stringify(value), (_, inside) =>
        typeof inside === 'string' ? inside.trim().toLowerCase() : inside,
      );
    const equal = (a: unknown, b: unknown) => {
      try {
        expect(a).toEqual(b);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(valueKey(a)).toBe(valueKey(JSON.parse(JSON.stringify(a))));
        expect(valueKey(a) === valueKey(b)).toBe(equal(normal(a), normal(b)));
      }),
    );
  });
});
