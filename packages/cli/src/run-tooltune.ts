import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';
import { createTerminal, printError, printNotice, type Terminal } from './terminal/index.js';

export interface RunTooltuneOptions {
  terminal?: Terminal;
  /** Stops the command; by default Ctrl-C and SIGTERM do. */
  signal?: AbortSignal;
}

/**
 * Runs the command line `tooltune ...argv` and tells what it should exit with. Errors are printed, not thrown.
 * @param argv the arguments, without the interpreter and the script
 */
export async function runTooltune(argv: readonly string[], options: RunTooltuneOptions = {}): Promise<ExitCode> {
  const { terminal = createTerminal() } = options;
  const interruption = options.signal === undefined ? listenForInterruption(terminal) : undefined;
  const signal = options.signal ?? interruption!.signal;
  // A reader that has seen enough (`tooltune models | head`) is no error.
  terminal.output.on('error', exitOnClosedPipe);
  try {
    const { program, outcome } = createProgram({ terminal, signal });
    await program.parseAsync(argv, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (signal.aborted) {
      printNotice(terminal, 'interrupted');
      return exitCodes.interrupted;
    }
    printError(terminal, error, { verbose: argv.includes('--verbose') });
    return exitCodes.failed;
  } finally {
    terminal.output.off('error', exitOnClosedPipe);
    interruption?.stopListening();
  }
}

function exitOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
}

/** The first Ctrl-C asks the command to end in good order, the second ends it at once. */
function listenForInterruption(terminal: Terminal): { signal: AbortSignal; stopListening: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    printNotice(terminal, '\nstopping; press Ctrl-C again to end at once');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stopListening: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
