import { describe, expect, it } from 'vitest';
import { parseGgufHeader } from './gguf-header.js';

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const uint64 = (value: bigint | number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string) => Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
const start = (version: number, tensors: number, values: number) =>
  Buffer.concat([Buffer.from('GGUF'), uint32(version), uint64(tensors), uint64(values)]);
const entry = (key: string, type: number, ...value: Buffer[]) => Buffer.concat([text(key), uint32(type), ...value]);

const bytes = Buffer.concat([
  start(3, 1, 5),
  entry('small', 10, uint64(7)),
  entry('huge', 10, uint64(2n ** 60n + 1n)),
  entry('double', 12, Buffer.from(Float64Array.of(0.1).buffer)),
  entry('general.alignment', 4, uint32(64)),
  entry('bytes', 9, uint32(0), uint64(3), Buffer.of(1, 2, 255)),
  Buffer.concat([text('w'), uint32(2), uint64(4), uint64(3), uint32(0), uint64(128)]),
]);

describe('parseGgufHeader', () => {
  it('reads every kind of value, and where tensors are', () => {
    const header = parseGgufHeader(bytes, 'x.gguf')!;
    expect(header.metadata).toEqual({
      ...{ small: 7, huge: 2n ** 60n + 1n, double: 0.1, 'general.alignment': 64, bytes: [1, 2, 255] },
    });
    expect(header.tensors).toEqual([{ name: 'w', dimensions: [4, 3], typeId: 0, offset: 128 }]);
    expect(header.dataOffset).toBe(Math.ceil(bytes.length / 64) * 64);
  });

  it('gives each value as it is encoded, type first', () => {
    const { encodedMetadata } = parseGgufHeader(bytes, 'x.gguf')!;
    expect(Buffer.from(encodedMetadata.get('small')!)).toEqual(Buffer.concat([uint32(10), uint64(7)]));
    expect([...encodedMetadata.get('bytes')!].slice(-3)).toEqual([1, 2, 255]);
  });

  it('says that it needs more, wherever the bytes end', () => {
    for (let length = 4; length < bytes.length; length++) {
      expect(parseGgufHeader(bytes.subarray(0, length), 'x.gguf'), `${length} bytes`).toBeUndefined();
    }
  });

  it.each([
    ['another file', Buffer.from('PK\u0003\u0004 and more'), /does not begin with "GGUF"/],
    ['version 1', start(1, 0, 0), /version is 1/],
    ['a file for a big-endian machine', start(0x03000000, 0, 0), /version is 50331648/],
    ['an array of arrays', Buffer.concat([start(3, 0, 1), entry('a', 9, uint32(9), uint64(1))]), /array of arrays/],
    ['a type that is none', Buffer.concat([start(3, 0, 1), entry('a', 13)]), /type 13/],
    ['no alignment', Buffer.concat([start(3, 0, 1), entry('general.alignment', 4, uint32(0))]), /alignment is 0/],
  ])('refuses %s, naming the file', (_what, damaged, message) => {
    expect(() => parseGgufHeader(damaged, 'x.gguf')).toThrow(
      expect.objectContaining({
        code: 'gguf/unreadable',
        message: expect.stringMatching(message),
        location: { file: 'x.gguf' },
      }),
    );
  });
});
