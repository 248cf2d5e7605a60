import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue, Tool } from '../toolset/index.js';
import { onlyPossibleCalls, possibleCalls, scoreAnswer, scoreBfclAnswer } from './index.js';

interface Verdict {
  id: string;
  tools: Tool[];
  possible: Record<string, Record<string, JsonValue[]>>[];
  calls: { name: string; arguments: JsonObject }[];
  valid: boolean;
}

const verdicts = JSON.parse(
  readFileSync(new URL('./__fixtures__/bfcl-verdicts.json', import.meta.url), 'utf8'),
) as Verdict[];

const tools: Tool[] = [
  {
    name: 'book',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, nights: { type: 'integer' }, price: { type: 'number' } },
      required: ['city'],
    },
  },
];
const book = (values: JsonObject) => ({ name: 'book', arguments: values });
const possible = possibleCalls([{ book: { city: ['New York', 'NYC'], nights: [2, ''], price: [99.5, ''] } }]);
const score = (calls: ReturnType<typeof book>[], malformed = false) =>
  scoreBfclAnswer(possible, { calls, malformed }, tools);

describe('scoreBfclAnswer', () => {
  it("says what the leaderboard's own checker says (bench/reference/bfcl-verdicts.py)", () => {
    expect(verdicts.length).toBeGreaterThan(100);
    const others = verdicts.filter(({ possible: answers, calls, tools: described, valid }) => {
      return scoreBfclAnswer(possibleCalls(answers), { calls, malformed: false }, described).exact !== valid;
    });
    expect(others).toEqual([]);
  });

  it.each<[string, JsonObject, boolean]>([
    ['one of the values', { city: 'NYC' }, true],
    ['spaces and punctuation', { city: 'new-york.' }, true],
    ['an argument that may be left out', { city: 'NYC', nights: 2 }, true],
    ['another value of it', { city: 'NYC', nights: 3 }, false],
    ['a number as text', { city: 'NYC', nights: '2' }, false],
    ['part of a number', { city: 'NYC', nights: 2.5 }, false],
    ['an argument that is not wanted', { city: 'NYC', extra: 1 }, false],
    ['a required argument that is missing', { nights: 2 }, false],
  ])('judges %s', (_, values, right) => {
    expect(score([book(values)]).exact).toBe(right);
  });

  it('counts arguments, those that may be left out where they are given', () => {
    expect(score([book({ city: 'NYC', nights: 3 })])).toMatchObject({
      wantedArguments: 2,
      gotArguments: 2,
      rightArguments: 1,
    });
    expect(score([])).toMatchObject({ wantedArguments: 1, gotArguments: 0, tools: false });
    expect(score([{ name: 'stay', arguments: { city: 'NYC' } }]).arguments).toEqual([
      { tool: 'book', argument: 'city', wanted: 1, got: 0, right: 0 },
      { tool: 'stay', argument: 'city', wanted: 0, got: 1, right: 0 },
    ]);
  });

  it('does not take an answer that cannot be read for one that rightly calls nothing', () => {
    const nothing = (malformed: boolean) => scoreBfclAnswer([], { calls: [], malformed }, tools);
    expect(nothing(false).exact).toBe(true);
    expect(nothing(true)).toMatchObject({ exact: false, malformed: true, wantsNoCall: true });
  });

  it('takes calls in any order, as many as wanted', () => {
    const two = possibleCalls([{ book: { city: ['Rome'] } }, { book: { city: ['Oslo'] } }]);
    const answer = (...cities: string[]) => ({ calls: cities.map((city) => book({ city })), malformed: false });
    expect(scoreBfclAnswer(two, answer('Oslo', 'Rome'), tools).exact).toBe(true);
    expect(scoreBfclAnswer(two, answer('Oslo', 'Oslo'), tools).exact).toBe(false);
    expect(scoreBfclAnswer(two, answer('Oslo', 'Rome', 'Rome'), tools).exact).toBe(false);
  });

  it('passes every call as its own only possible answer, and whatever the strict score passes', () => {
    const text = fc.string({ minLength: 1 }).filter((value) => value.trim() !== '');
    const calls = fc.array(
      fc.record({ city: text, nights: fc.integer(), price: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(calls, calls, (wanted, got) => {
        const [expected, given] = [wanted.map(book), got.map(book)];
        const bfcl = (answer: typeof given) =>
          scoreBfclAnswer(onlyPossibleCalls(expected), { calls: answer, malformed: false }, tools);
        expect(bfcl(expected)).toMatchObject({
          exact: true,
          rightArguments: 3 * wanted.length,
          gotArguments: 3 * wanted.length,
        });
        if (scoreAnswer(expected, { calls: given, malformed: false }).exact) expect(bfcl(given).exact).toBe(true);
      }),
    );
  });
});
