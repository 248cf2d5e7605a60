import { type ConversationExample, createModelPrompting, type Example, TooltuneError } from '@tooltune/sdk';
import { labelCount, type TrainingExample } from './training-example.js';

/** Makes examples of general conversations and texts, as the base sees them where it is served without an adapter. */
export interface GeneralRenderer {
  /**
   * Conversations without tools; where one has no system message, it has what the model's own chat template writes.
   * Those that do not fit into `maxTokens`, or that the template has no form for, are left out and counted.
   */
  conversations(rows: readonly Example[], maxTokens: number): { examples: TrainingExample[]; skipped: number };
  /** A text apart from any conversation; every token is a label but the first, which is the model's BOS where it has one. */
  text(text: string): TrainingExample;
}

/** @param metadata key-values of the model's GGUF file */
export function createGeneralRenderer(metadata: Readonly<Record<string, unknown>>): GeneralRenderer {
  const { tokenizer, renderer } = createModelPrompting(metadata, {
    format: { tools: 'none', callFormat: 'json-in-tags', system: null },
    toolset: { tools: [] },
  });
  const tryRender = (row: Example): TrainingExample | null => {
    try {
      return renderer.renderExample((row as ConversationExample).messages);
    } catch (error) {
      // A template that refuses system messages, for instance.
      if (TooltuneError.isInstance(error)) return null;
      throw error;
    }
  };
  return {
    conversations(rows, maxTokens) {
      const examples = rows
        .map((row) => (row.kind === 'conversation' ? tryRender(row) : null))
        .filter((example) => example !== null && example.tokens.length <= maxTokens && labelCount(example) > 0);
      return { examples: examples as TrainingExample[], skipped: rows.length - examples.length };
    },
    text(text) {
      const tokens = Int32Array.from([...beginning(metadata), ...tokenizer.encode(text, { special: false })]);
      return { tokens, labelMask: new Uint8Array(tokens.length).fill(1, 1) };
    },
  };
}

/** What the model's tokenizer puts before every text; SentencePiece does so unless the file says otherwise. */
function beginning(metadata: Readonly<Record<string, unknown>>): number[] {
  const isAdded = metadata['tokenizer.ggml.add_bos_token'] ?? metadata['tokenizer.ggml.model'] === 'llama';
  const token = metadata['tokenizer.ggml.bos_token_id'];
  return isAdded === true && token !== undefined ? [Number(token)] : [];
}
