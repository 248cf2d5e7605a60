import { TooltuneError } from '@tooltune/sdk';
import { printNotice, type Terminal } from './terminal.js';

/**
 * Tells an error on the notices: `error[code] place: message`. With `verbose` also its causes and, for one that was
 * not thrown on purpose, its stack.
 */
export function printError(terminal: Terminal, error: unknown, options: { verbose: boolean }): void {
  const { red, bold, dim } = terminal.noticeColors;
  const { code, message, hint } = describe(error);
  printNotice(terminal, `${bold(red(`error[${code}]`))} ${message}`);
  if (!options.verbose) {
    if (hint !== undefined) printNotice(terminal, dim(hint));
    return;
  }
  for (let cause = causeOf(error); cause !== undefined; cause = causeOf(cause)) {
    printNotice(terminal, dim(`caused by: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : cause}`));
  }
  if (!TooltuneError.isInstance(error) && error instanceof Error) printNotice(terminal, dim(error.stack ?? ''));
}

function describe(error: unknown): { code: string; message: string; hint?: string } {
  if (TooltuneError.isInstance(error)) return { code: error.code, message: error.message };
  if (isSystemError(error)) {
    const { code, path } = error;
    const message = systemMessages[code] ?? error.message;
    return { code: `system/${code}`, message: path === undefined ? message : `${path}: ${message}` };
  }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is not meant to happen: please report it with what --verbose shows.',
  };
}

const systemMessages: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of this path is a file, not a folder',
  ENOSPC: 'no space left on the disk; free some and try again',
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
