import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TooltuneError } from '../errors/index.js';
import { sha256Hex } from '../hash/index.js';
import {
  fileSha256,
  isTemporaryFileOf,
  readDataset,
  readJsonFile,
  readToolset,
  replaceFile,
  writeFileAtomic,
} from './index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tooltune-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TooltuneError)) throw error ?? new Error('did not fail');
  return { code: error.code, message: error.message.replace(folder, '') };
}

describe('reading', () => {
  it('reads a toolset and a dataset that belong together', async () => {
    const toolset = await readToolset(await fileWith('tools.json', '\uFEFF[{"name":"stop"}]'));
    const data = await fileWith(
      'data.jsonl',
      '{"messages":[{"role":"user","content":"é"}],"calls":[{"name":"stop","arguments":{}}]}',
    );
    const examples = await readDataset(data, { toolset });
    expect(examples).toMatchObject([{ messages: [{ content: 'é' }, {}], location: { file: data, line: 1 } }]);
  });

  it('tells the line and column where a file stops being JSON', async () => {
    expect(await errorOf(readJsonFile(await fileWith('bad.json', '{\n  "a": 1,\n  b\n}')))).toEqual({
      code: 'file/not-json',
      message: '/bad.json:3: not JSON: expected a property name in double quotes, found "b" at column 3',
    });
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'a missing file',
      () => readToolset(join(folder, 'none.json')),
      'file/not-found',
      '/none.json: there is no such file',
    ],
    ['a folder', () => readDataset(folder), 'file/not-a-file', ': this is a folder'],
    ['a folder to hash', () => fileSha256(folder), 'file/not-a-file', ': this is a folder'],
    [
      'text that is not UTF-8',
      async () => readDataset(await fileWith('latin.jsonl', new Uint8Array([0x22, 0xe9, 0x22]))),
      'file/not-utf8',
      '/latin.jsonl: this is not UTF-8',
    ],
    [
      'a dataset without rows',
      async () => readDataset(await fileWith('empty.jsonl', '\n\n')),
      'dataset/empty',
      'holds no row',
    ],
    [
      'a toolset that is none',
      async () => readToolset(await fileWith('wrong.json', '[{"name":"a b"}]')),
      'toolset/invalid',
      '/wrong.json#/0/name: ',
    ],
  ])('refuses %s', async (_, action, code, message) => {
    const error = await errorOf(action());
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('hashes a file', async () => {
    const content = 'x'.repeat(200_000);
    expect(await fileSha256(await fileWith('large', content))).toBe(sha256Hex(content));
  });
});

describe('writeFileAtomic', () => {
  it('writes text and bytes, also over an older file', async () => {
    const path = join(folder, 'out.txt');
    await writeFileAtomic(path, 'older and longer');
    await writeFileAtomic(path, new TextEncoder().encode('new'));
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('leaves nothing behind when it cannot write', async () => {
    const place = join(folder, 'place');
    await mkdir(join(place, 'taken'), { recursive: true });
    await writeFile(join(place, 'taken', 'inside'), 'kept');
    expect((await errorOf(writeFileAtomic(join(place, 'taken'), 'x'))).code).toMatch(/^file\//);
    expect(await readdir(place)).toEqual(['taken']);
    expect(await errorOf(writeFileAtomic(join(place, 'none', 'file'), 'x'))).toEqual({
      code: 'file/not-found',
      message: '/place/none/file: the folder does not exist; make it first',
    });
  });

  it('keeps the older file when it cannot write', async () => {
    const place = join(folder, 'locked');
    await mkdir(place);
    await writeFile(join(place, 'file'), 'old');
    await expect(writeFileAtomic(join(place, 'file'), 3 as unknown as string)).rejects.toThrow(TooltuneError);
    expect(await readdir(place)).toEqual(['file']);
    expect(await readFile(join(place, 'file'), 'utf8')).toBe('old');
  });
});

describe('replaceFile', () => {
  it('shows the new content only when all of it is written', async () => {
    const path = join(folder, 'large.bin');
    await writeFile(path, 'old');
    await replaceFile(path, async (temporary) => {
      expect(isTemporaryFileOf(path, basename(temporary))).toBe(true);
      expect(isTemporaryFileOf(join(folder, 'other.bin'), basename(temporary))).toBe(false);
      await writeFile(temporary, 'first half, ');
      expect(await readFile(path, 'utf8')).toBe('old');
      await writeFile(temporary, 'second half', { flag: 'a' });
    });
    expect(await readFile(path, 'utf8')).toBe('first half, second half');
  });

  it('keeps the old content, leaves nothing behind and says why, when writing is given up', async () => {
    const place = join(folder, 'given-up');
    await mkdir(place);
    await writeFile(join(place, 'file'), 'old');
    const reason = new Error('enough');
    const write = async (temporary: string) => {
      await writeFile(temporary, 'half');
      throw reason;
    };
    await expect(replaceFile(join(place, 'file'), write)).rejects.toBe(reason);
    expect(await readdir(place)).toEqual(['file']);
    expect(await readFile(join(place, 'file'), 'utf8')).toBe('old');
  });

  it('names the file, not the temporary one, where the folder is missing', async () => {
    const path = join(folder, 'none', 'file');
    const error = await errorOf(replaceFile(path, (temporary) => writeFile(temporary, 'x')));
    expect(error).toEqual({
      code: 'file/not-found',
      message: '/none/file: the folder does not exist; make it first',
    });
  });
});
