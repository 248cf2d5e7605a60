import type { AdapterPool } from '@tooltune/runtime';
import type { Recorder } from '@tooltune/runtime/observe';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { requestId } from 'hono/request-id';
import { Admission, ApiKeys, RateLimit } from './access/index.js';
import { ApiError, clientLeft, toApiError, unavailable } from './api-error.js';
import { chatRoute } from './chat/index.js';
import { classifyRoute } from './classify/index.js';
import { clientAddress } from './client-address.js';
import { feedbackBody } from './feedback-body.js';
import { ServedModels } from './models.js';
import { playgroundRoute } from './playground/index.js';
import { readBody, readJson } from './read-body.js';
import type { RequestContext, RequestLogEntry, ServerContext, ServerEnvironment } from './server-context.js';
import { ServerMetrics } from './server-metrics.js';

/** What a server is made of. */
export interface ServerOptions {
  /** What is served: every adapter, and the bare base. It stays the caller's; `close` does not dispose of it. */
  pool: AdapterPool;
  /** Keys of which each request must bring one (`Authorization: Bearer KEY`). Default: none is needed. */
  apiKeys?: readonly string[] | undefined;
  /** Bytes of a request's body. Default 1 MiB. */
  maxBodyBytes?: number | undefined;
  /** Of each key, or of each address where there are no keys. Default: no limit. */
  requestsPerMinute?: number | undefined;
  /** Requests that are answered or wait for it; further ones are told to try again. Default 64. */
  maxRequests?: number | undefined;
  /** Records requests and their outcome, and what `/v1/feedback` is told. It stays the caller's. */
  recorder?: Recorder | undefined;
  /** Origins of web pages that may ask, or `*`. Default: none. */
  corsOrigins?: readonly string[] | undefined;
  /** Whether there is a page at `/` to try the models on. Default true. */
  playground?: boolean | undefined;
  /** Told of every request when its answer is over. */
  onRequest?: ((entry: RequestLogEntry) => void) | undefined;
  /** Told of what failed and the request is not to blame for. */
  onError?: ((error: unknown) => void) | undefined;
}

/** An HTTP interface to a pool. */
export interface TooltuneServer {
  /** Answers a request; what any server that speaks the Fetch API is given. */
  readonly fetch: Hono<ServerEnvironment>['fetch'];
  /** Whether requests must bring a key. */
  readonly needsKey: boolean;
  /** Requests under way. */
  readonly activeRequests: number;
  /**
   * Takes no more requests (503), waits for those under way, and aborts them after `graceMs` milliseconds (default 30,000).
   */
  close(options?: { graceMs?: number | undefined }): Promise<void>;
}

const defaultMaxBodyBytes = 1 << 20;
const defaultMaxRequests = 64;
const defaultGraceMs = 30_000;

/** Makes the HTTP interface; `listen` puts it on a port. @throws RangeError for a limit below 1, or a key that is none */
export function createServer(options: ServerOptions): TooltuneServer {
  const { pool, maxRequests = defaultMaxRequests, maxBodyBytes = defaultMaxBodyBytes, recorder } = options;
  for (const [name, value] of Object.entries({
    maxRequests,
    maxBodyBytes,
    requestsPerMinute: options.requestsPerMinute,
  })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
    }
  }
  const admission = new Admission(maxRequests);
  const metrics = new ServerMetrics(pool, () => admission.active);
  const onError = (error: ApiError) => {
    if (error.status >= 500 && error.code !== 'shutting_down') options.onError?.(error.cause ?? error);
  };
  const server: ServerContext = {
    ...{ admission, metrics, onError },
    models: new ServedModels(pool, recorder),
    systemFingerprint: `fp_${pool.base.sha256.slice(0, 12)}`,
  };
  const app = new Hono<ServerEnvironment>();
  app.use(requestId());
  app.use((context, next) => settled(context, next, server, options.onRequest));
  app.onError((error, context) => errorResponse(error, context, onError));
  app.notFound((context) => {
    const message = `there is nothing at ${context.req.method} ${context.req.path}`;
    const error = new ApiError('not_found', message, { status: 404, type: 'not_found_error' });
    // What is thrown here passes by the middleware, which notes the outcome.
    return errorResponse(error, context, onError);
  });
  addAccess(app, options, admission, maxBodyBytes);

  if (options.playground !== false) app.get('/', playgroundRoute);
  app.get('/health', (context) => {
    if (admission.isClosed) throw unavailable();
    const loaded = pool.list().flatMap((adapter) => (adapter.loaded ? [adapter.name] : []));
    return context.json({ status: 'ok', base: pool.base.id, loaded, active: admission.active });
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.get('/v1/models', (context) => context.json({ object: 'list', data: server.models.list() }));
  app.get('/v1/models/:id{.+}', (context) => context.json(server.models.find(context.req.param('id'))));
  app.post('/v1/chat/completions', (context) => chatRoute(context, server));
  app.post('/v1/classify', (context) => classifyRoute(context, server));
  if (recorder !== undefined) {
    app.post('/v1/feedback', async (context) => {
      const { id, ...feedback } = readBody(feedbackBody, await readJson(context));
      recorder.feedback(id, feedback);
      return context.json({ object: 'feedback', id });
    });
  }
  return {
    fetch: app.fetch,
    needsKey: (options.apiKeys ?? []).length > 0,
    get activeRequests() {
      return admission.active;
    },
    close: ({ graceMs = defaultGraceMs } = {}) => admission.close(graceMs),
  };
}

/** Who may ask what, and how much. */
function addAccess(
  app: Hono<ServerEnvironment>,
  { apiKeys = [], requestsPerMinute, corsOrigins = [] }: ServerOptions,
  admission: Admission,
  maxBodyBytes: number,
): void {
  const keys = new ApiKeys(apiKeys);
  const rate = new RateLimit(requestsPerMinute);
  if (corsOrigins.length > 0) {
    const origin = corsOrigins.includes('*') ? '*' : [...corsOrigins];
    app.use('/v1/*', cors({ origin, exposeHeaders: ['retry-after', 'x-request-id'] }));
  }
  app.use('/metrics', async (context, next) => {
    keys.check(context.req.header('authorization'));
    await next();
  });
  app.use('/v1/*', async (context, next) => {
    if (admission.isClosed) throw unavailable();
    const key = keys.check(context.req.header('authorization'));
    context.set('client', key ?? clientAddress(context));
    await next();
  });
  app.post('/v1/*', async (context, next) => {
    const headers = await rate.count(context.get('client'));
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    // A page of another origin can send other types without being asked whether it may.
    if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
      const message = 'the body must be JSON: Content-Type: application/json';
      throw new ApiError('unsupported_media_type', message, { status: 415, type: 'invalid_request_error' });
    }
    await next();
  });
  const onError = () => {
    const message = `the body has more than ${maxBodyBytes} bytes`;
    throw new ApiError('body_too_large', message, { status: 413, type: 'invalid_request_error' });
  };
  const limitBody = bodyLimit({ maxSize: maxBodyBytes, onError });
  app.post('/v1/*', async (context, next) => {
    try {
      return await limitBody(context, next);
    } catch (error) {
      // A body of unknown length is read here; what fails behind this has been answered.
      throw error instanceof ApiError ? error : clientLeft(error);
    }
  });
}

/** Sees to it that the outcome of a request is noted once, when its answer is over. */
async function settled(
  context: RequestContext,
  next: () => Promise<void>,
  { metrics }: ServerContext,
  onRequest: ServerOptions['onRequest'],
): Promise<void> {
  const started = performance.now();
  context.set('model', '');
  context.set('settle', (status) => {
    const [route, model] = [routeOf(context.req.path), context.get('model')];
    const outcome = { route, model, status, durationMs: performance.now() - started };
    metrics.request(outcome);
    onRequest?.({ id: context.get('requestId'), method: context.req.method, ...outcome });
  });
  await next();
  if (context.get('isStreaming') !== true) context.get('settle')(context.res.status);
}

const routes = ['/v1/chat/completions', '/v1/classify', '/v1/feedback', '/v1/models', '/health', '/metrics', '/'];

/** The route without what is the request's own, so that there are few of them. */
function routeOf(path: string): string {
  if (path.startsWith('/v1/models/')) return '/v1/models';
  return routes.includes(path) ? path : 'other';
}

function errorResponse(error: unknown, context: RequestContext, onError: (error: ApiError) => void): Response {
  const apiError = toApiError(httpError(error));
  onError(apiError);
  const { status, retryAfter } = apiError;
  const headers = {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  return context.json(apiError.toBody(), status as 400, headers);
}

function httpError(error: unknown): unknown {
  if (!(error instanceof HTTPException)) return error;
  const type = error.status < 500 ? 'invalid_request_error' : 'server_error';
  return new ApiError('http_error', error.message, { status: error.status, type, cause: error });
}
