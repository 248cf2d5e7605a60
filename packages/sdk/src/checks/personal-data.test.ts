import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ibanDigits, isIban, isLuhn, luhnDigit } from './checksums.js';
import { findPersonalData, type PersonalDataKind } from './personal-data.js';

const found = (text: string) => findPersonalData(text).map(({ kind, text: value }) => `${kind} ${value}`);

describe('findPersonalData', () => {
  it.each<[PersonalDataKind, string, string]>([
    ['email', 'jane.doe+news@mail.acme.co.uk', 'write to <jane.doe+news@mail.acme.co.uk>, please'],
    ['email', 'Jürgen@müller.de', 'Jürgen@müller.de wrote'],
    ['phone', '+49 30 901820', 'ring +49 30 901820 tomorrow'],
    ['phone', '(212) 736-5000', 'call (212) 736-5000'],
    ['phone', '212-736-5000', 'it is 212-736-5000.'],
    ['phone', '1-800-275-2273', 'or 1-800-275-2273'],
    ['phone', '020 7219 3000', 'the number 020 7219 3000'],
    ['phone', '2127365000', 'my mobile is 2127365000'],
    ['card', '4539 1488 0343 6467', 'pay with 4539 1488 0343 6467'],
    ['card', '4539148803436467', '{"card":"4539148803436467"}'],
    ['iban', 'DE89 3704 0044 0532 0130 00', 'to DE89 3704 0044 0532 0130 00 please'],
    ['iban', 'GB82WEST12345698765432', 'from GB82WEST12345698765432.'],
    ['ip', '8.8.4.4', 'ping 8.8.4.4'],
    ['ip', '2a00:1450:4001:81b::200e', 'ping 2a00:1450:4001:81b::200e'],
    ['secret', 'AKIAIOSFODNN7ABCDEFG', 'key AKIAIOSFODNN7ABCDEFG'],
    ['secret', 'hunter2024', 'my password is hunter2024'],
    ['secret', 'a1b2c3d4e5f6', 'api_key: "a1b2c3d4e5f6"'],
  ])('finds %s: %s', (kind, value, text) => expect(found(text)).toEqual([`${kind} ${value}`]));

  it.each([
    'me@example.com and you@host.example',
    'call 212-555-0142',
    'on 2025-05-16 at 19:30, or 16.05.2025',
    'order 12345678 for 1,250,000 dollars',
    'card 4242 4242 4242 4242, or 1234 5678 9012 3456',
    'at 192.168.0.1, 10.0.0.1 and 203.0.113.9; version 1.2.3.4',
    'DE89 3704 0044 0532 0130 01',
    'the password is wonderful, the token is long',
    'play track 7 at 33.5 rpm in 1984',
    'AKIAIOSFODNN7EXAMPLE',
    '12:30:45 and a::b',
    'sk_live_ew82ol1xkdy4zEXAMPLE',
    'a room of 3 x 4 x 2.5 metres for 2 000 000',
  ])('finds nothing in: %s', (text) => expect(found(text)).toEqual([]));

  it('finds cards and IBANs wherever their check digits are right, and only there', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`));
    fc.assert(
      fc.property(digits(14), digits(18), fc.nat(8), (card, account, shift) => {
        const number = `4${card}`;
        const right = number + luhnDigit(number);
        const wrong = number + ((Number(luhnDigit(number)) + 1 + shift) % 10);
        expect([isLuhn(right), isLuhn(wrong)]).toEqual([true, false]);
        expect(found(`pay with ${right} now`)).toEqual([`card ${right}`]);
        expect(found(`pay with ${wrong} now`)).toEqual([]);
        const iban = `DE${ibanDigits('DE', account)}${account}`;
        expect(isIban(iban)).toBe(true);
        expect(found(`to ${iban}`)).toEqual([`iban ${iban}`]);
        expect(isIban(`DE${String(2 + ((Number(iban.slice(2, 4)) + shift) % 97)).padStart(2, '0')}${account}`)).toBe(
          (2 + ((Number(iban.slice(2, 4)) + shift) % 97)) % 97 === Number(iban.slice(2, 4)) % 97,
        );
      }),
    );
  });

  it('gives places that hold what it says, in order and apart', () => {
    const piece = fc.constantFrom(
      'bob@mail.org',
      '+49 30 901820',
      ' and ',
      '8.8.8.8',
      'hello',
      ', ',
      '4539148803436467',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end, text: value } of findPersonalData(text)) {
          expect(text.slice(start, end)).toBe(value);
          expect(start).toBeGreaterThanOrEqual(last);
          last = end;
        }
      }),
    );
  });
});
