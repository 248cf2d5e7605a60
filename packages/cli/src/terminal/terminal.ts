import type { Readable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

type Colors = ReturnType<typeof picocolors.createColors>;

/** A stream the command writes to; a TTY has `isTTY` and `columns`. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

/** Where a command reads from and writes to. Results go to `output`, everything else to `notices`. */
export interface Terminal {
  readonly input: Readable & { isTTY?: boolean };
  readonly output: Output;
  readonly notices: Output;
  /** Colours of each stream: none unless it is a TTY. */
  readonly outputColors: Colors;
  readonly noticeColors: Colors;
}

/** A terminal over the streams given; by default the process's own. */
export function createTerminal(
  streams: { input?: Terminal['input']; output?: Output; notices?: Output } = {},
  environment: NodeJS.ProcessEnv = process.env,
): Terminal {
  const { input = process.stdin, output = process.stdout, notices = process.stderr } = streams;
  return {
    input,
    output,
    notices,
    outputColors: picocolors.createColors(hasColors(output, environment)),
    noticeColors: picocolors.createColors(hasColors(notices, environment)),
  };
}

/** NO_COLOR (no-color.org) wins; then a TTY that is not dumb. */
function hasColors(stream: Output, environment: NodeJS.ProcessEnv): boolean {
  if (environment.NO_COLOR) return false;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** Writes a line of the result. */
export function printLine(terminal: Terminal, line = ''): void {
  terminal.output.write(`${line}\n`);
}

/** Writes a line that is not part of the result. */
export function printNotice(terminal: Terminal, line = ''): void {
  terminal.notices.write(`${line}\n`);
}

/** Writes one JSON value a line. */
export function printJsonLine(terminal: Terminal, value: unknown): void {
  printLine(terminal, JSON.stringify(value));
}

/** Writes one JSON value over several lines. */
export function printJson(terminal: Terminal, value: unknown): void {
  printLine(terminal, JSON.stringify(value, null, 2));
}
