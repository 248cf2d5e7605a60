import type { Context } from 'hono';
import type { Admission } from './access/index.js';
import type { ApiError } from './api-error.js';
import type { ServedModels } from './models.js';
import type { RequestOutcome, ServerMetrics } from './server-metrics.js';

/** What all routes have in common. */
export interface ServerContext {
  models: ServedModels;
  metrics: ServerMetrics;
  admission: Admission;
  /** The first of a model's fingerprint, by which clients notice that it changed. */
  systemFingerprint: string;
  onError: (error: ApiError) => void;
}

/** What a request carries from one handler to the next. */
export interface RequestVariables {
  /** Whom its limits are counted for. */
  client: string;
  /** The model that it asks for, once it is known to be served. */
  model: string;
  /** Notes the outcome, once; a stream calls it at its end. */
  settle: (status: number) => void;
  /** Whether the answer is still under way when its handler has returned. */
  isStreaming: boolean;
}

export type ServerEnvironment = { Variables: RequestVariables };

export type RequestContext = Context<ServerEnvironment>;

/** What a log is told of each request. */
export interface RequestLogEntry extends RequestOutcome {
  id: string;
  method: string;
}
