import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../api-error.js';

/** Who may ask. */
export class ApiKeys {
  readonly #digests: readonly Buffer[];

  /** @param keys None: everybody may. @throws RangeError for one that no request can bring */
  constructor(keys: readonly string[]) {
    if (!keys.every((key) => /^[!-~]+$/.test(key)))
      throw new RangeError('an API key must be visible ASCII, and not empty');
    this.#digests = keys.map(digest);
  }

  /**
   * @returns a name for the key of a request, which does not give the key away; undefined where none is needed
   * @throws ApiError `invalid_api_key`
   */
  check(authorization: string | undefined): string | undefined {
    if (this.#digests.length === 0) return undefined;
    const key = authorization?.match(/^Bearer +(\S+)$/i)?.[1];
    const given = key === undefined ? undefined : digest(key);
    // All are compared, so that how long it takes tells nothing.
    const found = given && this.#digests.filter((known) => timingSafeEqual(known, given))[0];
    if (found !== undefined) return found.toString('hex').slice(0, 12);
    const message =
      key === undefined
        ? 'an API key is needed: Authorization: Bearer KEY'
        : 'this API key is not known to the server; ask whoever runs it';
    throw new ApiError('invalid_api_key', message, { status: 401, type: 'authentication_error' });
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
