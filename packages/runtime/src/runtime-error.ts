import { TooltuneError } from '@tooltune/sdk';

/**
 * A runtime or a request that cannot be as it is asked for. Codes: `runtime/bad-options`, `runtime/base-not-found`,
 * `runtime/other-tools` (tools that an adapter was not trained for), `runtime/invalid-answer` (what no try made valid).
 */
export class RuntimeError extends TooltuneError {
  constructor(
    code: 'runtime/bad-options' | 'runtime/base-not-found' | 'runtime/other-tools' | 'runtime/invalid-answer',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
