import { setMaxListeners } from 'node:events';
import { ApiError, clientLeft, unavailable } from '../api-error.js';

/** How much a request counts of the mean duration. */
const smoothing = 0.2;

/** Longer timers end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** A request that was let in. */
export interface AdmittedRequest {
  /** Aborted with an ApiError, which says why: the client has left, or the server waits no longer. */
  readonly signal: AbortSignal;
  abort(reason: ApiError): void;
  /** Has to be called when the request has been answered; doing it again has no effect. */
  leave(): void;
}

/** Requests under way: no more than so many at once, and none when the server closes. */
export class Admission {
  readonly #limit: number;
  readonly #idle: (() => void)[] = [];
  // Each request has a signal of its own: what is joined to a signal that lives as long as the server stays with it.
  readonly #requests = new Set<AdmittedRequest>();
  #meanMs = 1000;
  #isClosed = false;

  /** @param limit Requests that are answered or wait for it. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get active(): number {
    return this.#requests.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Lets a request in.
   * @param client aborted when its client leaves
   * @throws ApiError `queue_full`, `shutting_down`
   */
  enter(client: AbortSignal): AdmittedRequest {
    if (this.#isClosed) throw unavailable();
    if (this.active >= this.#limit) {
      const retryAfter = Math.max(1, Math.ceil(this.#meanMs / 1000));
      const message = `${this.active} requests are waiting already; try again in ${retryAfter} s`;
      throw new ApiError('queue_full', message, { status: 429, type: 'rate_limit_error', retryAfter });
    }
    const controller = new AbortController();
    // Each text of a batch listens while it waits.
    setMaxListeners(0, controller.signal);
    const started = performance.now();
    const onLeft = () => controller.abort(clientLeft());
    if (client.aborted) onLeft();
    else client.addEventListener('abort', onLeft, { once: true });
    const request: AdmittedRequest = {
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      leave: () => {
        if (!this.#requests.delete(request)) return;
        client.removeEventListener('abort', onLeft);
        this.#meanMs += smoothing * (performance.now() - started - this.#meanMs);
        if (this.active === 0) for (const tell of this.#idle.splice(0)) tell();
      },
    };
    this.#requests.add(request);
    return request;
  }

  /** Lets nothing in any more, waits for what is under way, and aborts it after so many milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    if (this.active === 0) return;
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    const abortAll = () => {
      for (const request of this.#requests) request.abort(unavailable());
    };
    const timer = setTimeout(abortAll, Math.min(graceMs, longestTimerMs));
    await idle;
    clearTimeout(timer);
  }
}
