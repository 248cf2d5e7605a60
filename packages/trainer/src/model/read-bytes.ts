import type { FileHandle } from 'node:fs/promises';

/** Most bytes of one read: Node's own limit is 2 GiB. */
const longestRead = 1 << 30;

/** Bytes of a file from a position on; undefined where it ends before them. */
export async function readBytes(file: FileHandle, length: number, position: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, longestRead), position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}
