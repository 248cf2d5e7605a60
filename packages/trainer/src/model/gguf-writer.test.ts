import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { arrayBytes } from '../array-bytes.js';
import { openGguf } from './gguf-reader.js';
import { type GgufTensorToWrite, type GgufValue, writeGguf } from './gguf-writer.js';
import { type TensorFormat, tensorBytes, tensorFormats } from './tensor-format.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const metadataValue: fc.Arbitrary<GgufValue> = fc.oneof(
  fc.record({ type: fc.constant('uint32' as const), value: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
  fc.record({ type: fc.constant('int32' as const), value: int32 }),
  fc.record({ type: fc.constant('float32' as const), value: float32 }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('string' as const), value: text }),
  fc.record({ type: fc.constant('string[]' as const), value: fc.array(text, { maxLength: 5 }) }),
  fc.record({ type: fc.constant('int32[]' as const), value: fc.array(int32, { maxLength: 5 }) }),
  fc.record({ type: fc.constant('float32[]' as const), value: fc.array(float32, { maxLength: 5 }) }),
);
const metadata = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}(\.[a-z_]{1,8}){1,2}$/), metadataValue, { maxKeys: 8 });
const tensor = fc
  .record({
    format: fc.constantFrom(...(Object.keys(tensorFormats) as TensorFormat[])),
    rows: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    columns: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ format, rows, columns, seed }) => {
    const shape = [...rows, columns * tensorFormats[format].blockValues];
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Uint8Array.from({ length: tensorBytes(format, count) }, (_, at) => (seed + at * 7) & 0x3b);
    return { format, shape, data };
  });

describe('writeGguf', () => {
  const folder = useTemporaryFolder();

  it('writes what openGguf reads: any metadata, any tensors', async () => {
    const path = join(folder(), 'any.gguf');
    await fc.assert(
      fc.asyncProperty(metadata, fc.array(tensor, { maxLength: 4 }), async (values, unnamed) => {
        const tensors = unnamed.map((tensor, index) => ({ name: `tensor.${index}`, ...tensor }));
        await writeGguf(path, values, tensors);
        const file = await openGguf(path);
        for (const [key, { value }] of Object.entries(values)) expect(file.metadata[key]).toEqual(value);
        expect([...file.tensors.keys()]).toEqual(tensors.map(({ name }) => name));
        const bytes = await readFile(path);
        for (const { name, format, shape, data } of tensors) {
          const info = file.tensors.get(name)!;
          expect(info).toMatchObject({ format, shape });
          expect(info.offset % 32).toBe(0);
          expect(Uint8Array.from(bytes.subarray(info.offset, info.offset + data.length))).toEqual(data);
          expect((await file.readTensor(name)).shape).toEqual(shape);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives float32 values back to the bit', async () => {
    const path = join(folder(), 'floats.gguf');
    const values = Float32Array.of(0, -0, 1e-45, -3.4e38, Math.PI, Number.POSITIVE_INFINITY);
    await writeGguf(path, {}, [{ name: 'x', format: 'F32', shape: [2, 3], data: arrayBytes(values) }]);
    const { shape, data } = await (await openGguf(path)).readTensor('x');
    expect(shape).toEqual([2, 3]);
    expect(arrayBytes(data)).toEqual(arrayBytes(values));
  });

  it('asks for the data of each tensor in turn, and writes the same bytes', async () => {
    const order: string[] = [];
    const make = (lazy: boolean): GgufTensorToWrite[] =>
      ['a', 'b'].map((name, index) => {
        const data = arrayBytes(Float32Array.of(index, 2));
        const later = async () => {
          order.push(name);
          return data;
        };
        return { name, format: 'F32', shape: [2], data: lazy ? later : data };
      });
    const [eager, lazy] = [join(folder(), 'eager.gguf'), join(folder(), 'lazy.gguf')];
    await writeGguf(eager, { 'general.name': { type: 'string', value: 'x' } }, make(false));
    await writeGguf(lazy, { 'general.name': { type: 'string', value: 'x' } }, make(true));
    expect(order).toEqual(['a', 'b']);
    expect(await readFile(lazy)).toEqual(await readFile(eager));
  });

  it('refuses data of the wrong length, naming the tensor', async () => {
    const tensors = [{ name: 'short', format: 'F32' as const, shape: [3], data: new Uint8Array(8) }];
    await expect(writeGguf(join(folder(), 'short.gguf'), {}, tensors)).rejects.toThrow(/short: 8 bytes where 12/);
  });

  it('refuses values that do not fill whole blocks', async () => {
    const tensors = [{ name: 'odd', format: 'Q8_0' as const, shape: [33], data: new Uint8Array(34) }];
    await expect(writeGguf(join(folder(), 'odd.gguf'), {}, tensors)).rejects.toMatchObject({ code: 'gguf/bad-length' });
  });
});
