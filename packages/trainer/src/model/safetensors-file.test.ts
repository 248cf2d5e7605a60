import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { dequantize } from './dequantize.js';
import { quantize } from './quantize.js';
import { openSafetensors } from './safetensors-file.js';
import type { FloatFormat } from './tensor-format.js';

describe('openSafetensors', () => {
  const folder = useTemporaryFolder();

  /** A file of one tensor, whose description may be changed. */
  async function write(format: FloatFormat, values: number[], change: Record<string, unknown> = {}): Promise<string> {
    const data = quantize(format, Float32Array.from(values));
    const entry = { dtype: format, shape: [values.length], data_offsets: [0, data.length], ...change };
    const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, x: entry }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const path = join(folder(), 'x.safetensors');
    await writeFile(path, Buffer.concat([length, header, data]));
    return path;
  }

  it.each<FloatFormat>(['F32', 'F16', 'BF16'])('reads tensors of %s', async (format) => {
    const values = [1, -0.5, 0.0078125, -96];
    const file = await openSafetensors(await write(format, values, { shape: [2, 2] }));
    expect([...file.tensors.keys()]).toEqual(['x']);
    expect(file.tensors.get('x')).toMatchObject({ format, shape: [2, 2] });
    expect([...dequantize(format, await file.readEncoded('x'), 4)]).toEqual(values);
    await expect(file.readEncoded('y')).rejects.toMatchObject({ code: 'safetensors/missing-tensor' });
  });

  it('notices a file that was cut off after it was opened', async () => {
    const path = await write('F32', [1, 2, 3]);
    const file = await openSafetensors(path);
    await truncate(path, 100);
    await expect(file.readEncoded('x')).rejects.toMatchObject({
      code: 'safetensors/truncated',
      location: { file: path },
    });
  });

  it.each([
    ['a size that contradicts the shape', { shape: [5] }],
    ['a negative size', { shape: [-2] }],
    ['an end before the start', { data_offsets: [8, 0] }],
    ['no offsets', { data_offsets: null }],
  ])('refuses %s', async (_what, change) => {
    const path = await write('F32', [1, 2], change);
    await expect(openSafetensors(path)).rejects.toMatchObject({
      code: 'safetensors/unreadable',
      location: { file: path },
    });
  });
});
