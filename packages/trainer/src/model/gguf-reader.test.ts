import { readFileSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { expandBlockTensor } from './formats/index.js';
import { openGguf } from './gguf-reader.js';
import { writeGguf } from './gguf-writer.js';

/** A file written by the `gguf` package of PyPI, and what that package reads from it: bench/reference/gguf-formats.py. */
const referencePath = fileURLToPath(new URL('../../test/fixtures/reference.gguf', import.meta.url));
const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/reference-gguf.json', import.meta.url), 'utf8'),
) as { tensors: Record<string, { format: string; shape: number[]; values: string }> };

describe('openGguf', () => {
  const folder = useTemporaryFolder();

  it('reads metadata of every kind', async () => {
    const { metadata } = await openGguf(referencePath);
    expect(metadata).toMatchObject({
      'general.architecture': 'llama',
      'test.text': 'naïve 🦙\nline',
      'test.yes': true,
      'test.negative': -7,
      'test.large': 4_000_000_000,
      'test.fraction': Math.fround(0.1),
      'test.words': ['', 'ab', '日本'],
      'test.numbers': [1, -2, 3],
    });
  });

  it.each(Object.entries(reference.tensors))('expands %s to the same bits', async (name, expected) => {
    const file = await openGguf(referencePath);
    const { shape, data } = await file.readTensor(name);
    expect(file.tensors.get(name)).toMatchObject({ format: expected.format, shape: expected.shape });
    expect(shape).toEqual(expected.shape);
    const bytes = Buffer.from(expected.values, 'base64');
    const values = Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(data).toEqual(values);
  });

  it('names a tensor that is missing', async () => {
    const file = await openGguf(referencePath);
    await expect(file.readTensor('blk.0.attn_q.weight')).rejects.toMatchObject({
      code: 'gguf/missing-tensor',
      message: expect.stringContaining('blk.0.attn_q.weight'),
    });
  });

  it('names a tensor whose data is cut off', async () => {
    const bytes = await readFile(referencePath);
    const path = join(folder(), 'cut.gguf');
    await writeFile(path, bytes.subarray(0, bytes.length - 300));
    await expect(openGguf(path)).rejects.toMatchObject({
      code: 'gguf/truncated',
      message: expect.stringContaining('Q4_1.random'),
      location: { file: path },
    });
  });

  it('names a tensor whose data was cut off after the file was opened', async () => {
    const path = join(folder(), 'shrinking.gguf');
    await writeFile(path, await readFile(referencePath));
    const file = await openGguf(path);
    await truncate(path, 3000);
    await expect(file.readTensor('F32.weight')).resolves.toBeDefined();
    await expect(file.readTensor('Q8_0.random')).rejects.toMatchObject({
      code: 'gguf/truncated',
      message: expect.stringContaining('Q8_0.random'),
    });
  });

  it.each([
    ['cut inside its tensor list', 'gguf/truncated', (bytes: Buffer) => bytes.subarray(0, 700)],
    ['cut inside its metadata', 'gguf/truncated', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['empty', 'gguf/unreadable', () => Buffer.alloc(0)],
    ['no GGUF at all', 'gguf/unreadable', () => Buffer.from('<!doctype html><title>404</title>'.repeat(50))],
  ])('refuses a file that is %s', async (_what, code, damage) => {
    const path = join(folder(), 'damaged.gguf');
    await writeFile(path, damage(await readFile(referencePath)));
    await expect(openGguf(path)).rejects.toMatchObject({ code, location: { file: path } });
  });

  it('refuses a file that does not exist, with its path', async () => {
    const path = join(folder(), 'nowhere.gguf');
    await expect(openGguf(path)).rejects.toMatchObject({ code: 'gguf/unreadable', location: { file: path } });
  });

  /** The reference file with the type of `Q8_0.weight` changed: it stands after the name and two dimensions. */
  async function withType(typeId: number): Promise<string> {
    const bytes = await readFile(referencePath);
    const at = bytes.indexOf('Q8_0.weight') + 'Q8_0.weight'.length + 4 + 16;
    expect(bytes.readUInt32LE(at)).toBe(8);
    bytes.writeUInt32LE(typeId, at);
    const path = join(folder(), 'changed.gguf');
    await writeFile(path, bytes);
    return path;
  }

  it.each([
    // 10 is Q2_K; 12 is Q4_K, whose blocks are longer than a row of this tensor.
    ['a format it does not know', 10, 'gguf/unsupported-format'],
    ['rows that do not fill whole blocks', 12, 'gguf/unreadable'],
  ])('refuses %s, naming the tensor', async (_what, typeId, code) => {
    const path = await withType(typeId);
    await expect(openGguf(path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('Q8_0.weight'),
      location: { file: path },
    });
  });

  it('gives quantised tensors as blocks of the same values, and others not', async () => {
    const file = await openGguf(referencePath);
    for (const [name, { format, shape }] of file.tensors) {
      const blocks = await file.readBlocks(name);
      expect(blocks !== null, name).toBe(format.startsWith('Q'));
      if (blocks === null) continue;
      expect(blocks.shape).toEqual(shape);
      expect(expandBlockTensor(blocks)).toEqual((await file.readTensor(name)).data);
    }
  });

  it('gives a tensor as it is encoded', async () => {
    const file = await openGguf(referencePath);
    const { data } = await file.readTensor('F32.weight');
    expect(await file.readEncoded('F32.weight')).toEqual(Buffer.from(data.buffer));
  });

  it('keeps the byte order mark that a text begins with', async () => {
    const path = join(folder(), 'marks.gguf');
    const words = ['\ufeffusing', 'using', '\ufeff', ''];
    await writeGguf(path, { 'test.words': { type: 'string[]', value: words } }, []);
    expect((await openGguf(path)).metadata['test.words']).toEqual(words);
  });

  it('finds a header that is longer than what is read first', async () => {
    const path = join(folder(), 'long.gguf');
    const words = Array.from({ length: 300_000 }, (_, index) => `word ${index}`);
    const tensor = { name: 'x', format: 'F32' as const, shape: [2], data: new Uint8Array(8).fill(63) };
    await writeGguf(path, { 'test.words': { type: 'string[]', value: words } }, [tensor]);
    const file = await openGguf(path);
    expect(file.metadata['test.words']).toEqual(words);
    expect((await file.readTensor('x')).data).toEqual(
      new Float32Array(Uint8Array.of(63, 63, 63, 63, 63, 63, 63, 63).buffer),
    );
  });
});
