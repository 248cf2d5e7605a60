import { TooltuneError } from '../errors/index.js';

/**
 * A tokenizer that cannot be built. Codes: `tokenizer/unsupported` (a kind that is not known here, named in the
 * message), `tokenizer/metadata` (the model file's tokenizer keys are missing or contradict each other).
 */
export class TokenizerError extends TooltuneError {
  constructor(
    code: 'tokenizer/unsupported' | 'tokenizer/metadata',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
