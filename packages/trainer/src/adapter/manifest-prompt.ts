import { type AdapterPrompt, type ModelPrompting, sha256Hex, tokenizerFingerprint } from '@tooltune/sdk';

/** What a manifest says of the prompts that an adapter wants, and of the model that they are tokens of. */
export function manifestPrompt<Format extends object>(
  format: Format,
  { chatTemplate, tokenizer }: Pick<ModelPrompting, 'chatTemplate' | 'tokenizer'>,
): Format & Pick<AdapterPrompt, 'chatTemplateSha256' | 'tokenizerSha256'> {
  return {
    ...format,
    chatTemplateSha256: sha256Hex(chatTemplate),
    tokenizerSha256: tokenizerFingerprint(tokenizer),
  };
}
