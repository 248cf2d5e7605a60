import { ApiError } from '../api-error.js';

/**
 * Refuses requests that ask for another name than this machine's. A web page can have its own name resolve to 127.0.0.1
 * ("DNS rebinding"), and its requests are of the same origin then: the browser lets it read the answers.
 * @param allowed further names, without a port
 */
export class AllowedHosts {
  readonly #allowed: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed.map((name) => name.toLowerCase()));
  }

  /** @param host the header, a port with it or not; programs other than browsers may send none. @throws ApiError */
  check(host: string | null): void {
    if (host === null) return;
    const name = hostName(host);
    if (name !== undefined && (isLoopback(name) || this.#allowed.has(name))) return;
    const message = `requests for ${JSON.stringify(host)} are not answered here: allow that host, or ask for keys`;
    throw new ApiError('host_not_allowed', message, { status: 403, type: 'invalid_request_error' });
  }
}

/** Whether a name or address can only be this machine. */
export function isLoopback(name: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(name);
}

function hostName(host: string): string | undefined {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : undefined;
}
