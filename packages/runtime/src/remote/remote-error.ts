import { TooltuneError } from '@tooltune/sdk';

/** Stable codes of what a remote server does wrong, or cannot do. */
export type RemoteErrorCode =
  /** No connection, or it broke before the answer began. */
  | 'remote/unreachable'
  /** 401 or 403. */
  | 'remote/unauthorized'
  /** The server refuses the request: any other 4xx. */
  | 'remote/refused'
  /** 429, still after the retries, or told to wait longer than is waited. */
  | 'remote/rate-limited'
  /** 5xx after the retries, or an error that the server told in the middle of its answer. */
  | 'remote/server-error'
  /** Nothing came in time; `phase` says what was waited for. */
  | 'remote/timeout'
  /** The stream ended in the middle of the answer. */
  | 'remote/incomplete'
  /** What came is not what this kind of server sends. */
  | 'remote/bad-stream'
  /** The server has no such adapter. */
  | 'remote/unknown-adapter';

/** What was waited for: the response's headers, the first piece of the answer, or a further one. */
export type RemotePhase = 'connect' | 'first-token' | 'idle';

/** A remote server that gave no answer, or half of one. */
export class RemoteError extends TooltuneError {
  declare readonly code: RemoteErrorCode;
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Of `remote/timeout`. */
  readonly phase: RemotePhase | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: RemoteErrorCode,
    message: string,
    options: {
      cause?: unknown;
      status?: number | undefined;
      phase?: RemotePhase | undefined;
      retryable?: boolean;
      retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(code, message, { cause: options.cause });
    this.status = options.status;
    this.phase = options.phase;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
