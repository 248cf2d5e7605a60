import { cpus, loadavg } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  /** Processes that wanted to run, on average over the last minute. */
  load: number;
  node: string;
}

/** What a table of times is to be read with. */
export function describeMachine(): Machine {
  const cores = cpus();
  return {
    processor: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    load: Number(loadavg()[0]!.toFixed(1)),
    node: process.version,
  };
}
