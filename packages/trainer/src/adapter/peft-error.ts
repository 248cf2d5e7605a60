import { type SourceLocation, TooltuneError } from '@tooltune/sdk';

/**
 * A PEFT adapter that cannot be read. Codes: `peft/not-an-adapter` (files are missing, or hold something else),
 * `peft/unsupported` (an option or a tensor that is not understood), `peft/does-not-fit` (made for another model),
 * `peft/incomplete` (a tensor is missing), `peft/not-finite`.
 */
export class PeftError extends TooltuneError {
  constructor(
    code: 'peft/not-an-adapter' | 'peft/unsupported' | 'peft/does-not-fit' | 'peft/incomplete' | 'peft/not-finite',
    message: string,
    options: { location: SourceLocation; cause?: unknown },
  ) {
    super(code, message, options);
  }
}
