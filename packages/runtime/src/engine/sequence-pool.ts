import { contextFull } from './context-full.js';
import { EngineError } from './engine-error.js';
import type { ModelSequence } from './model-engine.js';

/** What the pool lends out. */
export interface PooledSequence extends Pick<ModelSequence, 'length' | 'evaluate' | 'truncate'> {
  /** How many of its tokens could be kept for a prompt that begins with them. */
  readonly reusableTokens: number;
  /** How many of its tokens could be kept for this prompt, with the logits of a fresh sequence. */
  reusableLength(prompt: readonly number[]): number;
  /** Holds the first tokens of another one in place of its own; false where that cannot be, and it may be empty then. */
  copyFrom?(source: PooledSequence, length: number): Promise<boolean>;
}

/** Tokens from which on it is quicker to copy what another sequence holds than to evaluate it. */
const worthCopying = 64;

interface Waiter {
  accept(sequence: PooledSequence): void;
  reject(error: unknown): void;
}

/** Lends sequences to requests, first come, first served, each the one that holds most of its prompt. */
export class SequencePool {
  readonly #contextSize: number;
  readonly #all: readonly PooledSequence[];
  /** The least recently used first. */
  readonly #free: PooledSequence[];
  readonly #waiters: Waiter[] = [];
  #disposed = false;

  constructor(sequences: readonly PooledSequence[], contextSize: number) {
    this.#all = sequences;
    this.#free = [...sequences];
    this.#contextSize = contextSize;
  }

  /** See ModelEngine.acquireSequence. */
  async acquire(prompt: readonly number[], signal?: AbortSignal): Promise<ModelSequence> {
    if (this.#disposed) throw disposedError();
    signal?.throwIfAborted();
    if (prompt.length >= this.#contextSize) throw contextFull(prompt.length + 1, this.#contextSize);
    const sequence = this.#takeBest(prompt) ?? (await this.#wait(signal));
    let cachedTokens: number;
    try {
      await this.#copyPrefix(sequence, prompt);
      cachedTokens = sequence.reusableLength(prompt);
      await sequence.truncate(cachedTokens);
    } catch (error) {
      this.#giveBack(sequence);
      throw error;
    }
    return this.#lend(sequence, cachedTokens);
  }

  /** Refuses everything from now on. */
  dispose(): void {
    this.#disposed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(disposedError());
  }

  /**
   * The free one that holds most of the prompt; but where much of a conversation that goes on otherwise would be lost with
   * it, the one that was not used for longest, into which the common beginning can be copied.
   */
  #takeBest(prompt: readonly number[]): PooledSequence | undefined {
    let best: PooledSequence | undefined;
    for (const sequence of this.#free) {
      if (best === undefined || sequence.reusableLength(prompt) > best.reusableLength(prompt)) best = sequence;
    }
    if (best === undefined) return undefined;
    const isOtherConversation = best.reusableTokens - best.reusableLength(prompt) >= worthCopying;
    const other = this.#free.find((sequence) => sequence !== best);
    const chosen = isOtherConversation && other?.copyFrom !== undefined ? other : best;
    this.#free.splice(this.#free.indexOf(chosen), 1);
    return chosen;
  }

  /** Takes over what another sequence, free or not, holds of the prompt, where that is much more. */
  async #copyPrefix(sequence: PooledSequence, prompt: readonly number[]): Promise<void> {
    const lengths = this.#all.map((other) => other.reusableLength(prompt));
    const longest = Math.max(...lengths);
    if (longest - sequence.reusableLength(prompt) < worthCopying) return;
    await sequence.copyFrom?.(this.#all[lengths.indexOf(longest)]!, longest);
  }

  #wait(signal: AbortSignal | undefined): Promise<PooledSequence> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        accept(sequence) {
          signal?.removeEventListener('abort', onAbort);
          resolve(sequence);
        },
        reject(error) {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #lend(sequence: PooledSequence, cachedTokens: number): ModelSequence {
    let released = false;
    const ensureUsable = () => {
      if (this.#disposed) throw disposedError();
      if (released) throw new EngineError('engine/disposed', 'this sequence has been given back');
    };
    return {
      get length() {
        return sequence.length;
      },
      cachedTokens,
      evaluate: async (tokens, request) => {
        ensureUsable();
        return sequence.evaluate(tokens, request);
      },
      truncate: async (length) => {
        ensureUsable();
        await sequence.truncate(length);
      },
      release: () => {
        if (released) return;
        released = true;
        this.#giveBack(sequence);
      },
    };
  }

  #giveBack(sequence: PooledSequence): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#free.push(sequence);
    else waiter.accept(sequence);
  }
}

function disposedError(): EngineError {
  return new EngineError('engine/disposed', 'this engine has been disposed');
}
