import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuntimeRecord } from '@tooltune/sdk';
import type { RecordSink } from './record-sink.js';

export interface JsonlSinkOptions {
  /** Folder of the files, made where it is not there. */
  folder: string;
  /** Bytes from which on a new file is begun. Default 64 MiB; a line longer than that has a file of its own. */
  maxBytes?: number | undefined;
  /** Milliseconds after which a new file is begun. Default a day. */
  maxAgeMs?: number | undefined;
  /** Most files of the folder that are kept, the newest. Default 30. */
  maxFiles?: number | undefined;
  /** The clock, in milliseconds. Default Date.now. */
  now?: (() => number) | undefined;
}

const fileName = /^records-\d{8}T\d{9}Z-\d{6}-[0-9a-f]{8}\.jsonl$/;

/**
 * Writes records to JSONL files, `records-<time>-<number>-<writer>.jsonl`, whose names sort by age. Every writer has files
 * of its own, so that processes can share a folder. A line is never split between two files. Old files are removed by their
 * number only, whoever wrote them.
 */
export function createJsonlSink(options: JsonlSinkOptions): RecordSink {
  return new JsonlSink(options);
}

class JsonlSink implements RecordSink {
  readonly #options: Required<{ [Name in keyof JsonlSinkOptions]: NonNullable<JsonlSinkOptions[Name]> }>;
  readonly #writer = randomUUID().slice(0, 8);
  #files = 0;
  #file: { handle: FileHandle; bytes: number; begun: number; name: string } | undefined;

  constructor({ folder, maxBytes, maxAgeMs, maxFiles, now }: JsonlSinkOptions) {
    this.#options = {
      folder,
      maxBytes: maxBytes ?? 64 * 1024 * 1024,
      maxAgeMs: maxAgeMs ?? 24 * 60 * 60 * 1000,
      maxFiles: maxFiles ?? 30,
      now: now ?? Date.now,
    };
    if (!(this.#options.maxFiles >= 1)) throw new RangeError(`maxFiles must be at least 1, not ${maxFiles}`);
    if (!(this.#options.maxBytes > 0)) throw new RangeError(`maxBytes must be above 0, not ${maxBytes}`);
    if (!(this.#options.maxAgeMs > 0)) throw new RangeError(`maxAgeMs must be above 0, not ${maxAgeMs}`);
  }

  async write(records: readonly RuntimeRecord[]): Promise<void> {
    let pending: Buffer[] = [];
    let bytes = 0;
    for (const record of records) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      if (this.#isFull(bytes + line.length)) {
        await this.#append(pending, bytes);
        await this.#closeFile();
        pending = [];
        bytes = 0;
      }
      pending.push(line);
      bytes += line.length;
    }
    await this.#append(pending, bytes);
  }

  async close(): Promise<void> {
    await this.#closeFile();
  }

  /** Whether so many bytes more should not go to the present file. */
  #isFull(bytes: number): boolean {
    const { maxBytes, maxAgeMs, now } = this.#options;
    const written = this.#file?.bytes ?? 0;
    if (written > 0 && now() - this.#file!.begun >= maxAgeMs) return true;
    return written + bytes > maxBytes;
  }

  async #append(lines: readonly Buffer[], bytes: number): Promise<void> {
    if (bytes === 0) return;
    this.#file ??= await this.#begin();
    const file = this.#file;
    try {
      await file.handle.writeFile(Buffer.concat(lines));
      file.bytes += bytes;
    } catch (error) {
      // What of it was written is cut off again, and the next try has a file of its own: no line is split.
      await file.handle.truncate(file.bytes).catch(() => {});
      await this.#closeFile().catch(() => {});
      throw error;
    }
  }

  async #begin() {
    const { folder, now } = this.#options;
    await mkdir(folder, { recursive: true });
    const begun = now();
    const time = new Date(begun).toISOString().replaceAll(/[-:.]/g, '');
    const name = `records-${time}-${String(this.#files++ % 1e6).padStart(6, '0')}-${this.#writer}.jsonl`;
    const handle = await open(join(folder, name), 'ax', 0o600);
    await this.#removeOld(name);
    return { handle, bytes: 0, begun, name };
  }

  /** Leaves the newest files; a file that another process has removed by now is gone as well. */
  async #removeOld(current: string): Promise<void> {
    const { folder, maxFiles } = this.#options;
    const files = (await readdir(folder)).filter((name) => fileName.test(name) && name !== current).sort();
    for (const name of files.slice(0, Math.max(0, files.length - (maxFiles - 1)))) {
      await rm(join(folder, name), { force: true });
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }
}
