import { TooltuneError } from '@tooltune/sdk';

/**
 * What a pool is asked for and does not have. Codes: `pool/unknown-adapter`, `pool/name-taken`, `pool/whole-model` (a
 * bundle that holds a model of its own needs no base and shares none), `pool/disposed`.
 */
export class PoolError extends TooltuneError {
  constructor(
    code: 'pool/unknown-adapter' | 'pool/name-taken' | 'pool/whole-model' | 'pool/disposed',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
