import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { preparePython } from '../measuring/python.js';

const run = promisify(execFile);
const requirements = ['torch==2.15.0', 'transformers==5.24.0', 'peft==0.21.2', 'gguf==0.19.0', 'accelerate==1.15.0'];

/** How the peer is run. */
export interface Peft {
  python: string;
  script: string;
  /** The base model as transformers loads it: the values of the GGUF file as float32. */
  base: string;
  /** Environment with which it takes so many threads. */
  environment: NodeJS.ProcessEnv;
}

/** Makes the peer's Python environment and its form of the base model, each once. */
export async function preparePeft(
  base: { path: string; sha256: string },
  options: { benchFolder: string; cacheFolder: string; threads: number },
): Promise<Peft> {
  const { benchFolder, cacheFolder, threads } = options;
  const python = await preparePython(join(cacheFolder, 'venv'), requirements);
  const script = join(benchFolder, 'peers/peft_train.py');
  const folder = join(cacheFolder, 'train', `base-${base.sha256.slice(0, 12)}`);
  if (!existsSync(folder)) {
    await rm(`${folder}.part`, { recursive: true, force: true });
    await run(python, [script, 'base', base.path, `${folder}.part`]);
    await rename(`${folder}.part`, folder);
  }
  const environment = {
    OMP_NUM_THREADS: String(threads),
    // No look-ups on the network.
    HF_HUB_OFFLINE: '1',
    PYTHONWARNINGS: 'ignore::FutureWarning',
  };
  return { python, script, base: folder, environment };
}
