import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { openGguf } from '../model/gguf-reader.js';
import { writeGguf } from '../model/gguf-writer.js';
import { quantize } from '../model/quantize.js';
import { requantizeModel } from './requantize-model.js';

const folder = useTemporaryFolder();
const random = createRandom(1);
const values = (count: number) => Float32Array.from({ length: count }, () => random.normal());

describe('requantizeModel', () => {
  it('writes slow matrices as Q8_0, near to what they were, and copies the rest', async () => {
    const model = join(folder(), 'model.gguf');
    const output = join(folder(), 'copy.gguf');
    const half = quantize('F16', values(64));
    await writeGguf(model, { 'general.name': { type: 'string', value: 'a model' } }, [
      { name: 'a.weight', format: 'Q4_1', shape: [4, 64], data: quantize('Q4_1', values(256)) },
      { name: 'b.weight', format: 'Q4_0', shape: [4, 64], data: quantize('Q4_0', values(256)) },
      { name: 'norm.weight', format: 'F16', shape: [64], data: half },
    ]);
    expect(await requantizeModel({ model, output })).toEqual({ tensors: 3, changed: 1 });
    const [before, after] = [await openGguf(model), await openGguf(output)];
    expect([...after.tensors.values()].map(({ name, format }) => [name, format])).toEqual([
      ['a.weight', 'Q8_0'],
      ['b.weight', 'Q4_0'],
      ['norm.weight', 'F16'],
    ]);
    expect(after.metadata['general.name']).toBe('a model');
    for (const name of ['b.weight', 'norm.weight'])
      expect(await after.readEncoded(name)).toEqual(await before.readEncoded(name));
    const old = (await before.readTensor('a.weight')).data;
    const now = (await after.readTensor('a.weight')).data;
    for (let block = 0; block < old.length; block += 32) {
      const largest = Math.max(...old.slice(block, block + 32).map(Math.abs));
      for (let index = block; index < block + 32; index++)
        expect(Math.abs(now[index]! - old[index]!)).toBeLessThanOrEqual(largest / 253);
    }
  });

  it('writes nothing where nothing is slow', async () => {
    const model = join(folder(), 'fast.gguf');
    const output = join(folder(), 'none.gguf');
    await writeGguf(model, {}, [
      { name: 'a.weight', format: 'Q4_0', shape: [1, 32], data: quantize('Q4_0', values(32)) },
    ]);
    expect(await requantizeModel({ model, output })).toEqual({ tensors: 1, changed: 0 });
    await expect(stat(output)).rejects.toThrow();
  });

  it('keeps the old copy when it is stopped', async () => {
    const model = join(folder(), 'stopped.gguf');
    const output = join(folder(), 'old.gguf');
    await writeGguf(model, {}, [
      { name: 'a.weight', format: 'Q4_1', shape: [1, 32], data: quantize('Q4_1', values(32)) },
    ]);
    await writeFile(output, 'old');
    await expect(requantizeModel({ model, output, signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await readFile(output, 'utf8')).toBe('old');
  });
});
