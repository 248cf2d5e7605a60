import { ApiError, unavailable } from '../api-error.js';

/** How much a request counts of the mean duration. */
const smoothing = 0.2;

/** Requests under way: no more than so many at once, and none when the server closes. */
export class Admission {
  readonly #limit: number;
  readonly #idle: (() => void)[] = [];
  readonly #stop = new AbortController();
  #active = 0;
  #meanMs = 1000;
  #isClosed = false;

  /** @param limit Requests that are answered or wait for it. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get active(): number {
    return this.#active;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Aborted where the server waits no longer for what is under way. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Lets a request in.
   * @returns what has to be called once when it has been answered
   * @throws ApiError `queue_full`, `shutting_down`
   */
  enter(): () => void {
    if (this.#isClosed) throw unavailable();
    if (this.#active >= this.#limit) {
      const retryAfter = Math.max(1, Math.ceil(this.#meanMs / 1000));
      const message = `${this.#active} requests are waiting already; try again in ${retryAfter} s`;
      throw new ApiError('queue_full', message, { status: 429, type: 'rate_limit_error', retryAfter });
    }
    this.#active++;
    const started = performance.now();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#active--;
      this.#meanMs += smoothing * (performance.now() - started - this.#meanMs);
      if (this.#active === 0) for (const tell of this.#idle.splice(0)) tell();
    };
  }

  /** Lets nothing in any more, waits for what is under way, and aborts it after so many milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    if (this.#active === 0) return;
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    const timer = setTimeout(() => this.#stop.abort(unavailable()), graceMs);
    await idle;
    clearTimeout(timer);
  }
}
