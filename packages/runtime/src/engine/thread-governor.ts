/** Evaluation time over which the share of the processor is measured, ms. */
const windowMs = 50;
/** A smaller share of the processor time that the threads could have had means that others want it too. */
const starvedShare = 0.7;
/** With this share the machine may be free again. */
const ampleShare = 0.85;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** What a ThreadGovernor measures with and acts on. */
export interface ThreadGovernorOptions {
  /** Threads to use while nobody else wants the processor. */
  threads: number;
  /** Whether others keep the machine busy at the start. */
  busy: boolean;
  /** Sets the number of threads of the next evaluations. */
  apply(threads: number): void;
  /** Milliseconds that have passed. */
  now(): number;
  /** Milliseconds of processor time that this process has used, all threads together. */
  processorTime(): number;
}

/**
 * Takes threads back while other processes want the same cores. llama.cpp's threads wait for each other by spinning,
 * many times a token, so that one that is not running holds up all: on two busy cores two threads were measured to be
 * 20 times slower than one. The results do not depend on the number of threads.
 */
export class ThreadGovernor {
  readonly #options: ThreadGovernorOptions;
  #most: number;
  #threads: number;
  #evaluations = 0;
  /** Threads that the evaluations under way would take together. */
  #wanted = 0;
  #startedAt = 0;
  #processorTimeAtStart = 0;
  /** Of the window: evaluation time, processor time that our threads could have had, and what they had. */
  #elapsed = 0;
  #available = 0;
  #used = 0;
  #pauseMs = firstPauseMs;
  #nextTryAt = 0;

  constructor(options: ThreadGovernorOptions) {
    this.#options = options;
    this.#most = options.threads;
    this.#threads = options.busy ? 1 : options.threads;
    options.apply(this.#threads);
  }

  /** Threads of the next evaluation. */
  get threads(): number {
    return this.#threads;
  }

  /** Allows more threads than before. */
  raise(threads: number): void {
    if (threads <= this.#most) return;
    const wasFull = this.#threads === this.#most;
    this.#most = threads;
    if (wasFull) this.#use(threads);
  }

  /** Does something that must see the full number of threads, such as making a context. */
  async withAll<T>(work: () => Promise<T>): Promise<T> {
    this.#options.apply(this.#most);
    try {
      return await work();
    } finally {
      this.#options.apply(this.#threads);
    }
  }

  /** Does an evaluation that takes up to so many threads, and watches what it gets of the processor. */
  async watch<T>(threads: number, evaluate: () => Promise<T>): Promise<T> {
    if (this.#evaluations++ === 0) {
      this.#wanted = 0;
      this.#startedAt = this.#options.now();
      this.#processorTimeAtStart = this.#options.processorTime();
    }
    this.#wanted += threads;
    try {
      return await evaluate();
    } finally {
      if (--this.#evaluations === 0) this.#measure();
    }
  }

  #measure(): void {
    const elapsed = this.#options.now() - this.#startedAt;
    this.#elapsed += elapsed;
    this.#available += elapsed * Math.min(this.#threads, this.#wanted);
    this.#used += this.#options.processorTime() - this.#processorTimeAtStart;
    if (this.#elapsed < windowMs) return;
    const share = this.#used / this.#available;
    const now = this.#options.now();
    if (this.#threads > 1 && share < starvedShare) {
      this.#nextTryAt = now + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      this.#use(Math.max(1, Math.min(this.#threads - 1, Math.floor(this.#threads * share))));
    } else if (this.#threads === this.#most) {
      this.#pauseMs = firstPauseMs;
      this.#forget();
    } else if (share >= ampleShare && now >= this.#nextTryAt) this.#use(this.#most);
    else this.#forget();
  }

  #use(threads: number): void {
    this.#threads = threads;
    this.#options.apply(threads);
    this.#forget();
  }

  #forget(): void {
    this.#elapsed = 0;
    this.#available = 0;
    this.#used = 0;
  }
}
