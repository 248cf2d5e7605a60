import type { SourceLocation } from '../errors/index.js';
import type { Tool, ToolCall } from '../toolset/index.js';
import type { Expectation } from './expectation.js';

/** One turn of a conversation. */
export type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | {
      role: 'assistant';
      /** Words, or null when the turn only calls tools. */
      content: string | null;
      toolCalls?: ToolCall[];
      /** 0: context only, never trained on (OpenAI's `weight`). Default 1. */
      weight?: 0 | 1;
    }
  | { role: 'tool'; content: string; toolCallId?: string };

/** An assistant's turn. */
export type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

/** A conversation whose assistant turns are to be learnt; the last message is an assistant's. */
export interface ConversationExample {
  kind: 'conversation';
  messages: ChatMessage[];
  /** A worse answer than the last message, for learning by preference; nothing else looks at it. */
  rejected?: AssistantMessage;
  /** What evaluation asks of the answer besides its calls; nothing else looks at it. */
  expect?: Expectation;
  /** What the row is a case of; evaluation tells figures for each. */
  tags?: string[];
  /** Tools of this row alone, in place of the toolset: masked names, for instance. Learnt only where prompts hold tools. */
  tools?: readonly Tool[];
  location: SourceLocation;
}

/** A text with its intent; null is out of scope. */
export interface IntentExample {
  kind: 'intent';
  text: string;
  intent: string | null;
  tags?: string[];
  location: SourceLocation;
}

/** One row of a dataset, whatever shape it was written in. */
export type Example = ConversationExample | IntentExample;
