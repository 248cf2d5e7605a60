import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePunycode, encodePunycode } from './punycode.js';

// RFC 3492, section 7.1.
test.each([
  ['他们为什么不说中文', 'ihqwcrb4cv8a8dqg056pqjye'],
  ['למההםפשוטלאמדבריםעברית', '4dbcagdahymbxekheh6e0a7fei0b'],
  ['почемужеонинеговорятпорусски', 'b1abfaaepdrnnbgefbadotcwatmq2g4l'],
  ['3年b組金八先生', '3b-ww4c5e180e575a65lsy2b'],
  ['-> $1.00 <-', '-> $1.00 <--'],
  ['bücher', 'bcher-kva'],
])('%s is %s', (text, punycode) => {
  expect(encodePunycode(text)).toBe(punycode);
  expect(decodePunycode(punycode)).toBe(text);
});

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab-9üßя中가😀\u{10ffff}') }), (text) => {
      expect(decodePunycode(encodePunycode(text))).toBe(text);
    }),
  );
});

test.each(['x', 'ü', 'a-9', '9'.repeat(200), '99999a'])('%j is no Punycode', (text) => {
  expect(decodePunycode(text)).toBeUndefined();
});
