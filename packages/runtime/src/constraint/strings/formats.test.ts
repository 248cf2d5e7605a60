import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import suite from '../../../test/fixtures/json-schema-formats.json' with { type: 'json' };
import { matchesBody, shortestText } from '../../../test/string-bodies.js';
import { ExpressionArena } from '../grammar/expression-arena.js';
import { formatBody, isFormatValid, isKnownFormat } from './formats.js';

/** Valid labels in Punycode, which `hostname` leaves out with the invalid ones. */
function isPunycode(format: string, text: string): boolean {
  return format === 'hostname' && /(?:^|\.)xn--/i.test(text);
}

describe.each(Object.entries(suite.formats))('%s', (format, { valid, invalid }) => {
  const arena = new ExpressionArena();
  const body = formatBody(arena, format);

  test('JSON-Schema-Test-Suite', () => {
    expect(isKnownFormat(format)).toBe(true);
    const taken = [...valid, ...invalid].filter((text) => isFormatValid(format, text));
    expect(taken).toEqual(valid.filter((text) => !isPunycode(format, text)));
  });

  if (body === undefined) return;

  test('the body is what is valid', () => {
    for (const text of [...valid, ...invalid]) {
      expect([text, matchesBody(arena, body, text)]).toEqual([text, isFormatValid(format, text)]);
    }
    expect(isFormatValid(format, shortestText(arena, body)!)).toBe(true);
  });

  test('also near what is valid', () => {
    const piece = fc.constantFrom(...'0129aZz.:-+/%#?@~ "\\[]{}\né😀'.split(/(?:)/u), '60', '::', 'xn--', '//');
    const near = fc
      .tuple(fc.constantFrom(...valid, ...invalid), fc.nat(), fc.nat(3), fc.array(piece, { maxLength: 2 }))
      .map(([text, place, removed, added]) => {
        const characters = Array.from(text);
        characters.splice(place % (characters.length + 1), removed, ...added);
        return characters.join('');
      });
    fc.assert(
      fc.property(near, (text) => {
        expect([text, matchesBody(arena, body, text)]).toEqual([text, isFormatValid(format, text)]);
      }),
      { numRuns: 300 },
    );
  });
});

test.each<[format: string, valid: boolean, text: string]>([
  ['date', true, '0000-02-29'],
  ['date', false, '1900-02-29'],
  ['date-time', false, '2024-02-29 10:00:00Z'],
  ['hostname', true, 'r3---sn-4g5e6nls.example'],
  ['hostname', false, `${'a.'.repeat(126)}aa`],
  ['hostname', true, `${'a.'.repeat(126)}a`],
  ['email', true, '"a\\"b"@example.com'],
  ['email', false, '"a"b"@example.com'],
  ['email', false, 'a@[IPv6:1:2:3:4:5:6:7::]'],
  ['email', false, 'a@-example.com'],
  ['ipv6', true, '1:2:3:4:5:6:7::'],
  ['ipv6', true, '::2:3:4:5:6:7:8'],
  ['ipv6', false, '1:2:3:4:5:6:7:8::'],
  ['uri', true, 'http://user:pass@[::1]:8080/a//b?c=d?e#f/g?h'],
  ['uri', false, 'http://a/b[c]'],
  ['uri', true, 'a:'],
  ['uri-reference', false, ':a'],
  ['iri', true, 'http://example.com/\u{10fffd}'.replace('/\u{10fffd}', '/?\u{10fffd}')],
  ['iri', false, 'http://example.com/\u{10fffd}'],
  ['idn-email', true, 'δοκιμή@παράδειγμα.δοκιμή'],
  ['idn-hostname', true, 'www.bücher.example'],
  ['idn-hostname', false, 'Bücher.example'],
  ['idn-hostname', false, 'bu\u0308cher.example'],
  ['idn-hostname', true, 'WWW.XN--BCHER-KVA.example'],
  ['idn-hostname', false, 'xn--bcher-kvb.example'],
  ['idn-hostname', false, `xn--${'9'.repeat(240)}`],
  ['idn-hostname', true, 'موقع.وزارة-الاتصالات.مصر'],
  ['idn-hostname', true, 'خانه\u200cها.com'],
  ['idn-hostname', false, 'دا\u200cد.com'],
  ['idn-hostname', false, 'موقع.1com'],
  ['idn-hostname', true, 'हिन्दी.भारत'],
  ['idn-hostname', true, 'กุ้ง.ไทย'],
  ['idn-hostname', false, '☃.example'],
  ['idn-hostname', true, Array(4).fill('ü'.repeat(50)).join('.')],
  ['idn-hostname', false, Array(5).fill('ü'.repeat(50)).join('.')],
  ['relative-json-pointer', false, '0+1'],
  ['uuid', false, '2eb8aa08-aa98-11ea-b4aa-73b441d163800'],
])('%s: %s for %j', (format, valid, text) => {
  expect(isFormatValid(format, text)).toBe(valid);
});

test('a format that is not known says nothing', () => {
  expect(isKnownFormat('phone')).toBe(false);
  expect(isFormatValid('phone', 'x')).toBeUndefined();
  expect(formatBody(new ExpressionArena(), 'phone')).toBeUndefined();
});

test('no format is written out', () => {
  for (const format of Object.keys(suite.formats)) {
    const arena = new ExpressionArena();
    formatBody(arena, format);
    expect(arena.size).toBeLessThan(350);
  }
});
