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

/** A text with all of its intents; none where none applies. */
export interface LabelsExample {
  kind: 'labels';
  text: string;
  intents: string[];
  tags?: string[];
  location: SourceLocation;
}

/** A text with its score: a number, or the name of a level. */
export interface ScoreExample {
  kind: 'score';
  text: string;
  score: number | string;
  tags?: string[];
  location: SourceLocation;
}

/** A text that is classified, in whichever way. */
export type TextExample = IntentExample | LabelsExample | ScoreExample;

/** One row of a dataset, whatever shape it was written in. */
export type Example = ConversationExample | TextExample;

/** What a text is to be classified as. */
export function textAnswer(example: TextExample): string | number | null | string[] {
  if (example.kind === 'labels') return [...example.intents].sort();
  return example.kind === 'score' ? example.score : example.intent;
}

/** The intents or the level of a text, by name; none out of scope. */
export function namesOf(example: TextExample): string[] {
  if (example.kind === 'labels') return example.intents;
  if (example.kind === 'score') return [String(example.score)];
  return example.intent === null ? [] : [example.intent];
}
