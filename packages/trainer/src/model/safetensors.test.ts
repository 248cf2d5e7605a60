import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { encodeSafetensors, readSafetensors } from './safetensors.js';

describe('safetensors', () => {
  const folder = useTemporaryFolder();

  it('gives back any tensors and metadata', async () => {
    const path = join(folder(), 'any.safetensors');
    const values = fc.array(fc.float({ noNaN: true }), { maxLength: 12 });
    const texts = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 4 }), texts, async (lists, metadata) => {
        const tensors = lists.map((list, index) => ({
          name: `tensor ${index} "é"`,
          shape: [list.length, 1],
          data: Float32Array.from(list),
        }));
        await writeFile(path, encodeSafetensors(tensors, metadata));
        const read = await readSafetensors(path);
        expect(read.metadata).toEqual(metadata);
        expect([...read.tensors.values()]).toEqual(tensors);
      }),
      { numRuns: 60 },
    );
  });

  it('reads what the safetensors library of Python wrote', async () => {
    const path = fileURLToPath(new URL('../../test/fixtures/tiny-llama/reference.safetensors', import.meta.url));
    const { metadata, tensors } = await readSafetensors(path);
    expect(JSON.parse(metadata.gguf!)).toMatchObject({ 'general.architecture': 'llama', 'llama.embedding_length': 24 });
    expect(tensors.get('logits')!.shape).toEqual([15, 61]);
    expect(tensors.get('logits')!.data).toHaveLength(15 * 61);
  });

  it('aligns the data to eight bytes, as the format asks', () => {
    const bytes = encodeSafetensors([{ name: 'x', shape: [1], data: Float32Array.of(1) }], { odd: 'length?' });
    expect(Number(Buffer.from(bytes).readBigUInt64LE(0)) % 8).toBe(0);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    ['no safetensors', () => Buffer.from('{"not": "safetensors"}')],
    ['of another type', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"F32"', '"F16"'), 'latin1')],
  ])('refuses a file that is %s', async (_what, damage) => {
    const path = join(folder(), 'damaged.safetensors');
    const bytes = Buffer.from(encodeSafetensors([{ name: 'x', shape: [2], data: Float32Array.of(1, 2) }]));
    await writeFile(path, damage(bytes));
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'safetensors/unreadable',
      location: { file: path },
    });
  });
});
