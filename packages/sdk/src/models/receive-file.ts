import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BaseModel } from './base-model.js';
import { ModelError } from './model-error.js';
import { partialPath } from './partial-files.js';
import { checkFile, writeMarker } from './verified-file.js';

/** Where a model's file and its marker belong. */
export interface Destination {
  path: string;
  markerPath: string;
}

/**
 * Writes a stream to the destination, hashing it on the way: to a file beside it, renamed once its size and SHA-256 are
 * right. Whatever goes wrong, nothing is left behind.
 * @throws ModelError `models/wrong-size`, `models/wrong-checksum`; and what reading or writing throws
 */
export async function receiveFile(
  content: Readable,
  model: BaseModel,
  destination: Destination,
  options: { signal?: AbortSignal | undefined; onBytes?: (received: number) => void },
): Promise<void> {
  const partial = partialPath(destination.path);
  const hash = createHash('sha256');
  let received = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > model.bytes) {
        done(new ModelError('models/wrong-size', `gave more than the ${model.bytes} bytes of ${model.file}`));
        return;
      }
      hash.update(chunk);
      options.onBytes?.(received);
      done(null, chunk);
    },
  });
  try {
    const file = createWriteStream(partial, { flags: 'wx', flush: true });
    await pipeline(content, meter, file, options.signal === undefined ? {} : { signal: options.signal });
    if (received < model.bytes) {
      throw new ModelError('models/wrong-size', `gave ${received} of ${model.bytes} bytes`);
    }
    const sha256 = hash.digest('hex');
    if (sha256 !== model.sha256) {
      throw new ModelError('models/wrong-checksum', `gave a file with SHA-256 ${sha256}, not ${model.sha256}`);
    }
    await rename(partial, destination.path).catch(async (error: unknown) => {
      // Windows refuses to replace a file that another process has opened: it has pulled the same one.
      if ((await checkFile(destination.path, model, destination.markerPath)) !== 'right') throw error;
    });
    await writeMarker(destination.path, model, destination.markerPath);
  } finally {
    await rm(partial, { force: true });
  }
}
