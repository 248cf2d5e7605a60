import { TooltuneError } from '@tooltune/sdk';

/**
 * A runtime or a request that cannot be as it is asked for. Codes: `runtime/bad-options`, `runtime/no-chat-template`.
 */
export class RuntimeError extends TooltuneError {
  constructor(code: 'runtime/bad-options' | 'runtime/no-chat-template', message: string) {
    super(code, message);
  }
}
