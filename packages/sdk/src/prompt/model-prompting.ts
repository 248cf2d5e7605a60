import { createTokenizer, type Tokenizer } from '../tokenizer/index.js';
import type { Toolset } from '../toolset/index.js';
import type { TemplateTokens } from './chat-template.js';
import { createPromptRenderer } from './create-prompt-renderer.js';
import { familyTemplate } from './family-templates.js';
import { PromptError } from './prompt-error.js';
import type { PromptFormat, PromptRenderer } from './prompt-renderer.js';

/** How conversations become tokens of one model. */
export interface ModelPrompting {
  tokenizer: Tokenizer;
  /** The model's own, or its family's where its file has none, as Jinja source. */
  chatTemplate: string;
  renderer: PromptRenderer;
}

/**
 * Tokenizer, chat template and renderer of a model, from the metadata of its GGUF file. Training and serving both come
 * this way, so that neither can tell the template something the other does not.
 * @throws PromptError `prompt/no-chat-template`, `prompt/template`; TokenizerError
 */
export function createModelPrompting(
  metadata: Readonly<Record<string, unknown>>,
  options: {
    format: PromptFormat;
    toolset: Pick<Toolset, 'tools'>;
    /** The model's tokenizer, where it was made from the same metadata already. */
    tokenizer?: Tokenizer;
  },
): ModelPrompting {
  const { tokenizer = createTokenizer(metadata), format, toolset } = options;
  const chatTemplate = metadata['tokenizer.chat_template'] ?? familyTemplate(metadata);
  if (typeof chatTemplate !== 'string') {
    throw new PromptError(
      'prompt/no-chat-template',
      'The model has no chat template (tokenizer.chat_template); use one that was tuned to chat.',
    );
  }
  const renderer = createPromptRenderer({ tokenizer, chatTemplate, format, toolset, ...templateTokens(metadata) });
  return { tokenizer, chatTemplate, renderer };
}

function templateTokens(metadata: Readonly<Record<string, unknown>>): TemplateTokens {
  const tokens = metadata['tokenizer.ggml.tokens'] as readonly string[];
  const bosToken = tokens[Number(metadata['tokenizer.ggml.bos_token_id'])];
  const eosToken = tokens[Number(metadata['tokenizer.ggml.eos_token_id'])];
  return { ...(bosToken === undefined ? {} : { bosToken }), ...(eosToken === undefined ? {} : { eosToken }) };
}
