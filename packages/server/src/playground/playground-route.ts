import type { RequestContext } from '../server-context.js';
import { page, policy } from './generated/page.js';

/** `GET /`: one HTML document, which asks nothing but the server that it comes from. */
export function playgroundRoute(context: RequestContext): Response {
  return context.html(page, 200, {
    'cache-control': 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  });
}
