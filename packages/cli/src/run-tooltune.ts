import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';
import { createTerminal, type Output, printError, printNotice, type Terminal } from './terminal/index.js';

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
  const reader = watchReader(terminal);
  const signal = AbortSignal.any([options.signal ?? interruption!.signal, reader.gone]);
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
    await reader.stopWatching();
    interruption?.stopListening();
  }
}

/**
 * A reader of the results that has seen enough (`tooltune run … | head -1`) is no error, but what nobody reads need not
 * go on: the command ends in good order, as at Ctrl-C. Without a reader of the notices it goes on.
 */
function watchReader({ output, notices }: Terminal): { gone: AbortSignal; stopWatching: () => Promise<void> } {
  const controller = new AbortController();
  const onOutputError = (error: NodeJS.ErrnoException) => {
    ignoreClosedPipe(error);
    controller.abort();
  };
  output.on('error', onOutputError);
  notices.on('error', ignoreClosedPipe);
  return {
    gone: controller.signal,
    async stopWatching() {
      // What was written last may fail yet.
      await Promise.all([output, notices].map(settle));
      output.off('error', onOutputError);
      notices.off('error', ignoreClosedPipe);
    },
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Waits until everything is written, or has failed and said so. */
async function settle(stream: Output): Promise<void> {
  await new Promise((resolve) => stream.write('', resolve));
  await new Promise(setImmediate);
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
