import type { RemoteError } from './remote-error.js';

/** How often and how late a request is sent again. Nothing is sent again once the answer has begun. */
export interface RetryOptions {
  /** Most times that a request is sent again. Default 2. */
  maxRetries?: number | undefined;
  /** Longest wait before the first retry, in ms; doubled each time, and a random share of it waited. Default 500. */
  backoffMs?: number | undefined;
  /** Longest wait, in ms. A server that asks for a longer one (Retry-After) is not asked again. Default 30,000. */
  maxWaitMs?: number | undefined;
  /** Numbers from 0 to below 1, for the random share. Default `Math.random`. */
  random?: (() => number) | undefined;
}

const retryableStatus = new Set([408, 409, 425, 429]);

/** Whether a request with this answer may succeed later. */
export function isRetryableStatus(status: number): boolean {
  return retryableStatus.has(status) || status >= 500;
}

/** Milliseconds that `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date), or OpenAI's `retry-after-ms`. */
export function readRetryAfter(headers: Headers, now = Date.now()): number | undefined {
  const milliseconds = headers.get('retry-after-ms');
  if (milliseconds !== null && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Milliseconds to wait before the next try; undefined where there is none. @param tries Retries so far. */
export function waitBeforeRetry(options: RetryOptions, tries: number, error: RemoteError): number | undefined {
  const { maxRetries = 2, backoffMs = 500, maxWaitMs = 30_000, random = Math.random } = options;
  const { retryable, retryAfterMs } = error;
  if (!retryable || tries >= maxRetries) return undefined;
  if (retryAfterMs !== undefined) return retryAfterMs <= maxWaitMs ? retryAfterMs : undefined;
  return Math.min(maxWaitMs, backoffMs * 2 ** tries) * random();
}
