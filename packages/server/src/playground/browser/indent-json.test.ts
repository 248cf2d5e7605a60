import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indentJson } from './indent-json.js';

it('is laid out as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const written = JSON.stringify(value);
      expect(indentJson(written)).toBe(JSON.stringify(JSON.parse(written), null, 2));
    }),
  );
});

it('keeps what is written of a value that is not whole yet', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, end) => {
      const written = JSON.stringify(value);
      const part = written.slice(0, end % (written.length + 1));
      expect(indentJson(part).replace(/\s/g, '')).toBe(part.replace(/\s/g, ''));
    }),
  );
});

it('leaves numbers as they are written', () => {
  expect(indentJson('{"id":12345678901234567890,"price":1.50}')).toBe(
    '{\n  "id": 12345678901234567890,\n  "price": 1.50\n}',
  );
});
