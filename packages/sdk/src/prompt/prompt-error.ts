import { TooltuneError } from '../errors/index.js';

/**
 * A conversation or a chat template that cannot be rendered. Codes: `prompt/conversation` (what is wrong with the
 * messages, with a JSON pointer into them), `prompt/template` (what the chat template does that cannot be followed),
 * `prompt/no-chat-template`.
 */
export class PromptError extends TooltuneError {
  constructor(
    code: 'prompt/conversation' | 'prompt/template' | 'prompt/no-chat-template',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
