import { TooltuneError } from '../errors/index.js';

/** Why a source did not give the file, or why a model cannot be had. */
export type ModelErrorCode =
  | 'models/unknown-model'
  | 'models/not-found'
  | 'models/not-a-file'
  | 'models/no-network'
  | 'models/no-pip'
  | 'models/wrong-checksum'
  | 'models/wrong-size'
  | 'models/no-space'
  | 'models/not-writable'
  | 'models/aborted'
  | 'models/source-failed'
  | 'models/pull-failed';

/** What one source answered. */
export interface SourceFailure {
  source: string;
  code: ModelErrorCode;
  message: string;
}

/**
 * A base model that cannot be had. `code` is that of the sources if all failed alike, or else `models/pull-failed`;
 * `failures` says what each of them answered.
 */
export class ModelError extends TooltuneError {
  declare readonly code: ModelErrorCode;
  readonly failures: readonly SourceFailure[];

  constructor(
    code: ModelErrorCode,
    message: string,
    options: { cause?: unknown; failures?: readonly SourceFailure[] } = {},
  ) {
    super(code, message, options);
    this.failures = options.failures ?? [];
  }
}

const systemCodes: Readonly<Record<string, ModelErrorCode>> = {
  ENOSPC: 'models/no-space',
  EDQUOT: 'models/no-space',
  EACCES: 'models/not-writable',
  EPERM: 'models/not-writable',
  EROFS: 'models/not-writable',
  ENOTDIR: 'models/not-writable',
  ENOTFOUND: 'models/no-network',
  EAI_AGAIN: 'models/no-network',
  ECONNREFUSED: 'models/no-network',
  ECONNRESET: 'models/no-network',
  ENETUNREACH: 'models/no-network',
  EHOSTUNREACH: 'models/no-network',
  ETIMEDOUT: 'models/no-network',
  UND_ERR_CONNECT_TIMEOUT: 'models/no-network',
  UND_ERR_SOCKET: 'models/no-network',
};

/** Whatever was thrown, as a ModelError: what the operating system said decides its code. */
export function modelErrorFrom(thrown: unknown): ModelError {
  if (thrown instanceof ModelError) return thrown;
  const chain: unknown[] = [];
  for (let error = thrown; error instanceof Error && chain.length < 8; error = error.cause) chain.push(error);
  for (const error of chain) {
    const systemCode = String((error as { code?: unknown }).code ?? '');
    const code = systemCodes[systemCode];
    if (code !== undefined) return new ModelError(code, (error as Error).message, { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ModelError('models/source-failed', message, { cause: thrown });
}
