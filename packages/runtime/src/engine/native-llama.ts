import { availableParallelism, loadavg } from 'node:os';
import type { Llama } from 'node-llama-cpp';
import { EngineError } from './engine-error.js';
import { ThreadGovernor } from './thread-governor.js';

/** llama.cpp, and who says how many threads it may use. */
export interface NativeLlama {
  llama: Llama;
  governor: ThreadGovernor;
  /** Physical cores, as far as this process may use them. */
  cores: number;
}

/** What llama.cpp complained about last, so that an error can tell. */
let lastComplaints: string[] = [];

let shared: Promise<NativeLlama> | undefined;

/**
 * The one native llama.cpp of this process: the prebuilt binary, never one built here or fetched. It shares its
 * threads between all contexts that evaluate at once, so that together they never take more than there are cores.
 * @throws EngineError `engine/native-unavailable`
 */
export function loadNativeLlama(): Promise<NativeLlama> {
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

async function load(): Promise<NativeLlama> {
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
  const cores = Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()));
  const governor = new ThreadGovernor({
    threads: cores,
    busy: loadavg()[0]! >= cores,
    apply: (threads) => {
      llama.maxThreads = threads;
    },
    now: () => performance.now(),
    processorTime: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
  });
  return { llama, governor, cores };
}

/** An error's message, and what llama.cpp itself said about it; forgotten afterwards. */
export function explainNativeError(cause: unknown): string {
  const reasons = [cause instanceof Error ? cause.message : String(cause), ...lastComplaints];
  lastComplaints = [];
  return reasons.join('; ');
}

/**
 * Checks a wished number of threads, by default the physical cores, and allows so many to the process.
 * @throws RangeError if it is no whole number between 1 and os.availableParallelism()
 */
export function reserveThreads({ governor, cores }: NativeLlama, threads: number = cores): number {
  const most = availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > most) {
    throw new RangeError(
      `threads must be a whole number from 1 to ${most} (this machine's parallelism), not ${threads}`,
    );
  }
  governor.raise(threads);
  return threads;
}
