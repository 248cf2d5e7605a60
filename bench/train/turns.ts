import { readSync, writeSync } from 'node:fs';

/**
 * How participants and the benchmark talk. A participant loads everything and says that it is ready; each line that it
 * is sent then is a turn: one step, reported when it is done. After the last step one more line lets it end.
 * Messages are lines of JSON on the standard output; times in seconds, sizes in bytes.
 */
export type Message = ReadyMessage | StepMessage | EndMessage;

export interface ReadyMessage {
  type: 'ready';
  versions: Record<string, string>;
  /** Largest resident memory so far. */
  peakBytes: number;
}

export interface StepMessage {
  type: 'step';
  seconds: number;
  /** Of all threads together. */
  processorSeconds: number;
  /** Mean over the batch's labels, in nats, before the step. */
  loss: number;
  peakBytes: number;
}

export interface EndMessage {
  type: 'end';
  peakBytes: number;
}

/** Blocks the whole process, its event loop included, until it is this participant's turn. */
export function awaitTurn(): void {
  const byte = Buffer.alloc(1);
  do {
    // The benchmark is gone.
    if (readSync(0, byte) === 0) process.exit(1);
  } while (byte[0] !== 0x0a);
}

/** Written at once: the process may be blocked right after it. */
export function report(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

/** Largest resident memory of this process so far, in bytes. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
