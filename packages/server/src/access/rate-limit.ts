import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from '../api-error.js';

/** Headers by which OpenAI's clients know what is left. */
export type RateLimitHeaders = Readonly<Record<string, string>>;

/** Counts the requests of each client in windows of a minute. */
export class RateLimit {
  readonly #limiter: RateLimiterMemory | undefined;
  readonly #limit: number;

  /** @param requestsPerMinute Undefined: no limit. */
  constructor(requestsPerMinute: number | undefined) {
    this.#limit = requestsPerMinute ?? 0;
    this.#limiter =
      requestsPerMinute === undefined ? undefined : new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  }

  /** Counts a request. @throws ApiError `rate_limit_exceeded` with the seconds until the next one may come */
  async count(client: string): Promise<RateLimitHeaders> {
    if (this.#limiter === undefined) return {};
    try {
      return this.#headers(await this.#limiter.consume(client));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      const message = `more than ${this.#limit} requests in a minute; try again in ${seconds} s`;
      const options = { status: 429, type: 'rate_limit_error' as const, retryAfter: seconds };
      throw new ApiError('rate_limit_exceeded', message, options);
    }
  }

  #headers({ remainingPoints, msBeforeNext }: RateLimiterRes): RateLimitHeaders {
    return {
      'x-ratelimit-limit-requests': String(this.#limit),
      'x-ratelimit-remaining-requests': String(remainingPoints),
      'x-ratelimit-reset-requests': `${Math.ceil(msBeforeNext / 1000)}s`,
    };
  }
}
