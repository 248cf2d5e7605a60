import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseModels, listModels, modelPath, resolveBaseModel, resolveCacheFolder } from './index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tooltune-models-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the registry', () => {
  it('lists every model, and that an empty cache holds none', async () => {
    const listed = await listModels({ cacheFolder: folder });
    expect(listed.map(({ id }) => id)).toEqual(baseModels.map(({ id }) => id));
    for (const model of listed) {
      expect(model).toMatchObject({ path: null, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(model.sources.length).toBeGreaterThan(1);
    }
  });

  it('says where a model is kept', () => {
    expect(modelPath('smollm2-135m', { cacheFolder: folder })).toBe(
      join(folder, 'models', 'smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
    );
  });

  it('names the nearest model for one that it does not know', async () => {
    expect(() => modelPath('smollm2-135')).toThrow(
      expect.objectContaining({ code: 'models/unknown-model', message: expect.stringContaining('"smollm2-135m"?') }),
    );
    await expect(resolveBaseModel('smolm2-135m')).rejects.toMatchObject({ code: 'models/unknown-model' });
  });
});

describe('resolveBaseModel', () => {
  it('takes the path of a file as it is', async () => {
    const path = join(folder, 'mine.gguf');
    await writeFile(path, 'GGUF');
    expect(await resolveBaseModel(path)).toEqual({ id: 'mine.gguf', path, model: undefined });
  });

  it('refuses a path without a file', async () => {
    await expect(resolveBaseModel(join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'models/not-found' });
    await expect(resolveBaseModel(`${folder}/`)).rejects.toMatchObject({ code: 'models/not-found' });
    await expect(resolveBaseModel(`${folder}/`, { folders: true })).rejects.toMatchObject({
      code: 'models/not-found',
      message: expect.stringContaining('config.json'),
    });
  });

  it('takes a Hugging Face folder where one will do, and says what to do where not', async () => {
    const path = join(folder, 'my-model');
    await mkdir(path);
    await writeFile(join(path, 'config.json'), '{}');
    expect(await resolveBaseModel(path, { folders: true })).toEqual({ id: 'my-model', path, model: undefined });
    expect(await resolveBaseModel(`${path}/`, { folders: true })).toMatchObject({ id: 'my-model', path });
    await expect(resolveBaseModel(path)).rejects.toMatchObject({
      code: 'models/not-a-file',
      message: expect.stringContaining('convert_hf_to_gguf.py'),
    });
  });
});

describe('the cache folder', () => {
  it('is the option, else TOOLTUNE_CACHE, else a place for caches', () => {
    expect(resolveCacheFolder('here', { TOOLTUNE_CACHE: 'there' })).toBe('here');
    expect(resolveCacheFolder(undefined, { TOOLTUNE_CACHE: 'there', XDG_CACHE_HOME: 'x' })).toBe('there');
    expect(resolveCacheFolder(undefined, { XDG_CACHE_HOME: 'x' })).toBe(join('x', 'tooltune'));
    expect(resolveCacheFolder(undefined, {}).startsWith(homedir())).toBe(true);
  });
});
