import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '@tooltune/sdk';
import { readEvents } from './read-events.js';
import { RemoteError, type RemotePhase } from './remote-error.js';
import { isRetryableStatus, type RetryOptions, readRetryAfter, waitBeforeRetry } from './retry-policy.js';

/** How long a server may take, in ms. Comments that keep a connection open do not count as an answer. */
export interface RemoteTimeouts {
  /** Until the response's headers. llama-server sends them with the first token. Default 120,000. */
  connectMs?: number | undefined;
  /** From then until the first event. Default 120,000. */
  firstTokenMs?: number | undefined;
  /** From one event to the next. Default 60,000. */
  idleMs?: number | undefined;
}

/** How a server is reached. */
export interface RemoteClientOptions {
  baseUrl: string;
  /** Sent as `Authorization: Bearer`. */
  apiKey?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  timeouts?: RemoteTimeouts | undefined;
  retry?: RetryOptions | undefined;
  /** In place of the global one: for a proxy or certificates of one's own. */
  fetch?: typeof fetch | undefined;
}

/** Sends requests, again where that may help, and reads streams of events. */
export class RemoteClient {
  readonly baseUrl: string;
  readonly #options: RemoteClientOptions;

  /** @throws TypeError for a base URL that is none */
  constructor(options: RemoteClientOptions) {
    this.baseUrl = new URL(options.baseUrl).href.replace(/\/+$/, '');
    this.#options = options;
  }

  /**
   * The answer to one request: parsed JSON, or its text where it is none.
   * @throws RemoteError; the signal's reason when it is aborted
   */
  async request(method: 'GET' | 'POST', path: string, body?: JsonObject, signal?: AbortSignal): Promise<unknown> {
    const request = async () => {
      const exchange = new Exchange(this.#options, signal);
      try {
        const text = await exchange.guard(async () => (await this.#send(exchange, method, path, body)).text());
        return parseIfJson(text);
      } finally {
        exchange.stop();
      }
    };
    for (let tries = 0; ; tries++) {
      try {
        return await request();
      } catch (error) {
        await this.#wait(error, tries, signal);
      }
    }
  }

  /**
   * The events of a streamed answer. A request that failed before its first event is sent again, one that failed later is
   * not.
   * @throws RemoteError; the signal's reason when it is aborted
   */
  async *stream(
    path: string,
    body: JsonObject,
    signal?: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>, void, void> {
    for (let tries = 0; ; tries++) {
      const exchange = new Exchange(this.#options, signal);
      try {
        const { events, first } = await this.#begin(exchange, path, body).catch(async (error: unknown) => {
          exchange.stop();
          await this.#wait(error, tries, signal);
          return { events: undefined, first: undefined };
        });
        if (events === undefined) continue;
        yield first;
        // Nothing runs out while the consumer takes its time.
        for (;;) {
          const next = await exchange.guard(() => events.next(), 'idle');
          if (next.done) return;
          yield next.value;
        }
      } finally {
        exchange.stop();
      }
    }
  }

  /** Sends the request and awaits the first event. */
  async #begin(exchange: Exchange, path: string, body: JsonObject) {
    const response = await exchange.guard(() => this.#send(exchange, 'POST', path, body));
    const events = readEvents(bodyOf(response));
    const first = await exchange.guard(() => events.next(), 'first-token');
    if (!first.done) return { events, first: first.value };
    throw new RemoteError('remote/unreachable', `${this.baseUrl}: the answer was empty`, { retryable: true });
  }

  async #send(exchange: Exchange, method: string, path: string, body: JsonObject | undefined): Promise<Response> {
    const { apiKey, headers, fetch: send = fetch } = this.#options;
    const url = `${this.baseUrl}${path}`;
    const response = await send(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: exchange.signal,
    });
    if (response.ok) return response;
    throw refusal(url, response, await response.text());
  }

  /** Waits before the next try. @throws the error where there is none */
  async #wait(error: unknown, tries: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const wait = error instanceof RemoteError ? waitBeforeRetry(this.#options.retry ?? {}, tries, error) : undefined;
    if (wait === undefined) throw error;
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch((aborted: unknown) => {
      signal?.throwIfAborted();
      throw aborted;
    });
  }
}

const phases: Record<RemotePhase, { option: keyof RemoteTimeouts; standard: number; what: string }> = {
  connect: { option: 'connectMs', standard: 120_000, what: 'no response came' },
  'first-token': { option: 'firstTokenMs', standard: 120_000, what: 'no token came' },
  idle: { option: 'idleMs', standard: 60_000, what: 'the stream stood still' },
};

/** One request and its answer, which can be stopped. */
class Exchange {
  readonly #abort = new AbortController();
  readonly #options: RemoteClientOptions;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort = () => this.#abort.abort(this.#outer?.reason);

  constructor(options: RemoteClientOptions, outer: AbortSignal | undefined) {
    this.#options = options;
    this.#outer = outer;
    if (outer?.aborted) this.#onAbort();
    else outer?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Does one step in the time that it may take, and says in our words how it failed. */
  async guard<T>(step: () => Promise<T>, phase: RemotePhase = 'connect'): Promise<T> {
    const { option, standard, what } = phases[phase];
    const limit = this.#options.timeouts?.[option] ?? standard;
    const { baseUrl } = this.#options;
    const message = `${baseUrl}: ${what} within ${limit} ms; see timeouts.${option}`;
    const late = new RemoteError('remote/timeout', message, { phase, retryable: phase === 'connect' });
    const timer = setTimeout(() => this.#abort.abort(late), limit);
    try {
      this.signal.throwIfAborted();
      return await step();
    } catch (cause) {
      if (this.signal.aborted) throw this.signal.reason;
      if (cause instanceof RemoteError) throw cause;
      const why = reasonOf(cause);
      if (phase === 'idle') {
        throw new RemoteError('remote/incomplete', `${baseUrl}: the answer broke off: ${why}`, { cause });
      }
      throw new RemoteError('remote/unreachable', `${baseUrl} cannot be reached: ${why}`, { cause, retryable: true });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connection, so that the server stops to generate. */
  stop(): void {
    this.#outer?.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  const type = response.headers.get('content-type') ?? '';
  if (response.body !== null && /^text\/event-stream\b/i.test(type))
    return response.body as unknown as AsyncIterable<Uint8Array>;
  const message = `${response.url}: the answer is ${type || 'of no type'}, not an event stream; is this the right server and URL?`;
  throw new RemoteError('remote/bad-stream', message, { status: response.status });
}

function refusal(url: string, { status, headers }: Response, text: string): RemoteError {
  const said = `${url}: ${status} ${errorMessage(text) ?? text.slice(0, 500)}`.trimEnd();
  const retryAfterMs = readRetryAfter(headers);
  const retryable = isRetryableStatus(status);
  if (status === 401 || status === 403) {
    return new RemoteError('remote/unauthorized', `${said}; check apiKey`, { status });
  }
  const code = status === 429 ? 'remote/rate-limited' : status >= 500 ? 'remote/server-error' : 'remote/refused';
  return new RemoteError(code, said, { status, retryable, retryAfterMs });
}

/** The message inside an error's JSON: `{"error": {"message"}}`, `{"error": "…"}`, `{"message"}` or `{"detail"}`. */
function errorMessage(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    const error = value?.error ?? value;
    if (typeof error === 'string') return error;
    const { message, detail } = (error ?? {}) as Record<string, unknown>;
    const said = message ?? detail;
    return said === undefined ? undefined : typeof said === 'string' ? said : JSON.stringify(said);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const code = (cause as { code?: string } | undefined)?.code;
  return [error.message, cause?.message || code].filter(Boolean).join(': ');
}
