import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { modelPath, servingFilePath } from '@tooltune/sdk/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { type BundledCli, bundleCli } from './run-cli.js';

let cli: BundledCli;
let cache: string;
const run = (...argv: string[]) =>
  cli.run(['models', 'optimize', ...argv], {
    cwd: cache,
    env: { TOOLTUNE_CACHE: cache, TOOLTUNE_MODEL_DIR: dirname(modelPath('smollm2-135m')) },
  });

beforeAll(async () => {
  cli = await bundleCli();
  cache = await mkdtemp(join(tmpdir(), 'tooltune-optimize-'));
});

afterAll(async () => {
  await cli?.remove();
  if (cache !== undefined) await rm(cache, { recursive: true, force: true });
});

describe('tooltune models optimize', () => {
  it('keeps a copy if and only if it is faster here, and removes it', async () => {
    const { exitCode, stdout } = await run('smollm2-135m', '--threads', '1', '--json');
    expect(exitCode).toBe(0);
    const { path, original, copy, speed } = JSON.parse(stdout);
    expect(speed.prompt).toBeCloseTo(copy.promptTokens / original.promptTokens);
    const files = await readdir(join(cache, 'serving'));
    if (speed.prompt >= 1.15 && speed.decode >= 0.9) {
      expect(files).toHaveLength(1);
      expect(path).toBe(join(cache, 'serving', files[0]!));
    } else expect({ files, path }).toEqual({ files: [], path: null });

    const removed = JSON.parse((await run('smollm2-135m', '--remove', '--json')).stdout);
    expect(removed).toEqual({ model: 'smollm2-135m', path: null, removed: path !== null });
    expect(await readdir(join(cache, 'serving'))).toEqual([]);
  });

  it('says so where no weights are in a slow format', async () => {
    await writeTinyModel(join(cache, 'tiny.gguf'));
    const { exitCode, stderr } = await run('tiny.gguf', '--threads', '1');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'error[models/nothing-to-optimize] tiny.gguf: no weights are in a format known to be slow',
    );
    expect(existsSync(servingFilePath('0', { cacheFolder: cache }))).toBe(false);
  });
});
