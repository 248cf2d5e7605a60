import { getConnInfo } from '@hono/node-server/conninfo';
import type { RequestContext } from './server-context.js';

/** The address that a request comes from; one and the same for all where the server is not Node's. */
export function clientAddress(context: RequestContext): string {
  try {
    return getConnInfo(context).remote.address ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
