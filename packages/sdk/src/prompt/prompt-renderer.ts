import type { ChatMessage } from '../dataset/index.js';
import type { Tool } from '../toolset/index.js';

/** What of the toolset the prompt holds: the schemas, signatures, or nothing (for an adapter that has learnt its tools). */
export type PromptTools = 'full' | 'names' | 'none';

/** How a conversation becomes tokens. Part of the adapter manifest: training and serving must use the same. */
export interface PromptFormat {
  /** What of the toolset the prompt holds. */
  tools: PromptTools;
  /** How a tool call is written. `json-in-tags`: `<tool_call>{"name":…,"arguments":{…}}</tool_call>` for each call. */
  callFormat: 'json-in-tags';
  /** System message used where the conversation has none; null leaves it to the chat template. */
  system: string | null;
}

/** For a narrow adapter: no tools in the prompt, and a short system message that is the same in every prompt. */
export const defaultPromptFormat: Readonly<PromptFormat> = Object.freeze({
  tools: 'none',
  callFormat: 'json-in-tags',
  system: 'You call tools.',
});

/** A rendered training example. */
export interface RenderedExample {
  /** Token ids of the whole conversation, up to and including the last label. */
  tokens: Int32Array;
  /**
   * labelMask[i] is 1 where tokens[i] must be predicted: what the assistant says, its end-of-turn token included.
   * Same length as tokens; labelMask[0] is always 0.
   */
  labelMask: Uint8Array;
}

/** The one renderer that training, evaluation and serving share. */
export interface PromptRenderer {
  readonly format: PromptFormat;
  /**
   * Token ids of the conversation so far, ending where the assistant is to speak. Equal, token for token, to what
   * renderExample gives before the label span of the same turn.
   * @param tools in place of the toolset's
   */
  renderPrompt(messages: readonly ChatMessage[], tools?: readonly Tool[]): number[];
  /**
   * Tokens and label mask of a conversation that ends with an assistant message.
   * @param tools in place of the toolset's
   */
  renderExample(messages: readonly ChatMessage[], tools?: readonly Tool[]): RenderedExample;
}
