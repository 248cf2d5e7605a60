import { availableParallelism } from 'node:os';
import type { Llama } from 'node-llama-cpp';
import { EngineError } from './engine-error.js';

/** What llama.cpp complained about last, so that an error can tell. */
let lastComplaints: string[] = [];

let shared: Promise<Llama> | undefined;

/**
 * The one native llama.cpp of this process: the prebuilt binary, never one built here or fetched. It shares its
 * threads between all contexts that evaluate at once, so that together they never take more than there are cores.
 * @throws EngineError `engine/native-unavailable`
 */
export function loadNativeLlama(): Promise<Llama> {
  shared ??= load().catch((cause: unknown) => {
    shared = undefined;
    throw new EngineError(
      'engine/native-unavailable',
      `node-llama-cpp has no prebuilt binary that runs on ${process.platform}-${process.arch}; ` +
        'install the optional dependencies (npm install without --omit=optional) or build one with ' +
        '"npx node-llama-cpp source download"',
      { cause },
    );
  });
  return shared;
}

async function load(): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => {
      lastComplaints = [...lastComplaints.slice(-3), message.trim()];
    },
  });
  llama.maxThreads = defaultThreads(llama);
  return llama;
}

/** An error's message, and what llama.cpp itself said about it; forgotten afterwards. */
export function explainNativeError(cause: unknown): string {
  const reasons = [cause instanceof Error ? cause.message : String(cause), ...lastComplaints];
  lastComplaints = [];
  return reasons.join('; ');
}

/** Threads for one evaluation: the physical cores, as far as this process may use them. */
export function defaultThreads(llama: Llama): number {
  return Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
}

/**
 * Checks a wished number of threads and raises the process's limit to it.
 * @throws RangeError if it is no whole number between 1 and os.availableParallelism()
 */
export function reserveThreads(llama: Llama, threads: number | undefined): number {
  if (threads === undefined) return defaultThreads(llama);
  const most = availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > most) {
    throw new RangeError(
      `threads must be a whole number from 1 to ${most} (this machine's parallelism), not ${threads}`,
    );
  }
  llama.maxThreads = Math.max(llama.maxThreads, threads);
  return threads;
}
