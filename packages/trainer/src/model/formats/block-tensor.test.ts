import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomWords } from '../../../test/reference-random.js';
import { dequantize } from '../dequantize.js';
import { type BlockTensorFormat, tensorFormats } from '../tensor-format.js';
import { expandBlockTensor, unpackBlockTensor } from './index.js';

interface Reference {
  seed: number;
  blocks: string;
  values: string;
  manyBlocks: number;
  manySha256: string;
}

/** What the `gguf` package of PyPI makes of the same blocks: bench/reference/gguf-blocks.py. */
const { dequantised } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/gguf-blocks.json', import.meta.url), 'utf8'),
) as { dequantised: Record<BlockTensorFormat, Reference> };

const references = Object.entries(dequantised) as [BlockTensorFormat, Reference][];

/** Where in a block its half-precision floats stand. */
const halves: Readonly<Record<BlockTensorFormat, readonly number[]>> = {
  ...{ Q4_0: [0], Q4_1: [0, 2], Q5_0: [0], Q5_1: [0, 2], Q8_0: [0], Q4_K: [0, 2], Q5_K: [0, 2], Q6_K: [208] },
};

/** Every bit pattern that a block may hold, but for scales that are not finite. */
function randomBlocks(format: BlockTensorFormat, count: number, seed: number): Uint8Array {
  const { blockBytes } = tensorFormats[format];
  const data = Uint8Array.from(randomWords(count * blockBytes, seed), (word) => word >>> 24);
  for (let at = 0; at < data.length; at += blockBytes) for (const half of halves[format]) data[at + half + 1]! &= 0xfb;
  return data;
}

const floats = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
const sha256 = (values: Float32Array) => createHash('sha256').update(Buffer.from(values.buffer)).digest('hex');

describe.each(references)('%s', (format, reference) => {
  const { blockValues } = tensorFormats[format];

  it("becomes ggml's very values", () => {
    const values = floats(reference.values);
    expect(dequantize(format, bytes(reference.blocks), values.length)).toEqual(values);
  });

  it('does so for 4,096 random blocks', () => {
    const data = randomBlocks(format, reference.manyBlocks, reference.seed);
    expect(sha256(dequantize(format, data, reference.manyBlocks * blockValues))).toBe(reference.manySha256);
  });

  it('unpacks to codes and scales that give the same values, bit for bit', () => {
    const data = randomBlocks(format, reference.manyBlocks, reference.seed);
    const shape = [reference.manyBlocks / 4, 4 * blockValues];
    const tensor = unpackBlockTensor(format, data, shape);
    expect(sha256(expandBlockTensor(tensor))).toBe(reference.manySha256);
    expect(tensor.shape).toEqual(shape);
    expect(tensor.scales).toHaveLength((shape[0]! * shape[1]!) / tensor.blockSize);
    expect(tensor.minimums?.length ?? tensor.scales.length).toBe(tensor.scales.length);
    expect(tensor.values).toHaveLength((shape[0]! * shape[1]! * tensor.bits) / 8);
  });

  it('refuses another number of bytes', () => {
    expect(() => unpackBlockTensor(format, new Uint8Array(3), [blockValues])).toThrow(RangeError);
    expect(() => dequantize(format, new Uint8Array(3), blockValues)).toThrow(RangeError);
  });
});

describe('unpackBlockTensor', () => {
  it('packs two codes a byte, the first in the low half, as ONNX does: Q4_0 by hand', () => {
    // Scale 0.5; values 0 to 15 of the block are codes 0 to 15, values 16 to 31 codes 15 to 0.
    const block = Uint8Array.from([0x00, 0x38, ...Array.from({ length: 16 }, (_, j) => j | ((15 - j) << 4))]);
    const { values, bits, signed, scales, blockSize } = unpackBlockTensor('Q4_0', block, [1, 32]);
    expect({ bits, signed, blockSize, scales: [...scales] }).toEqual({
      ...{ bits: 4, signed: true, blockSize: 32, scales: [0.5] },
    });
    // Codes 0 and 1 mean -8 and -7: 8 and 9 in two's complement of four bits.
    expect([...values.subarray(0, 8)]).toEqual([0x98, 0xba, 0xdc, 0xfe, 0x10, 0x32, 0x54, 0x76]);
    expect([...values.subarray(8)]).toEqual([0x67, 0x45, 0x23, 0x01, 0xef, 0xcd, 0xab, 0x89]);
  });

  it.each<[BlockTensorFormat, { bits: 4 | 8; signed: boolean; blockSize: 16 | 32; minimums: boolean }]>([
    ['Q4_0', { bits: 4, signed: true, blockSize: 32, minimums: false }],
    ['Q4_1', { bits: 4, signed: false, blockSize: 32, minimums: true }],
    ['Q5_0', { bits: 8, signed: true, blockSize: 32, minimums: false }],
    ['Q5_1', { bits: 8, signed: false, blockSize: 32, minimums: true }],
    ['Q8_0', { bits: 8, signed: true, blockSize: 32, minimums: false }],
    ['Q4_K', { bits: 4, signed: false, blockSize: 32, minimums: true }],
    ['Q5_K', { bits: 8, signed: false, blockSize: 32, minimums: true }],
    ['Q6_K', { bits: 8, signed: true, blockSize: 16, minimums: false }],
  ])('keeps %s in the type that holds it', (format, expected) => {
    const { bits, signed, blockSize, minimums } = unpackBlockTensor(format, randomBlocks(format, 8, 1), [
      ...[2, 4 * tensorFormats[format].blockValues],
    ]);
    expect({ bits, signed, blockSize, minimums: minimums !== null }).toEqual(expected);
  });
});
