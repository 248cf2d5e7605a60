import type { JsonObject } from '@tooltune/sdk';

/**
 * Why an output ended. `tool-calls`: it ended by itself and holds at least one call; `length`: the budget was spent, or
 * what was left of it had no room for what could have followed.
 */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'aborted';

/** Why something that began as a call is none. */
export type ToolCallErrorCode = 'malformed' | 'unknown-tool' | 'invalid-arguments' | 'incomplete';

/** Tokens of one request. */
export interface StreamUsage {
  promptTokens: number;
  /** Prompt tokens that were still in the model's memory from an earlier request. */
  cachedPromptTokens: number;
  /** Tokens of the answer, the end-of-turn token included. */
  completionTokens: number;
  /** Completion tokens that the constraint knew, so that the model was not asked. */
  forcedTokens: number;
}

/** Milliseconds of one request. */
export interface StreamTimings {
  /** Waiting for a free sequence. */
  queueMs: number;
  /** Evaluating the part of the prompt that was not cached. */
  promptMs: number;
  /** From the request to the first token of the answer; null when there was none. */
  firstTokenMs: number | null;
  totalMs: number;
}

/** The model began a call of a tool that exists. */
export interface ToolCallStartEvent {
  type: 'tool-call-start';
  id: string;
  /** Place of the call in the answer, from 0; failed calls count. */
  index: number;
  name: string;
}

/** A further piece of the arguments' JSON text. All pieces of a call concatenated are the text, byte for byte. */
export interface ArgumentsDeltaEvent {
  type: 'arguments-delta';
  index: number;
  text: string;
}

/** A complete call whose arguments are valid for the tool's schema. */
export interface ToolCallEvent {
  type: 'tool-call';
  id: string;
  index: number;
  name: string;
  arguments: JsonObject;
}

/** Something that began as a call and is none; its start and deltas, if any were sent, are void. */
export interface ToolCallErrorEvent {
  type: 'tool-call-error';
  id: string;
  index: number;
  /** Null when the output broke before the name was known. */
  name: string | null;
  code: ToolCallErrorCode;
  message: string;
  /** What the model wrote, from the opening tag on. */
  text: string;
}

/** Words outside calls. Whitespace beside calls and at both ends is left out. */
export interface TextDeltaEvent {
  type: 'text-delta';
  text: string;
}

/** Always the last event. */
export interface FinishEvent {
  type: 'finish';
  reason: FinishReason;
  usage: StreamUsage;
  timings: StreamTimings;
}

/** What can be read from an output's bytes alone. */
export type ToolOutputEvent =
  | ToolCallStartEvent
  | ArgumentsDeltaEvent
  | ToolCallEvent
  | ToolCallErrorEvent
  | TextDeltaEvent;

/** What a request streams. */
export type ToolStreamEvent = ToolOutputEvent | FinishEvent;
