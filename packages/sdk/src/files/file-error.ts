import { type SourceLocation, TooltuneError } from '../errors/index.js';

/**
 * A file that cannot be read or written. Codes: `file/not-found`, `file/not-a-file`, `file/not-allowed`, `file/no-space`,
 * `file/not-utf8`, `file/not-json`, `file/failed`.
 */
export class FileError extends TooltuneError {
  constructor(code: string, message: string, options: { location: SourceLocation; cause?: unknown }) {
    super(code, message, options);
  }
}

/** What an error of the operating system means for the file. */
export function fileErrorFrom(error: unknown, path: string, action: 'read' | 'write'): FileError {
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [code, message] = explanations.get(systemCode) ?? ['file/failed', `cannot ${action} this file: ${error}`];
  const noFolder = action === 'write' && code === 'file/not-found';
  return new FileError(code, noFolder ? 'the folder does not exist; make it first' : message, {
    location: { file: path },
    cause: error,
  });
}

const explanations = new Map<string, [code: string, message: string]>(
  Object.entries({
    ENOENT: ['file/not-found', 'there is no such file; check the path'],
    ENOTDIR: ['file/not-found', 'there is no such file; a part of the path is not a folder'],
    EISDIR: ['file/not-a-file', 'this is a folder; give the path of a file'],
    EACCES: ['file/not-allowed', 'no permission to use this file'],
    EPERM: ['file/not-allowed', 'no permission to use this file'],
    EROFS: ['file/not-allowed', 'the file system is read-only'],
    ENOSPC: ['file/no-space', 'no space left on the device; free some and try again'],
    EDQUOT: ['file/no-space', 'the disk quota is used up; free some space and try again'],
  }),
);
