import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './half-float.js';

/** What numpy makes of the same: bench/reference/gguf-formats.py. */
const reference = JSON.parse(readFileSync(new URL('../../test/fixtures/half-float.json', import.meta.url), 'utf8')) as {
  everyFloatSha256: string;
  floats: string;
  bits: number[];
};

const isNaNPattern = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

describe('half-precision floats', () => {
  it('gives back every one of the 65,536 bit patterns', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      if (isNaNPattern(bits)) {
        expect(fromHalf(bits)).toBeNaN();
        expect(isNaNPattern(toHalf(fromHalf(bits)))).toBe(true);
      } else if (toHalf(fromHalf(bits)) !== bits) {
        expect.fail(`0x${bits.toString(16)} became 0x${toHalf(fromHalf(bits)).toString(16)}`);
      }
    }
  });

  it('decodes every bit pattern as numpy does', () => {
    const values = Float32Array.from({ length: 65_536 }, (_, bits) => (isNaNPattern(bits) ? 0 : fromHalf(bits)));
    expect(createHash('sha256').update(Buffer.from(values.buffer)).digest('hex')).toBe(reference.everyFloatSha256);
  });

  it('rounds as numpy does: ties to even, subnormals, overflow', () => {
    const bytes = Buffer.from(reference.floats, 'base64');
    reference.bits.forEach((bits, index) => {
      const value = bytes.readFloatLE(index * 4);
      expect(toHalf(value), `${value}`).toBe(bits);
    });
  });
});
