import type { JsonObject, JsonValue } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentsBuilder } from './arguments-builder.js';

const encode = (text: string) => new TextEncoder().encode(text);

/** Every value inside, the members of a container before it. */
function valuesInside(value: JsonValue, pointer = ''): { pointer: string; value: JsonValue }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [...valuesInside(inner as JsonValue, place), { pointer: place, value: inner as JsonValue }];
  });
}

/** Whether one value can be the other half-way. */
function isBeginning(part: JsonValue, whole: JsonValue): boolean {
  if (typeof part === 'string' && typeof whole === 'string') return whole.startsWith(part);
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) return part === whole;
  return Object.entries(part).every(
    ([key, value]) =>
      Object.hasOwn(whole, key) && isBeginning(value as JsonValue, (whole as JsonObject)[key] as JsonValue),
  );
}

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()) as fc.Arbitrary<JsonObject>;

describe('ArgumentsBuilder', () => {
  it('tells every value once, members before their container, however the bytes are cut', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), fc.array(fc.nat(200)), (value, space, cuts) => {
        const bytes = encode(JSON.stringify(value, null, space));
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const builder = new ArgumentsBuilder();
        const finished = bounds.slice(1).flatMap((end, index) => {
          builder.push(bytes, bounds[index], end);
          return builder.takeFinished();
        });
        const parsed = JSON.parse(JSON.stringify(value)) as JsonObject;
        expect(finished).toEqual(valuesInside(parsed));
        expect(builder.snapshot()).toEqual(parsed);
        expect(builder.topLevelValues).toBe(Object.keys(parsed).length);
      }),
      { numRuns: 300 },
    );
  });

  it('gives at each byte what can become the whole', () => {
    fc.assert(
      fc.property(object, (value) => {
        const parsed = JSON.parse(JSON.stringify(value)) as JsonObject;
        const builder = new ArgumentsBuilder();
        for (const byte of encode(JSON.stringify(value))) {
          builder.push(Uint8Array.of(byte));
          expect(isBeginning(builder.snapshot(), parsed)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['{"title": "Für El', { title: 'Für El' }],
    ['{"title": "a\\', { title: 'a' }],
    ['{"title": "a\\\\', { title: 'a\\' }],
    ['{"title": "a\\u00e', { title: 'a' }],
    ['{"title": "\\ud83d', { title: '' }],
    ['{"title": "\\ud83d\\ude00', { title: '😀' }],
    ['{"title": "x", "ye', { title: 'x' }],
    ['{"year": 18', {}],
    ['{"year": 18 ', { year: 18 }],
    ['{"on": tru', {}],
    ['{"on": true', { on: true }],
    ['{"items": [1, {"name": "a', { items: [1, { name: 'a' }] }],
    ['{"__proto__": {"a": "b', JSON.parse('{"__proto__": {"a": "b"}}') as JsonObject],
  ])('shows %s as %j', (text, expected) => {
    const builder = new ArgumentsBuilder();
    builder.push(encode(text));
    expect(builder.snapshot()).toEqual(expected);
  });

  it('gives snapshots that later bytes leave as they are', () => {
    const builder = new ArgumentsBuilder();
    builder.push(encode('{"items": [1'));
    const before = builder.snapshot();
    builder.push(encode(', 2]}'));
    expect([before, builder.snapshot()]).toEqual([{ items: [] }, { items: [1, 2] }]);
  });
});
