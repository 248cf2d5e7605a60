import { TooltuneError } from '@tooltune/sdk';

/**
 * A runtime or a request that cannot be as it is asked for. Codes: `runtime/bad-options`, `runtime/base-not-found`.
 */
export class RuntimeError extends TooltuneError {
  constructor(
    code: 'runtime/bad-options' | 'runtime/base-not-found',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
