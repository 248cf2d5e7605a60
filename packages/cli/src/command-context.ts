import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal/index.js';

/** What every command gets besides its own arguments. */
export interface CommandContext {
  terminal: Terminal;
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal;
}

/** A command's work, once its command line is read. */
export type CommandAction<Arguments extends unknown[]> = (
  context: CommandContext,
  ...commandArguments: Arguments
) => Promise<ExitCode>;
