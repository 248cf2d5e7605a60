import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner, maximumJsonDepth, ScanResult } from './json-scanner.js';

function accepts(text: string | Uint8Array): boolean {
  const scanner = new JsonScanner();
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (const byte of bytes) if (scanner.push(byte) === ScanResult.error) return false;
  return scanner.done;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JsonScanner', () => {
  it('accepts what JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3), (json, spaces) => {
        expect(accepts(JSON.stringify([JSON.parse(json)], null, spaces))).toBe(true);
      }),
    );
  });

  it('agrees with JSON.parse on JSON with one character changed', () => {
    const character = fc.constantFrom(...'{}[]",:\\-+.eE0123tfnua \n\t/b\u0001é');
    fc.assert(
      fc.property(fc.json(), fc.nat(), character, fc.boolean(), (json, place, replacement, insert) => {
        const text = `[${json}]`;
        const at = 1 + (place % (text.length - 1));
        const changed = text.slice(0, at) + replacement + text.slice(insert ? at : at + 1);
        // Lone halves of surrogate pairs do not survive UTF-8.
        fc.pre(!/\p{Cs}/u.test(changed) && /^\[/.test(changed) && !/\s$/.test(changed));
        expect(accepts(changed)).toBe(parses(changed));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '1',
    'true',
    '{"a":1}}',
    '[1]]',
    '{"a" 1}',
    '{"a":}',
    '[,]',
    '[1,]',
    '{,}',
    '["\\x"]',
    '["\\u12g4"]',
    '[.5]',
    '[1.]',
    '[1e]',
    '[-]',
    '[nul]',
  ])('refuses %s', (text) => expect(accepts(text)).toBe(false));

  it.each([
    ['a lone continuation', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character past the last', [0xf4, 0x90, 0x80, 0x80]],
    ['half a character', [0xe2, 0x82]],
  ])('refuses %s', (_case, bytes) => {
    expect(accepts(Uint8Array.from([0x5b, 0x22, ...bytes, 0x22, 0x5d]))).toBe(false);
  });

  it('bounds the nesting', () => {
    expect(accepts('['.repeat(maximumJsonDepth) + ']'.repeat(maximumJsonDepth))).toBe(true);
    expect(accepts('['.repeat(maximumJsonDepth + 1) + ']'.repeat(maximumJsonDepth + 1))).toBe(false);
  });
});
