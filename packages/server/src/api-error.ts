import { TooltuneError } from '@tooltune/sdk';

/** Kinds of errors as OpenAI names them. */
export type ApiErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'server_error';

/** What an ApiError says beside its message. */
export interface ApiErrorOptions {
  /** HTTP status. */
  status: number;
  type: ApiErrorType;
  /** The field of the request that is wrong: `messages[0].content`. */
  param?: string | undefined;
  /** Seconds after which the same request may succeed. */
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** An answer that is an error. Codes that OpenAI's clients know are OpenAI's (`model_not_found`), others tooltune's. */
export class ApiError extends TooltuneError {
  readonly status: number;
  readonly type: ApiErrorType;
  readonly param: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: string, message: string, { status, type, param, retryAfter, cause }: ApiErrorOptions) {
    super(code, message, cause === undefined ? {} : { cause });
    this.status = status;
    this.type = type;
    this.param = param;
    this.retryAfter = retryAfter;
  }

  /** The body that OpenAI's clients read. */
  toBody(): { error: { message: string; type: ApiErrorType; code: string; param: string | null } } {
    return { error: { message: this.message, type: this.type, code: this.code, param: this.param ?? null } };
  }
}

/** A request that can never succeed as it is. */
export function badRequest(
  message: string,
  { code = 'invalid_request', param }: { code?: string; param?: string } = {},
) {
  return new ApiError(code, message, { status: 400, type: 'invalid_request_error', param });
}

/** Families of errors that the request is to blame for. */
const requestErrors = new Set(['constraint', 'json', 'prompt', 'schema', 'toolset']);

const badRuntimeRequests = new Set(['runtime/bad-options', 'runtime/other-tools']);

const shuttingDown = 'the server is shutting down';

/** What an error is over HTTP. What the request is not to blame for is told without its message. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!TooltuneError.isInstance(error)) return internalError(error);
  const { code, message } = error;
  if (code === 'pool/unknown-adapter') return modelNotFound(message, error);
  if (code === 'pool/disposed' || code === 'engine/disposed') return unavailable(error);
  if (code === 'engine/context-full') {
    const options = { status: 400, type: 'invalid_request_error' as const, param: 'messages', cause: error };
    return new ApiError('context_length_exceeded', message, options);
  }
  if (badRuntimeRequests.has(code) || requestErrors.has(code.split('/')[0]!)) {
    return new ApiError(code, message, { status: 400, type: 'invalid_request_error', cause: error });
  }
  if (code === 'runtime/invalid-answer') return invalidAnswer(message, error);
  return internalError(error);
}

/** A model that is not served. */
export function modelNotFound(message: string, cause?: unknown): ApiError {
  return new ApiError('model_not_found', message, { status: 404, type: 'not_found_error', param: 'model', cause });
}

/** The server takes no requests any more. */
export function unavailable(cause?: unknown): ApiError {
  return new ApiError('shutting_down', shuttingDown, { status: 503, type: 'server_error', retryAfter: 1, cause });
}

/** The client left before it was answered; nobody reads this but the log. */
export function clientLeft(cause?: unknown): ApiError {
  return new ApiError('client_left', 'the client has left', { status: 499, type: 'invalid_request_error', cause });
}

/** The client reads nothing of its answer. */
export function clientStalled(ms: number): ApiError {
  const message = `nothing of the answer was read for ${ms / 1000} s`;
  return new ApiError('client_stalled', message, { status: 499, type: 'invalid_request_error' });
}

/** The model gave nothing that is valid. */
export function invalidAnswer(message: string, cause?: unknown): ApiError {
  return new ApiError('invalid_answer', message, { status: 500, type: 'server_error', cause });
}

function internalError(cause: unknown): ApiError {
  const message = 'the server failed to answer; its log says why';
  return new ApiError('internal_error', message, { status: 500, type: 'server_error', cause });
}
