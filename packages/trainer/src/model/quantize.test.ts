import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomWords } from '../../test/reference-random.js';
import { dequantize } from './dequantize.js';
import { quantize, type WritableFormat } from './quantize.js';

/** What the `gguf` package of PyPI makes of the same values: bench/reference/gguf-blocks.py. */
const { quantised: reference } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/gguf-blocks.json', import.meta.url), 'utf8'),
) as {
  quantised: {
    values: string;
    manyValues: number;
    formats: Record<WritableFormat, { bytes: string; manySha256: string }>;
  };
};

const hardValues = new Float32Array(Uint8Array.from(Buffer.from(reference.values, 'base64')).buffer);

/** Blocks of 32 values whose magnitudes are far apart. */
function manyValues(): Float32Array {
  const powers = randomWords(reference.manyValues / 32, 8);
  const words = new Int32Array(randomWords(reference.manyValues, 7).buffer);
  return Float32Array.from(words, (word, index) => (word / 2 ** 31) * 2 ** ((powers[index >>> 5]! % 24) - 16));
}

const formats = Object.entries(reference.formats) as [WritableFormat, { bytes: string; manySha256: string }][];

describe('quantize', () => {
  it.each(formats)('writes %s as ggml does: zeros, outliers, ties, subnormal scales', (format, { bytes }) => {
    expect(Buffer.from(quantize(format, hardValues)).toString('hex')).toBe(
      Buffer.from(bytes, 'base64').toString('hex'),
    );
  });

  it.each(formats)('writes 262,144 random values as %s as ggml does', (format, { manySha256 }) => {
    const written = quantize(format, manyValues());
    expect(createHash('sha256').update(written).digest('hex')).toBe(manySha256);
  });

  it('keeps float32 as it is', () => {
    expect(dequantize('F32', quantize('F32', hardValues), hardValues.length)).toEqual(hardValues);
  });

  it.each<[WritableFormat, number]>([
    ['F32', Number.NaN],
    ['F16', 70_000],
    ['BF16', 3.4e38],
    ['Q8_0', Number.NaN],
    ['Q8_0', -1e7],
    ['Q4_0', Number.NaN],
    ['Q4_0', Number.POSITIVE_INFINITY],
    ['Q4_1', Number.NaN],
    ['Q4_1', 1e6],
  ])('refuses to write as %s what it cannot hold: %s', (format, value) => {
    const values = new Float32Array(32).fill(1);
    values[5] = value;
    expect(() => quantize(format, values)).toThrow(
      expect.objectContaining({ code: 'gguf/not-finite', message: expect.stringContaining(format) }),
    );
  });

  it('refuses values that do not fill whole blocks', () => {
    expect(() => quantize('Q8_0', new Float32Array(33))).toThrow(expect.objectContaining({ code: 'gguf/bad-length' }));
  });
});
