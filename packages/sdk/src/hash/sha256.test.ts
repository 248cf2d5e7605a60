import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256Hex } from './index.js';

it('is the SHA-256 of Node, for bytes and for text', () => {
  const data = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(data, (value) => {
      expect(sha256Hex(value)).toBe(createHash('sha256').update(value).digest('hex'));
    }),
  );
});
