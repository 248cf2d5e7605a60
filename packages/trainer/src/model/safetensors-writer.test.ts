import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { arrayBytes } from '../array-bytes.js';
import { quantize } from './quantize.js';
import { encodeSafetensors, readSafetensors } from './safetensors.js';
import { type SafetensorsTensorToWrite, writeSafetensors } from './safetensors-writer.js';

describe('writeSafetensors', () => {
  const folder = useTemporaryFolder();
  const values = Float32Array.of(1, -2.5, 0.125, 65_504, 0, 3);
  const tensor = (name: string, data: () => Promise<Uint8Array>): SafetensorsTensorToWrite => {
    return { name, format: 'F32', shape: [2, 3], data };
  };

  it('writes what is written at once, asking for one tensor after another', async () => {
    const path = join(folder(), 'lazy.safetensors');
    const asked: string[] = [];
    const lazy = ['a', 'b'].map((name) =>
      tensor(name, async () => {
        asked.push(name);
        return arrayBytes(values);
      }),
    );
    await writeSafetensors(path, lazy, { format: 'pt' });
    expect(asked).toEqual(['a', 'b']);
    const atOnce = encodeSafetensors(
      ['a', 'b'].map((name) => ({ name, shape: [2, 3], data: values })),
      { format: 'pt' },
    );
    expect((await readFile(path)).equals(atOnce)).toBe(true);
  });

  it.each(['F16', 'BF16'] as const)('writes %s, which is read back', async (format) => {
    const path = join(folder(), `${format}.safetensors`);
    // Powers of two and their like are in every format.
    const exact = Float32Array.of(1, -2.5, 0.125, 256);
    await writeSafetensors(path, [{ name: 'x', format, shape: [4], data: async () => quantize(format, exact) }], {});
    const { tensors } = await readSafetensors(path);
    expect(tensors.get('x')).toEqual({ name: 'x', shape: [4], data: exact });
  });

  it('refuses data of the wrong length, naming the tensor', async () => {
    const short = tensor('short', async () => new Uint8Array(8));
    const writing = writeSafetensors(join(folder(), 'short.safetensors'), [short], {});
    await expect(writing).rejects.toThrow(/short: 8 bytes where 24/);
  });
});
