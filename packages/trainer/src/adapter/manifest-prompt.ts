import {
  type AdapterPrompt,
  type ModelPrompting,
  type PromptFormat,
  sha256Hex,
  tokenizerFingerprint,
} from '@tooltune/sdk';

/** What a manifest says of the prompts that an adapter wants, and of the model that they are tokens of. */
export function manifestPrompt(
  format: PromptFormat,
  { chatTemplate, tokenizer }: Pick<ModelPrompting, 'chatTemplate' | 'tokenizer'>,
): AdapterPrompt {
  return {
    ...format,
    chatTemplateSha256: sha256Hex(chatTemplate),
    tokenizerSha256: tokenizerFingerprint(tokenizer),
  };
}
