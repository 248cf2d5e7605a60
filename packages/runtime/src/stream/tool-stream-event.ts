import type { JsonValue, ToolCall } from '@tooltune/sdk';

/** Any call: the sdk's, or the union that `tooltune codegen` writes, whose `name` narrows its `arguments`. */
export interface AnyToolCall {
  name: string;
  arguments: object;
}

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
  /** Times that a part of a call was decoded anew since a check refused it; left out where none was. */
  repairs?: number;
}

/** How sure the model was of an answer: probabilities of the tokens that were chosen, each among what might have come. */
export interface AnswerConfidence {
  /** Of the least sure choice, from 0 to 1. */
  min: number;
  /** Geometric mean, from 0 to 1. */
  mean: number;
  /** Choices that were measured; forced tokens are none. */
  tokens: number;
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
export interface ToolCallStartEvent<Call extends AnyToolCall = ToolCall> {
  type: 'tool-call-start';
  id: string;
  /** Place of the call in the answer, from 0; failed calls count. */
  index: number;
  name: Call['name'];
}

/** A further piece of the arguments' JSON text. All pieces of a call concatenated are the text, byte for byte. */
export interface ArgumentsDeltaEvent {
  type: 'arguments-delta';
  index: number;
  text: string;
}

/**
 * A value inside the arguments is complete: a member, an item, or a container after all that it holds. It is as the schema
 * wants it where the answer is constrained; the call as a whole is checked at `tool-call`.
 */
export interface ArgumentEvent {
  type: 'argument';
  /** Of the call. */
  id: string;
  index: number;
  /** JSON pointer inside the arguments (RFC 6901): `/room`, `/items/0/name`. */
  pointer: string;
  value: JsonValue;
}

/** A complete call whose arguments are valid for the tool's schema; the name narrows the arguments of a union of calls. */
export type ToolCallEvent<Call extends AnyToolCall = ToolCall> = Call extends unknown
  ? { type: 'tool-call'; id: string; index: number; name: Call['name']; arguments: Call['arguments'] }
  : never;

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
  /** Of `invalid-arguments`: what is wrong, and where inside the call (`/arguments/city`). */
  problems?: readonly { pointer: string; message: string }[];
}

/** Words outside calls. Whitespace beside calls and at both ends is left out. */
export interface TextDeltaEvent {
  type: 'text-delta';
  text: string;
}

/** A token of the answer: its place among the candidates, and what it writes. */
export interface TokenText {
  /** Id in the vocabulary. */
  token: number;
  /** What it writes, which may be a piece of a character; none where it is a control token. */
  bytes: Uint8Array;
  /**
   * In nats, among the tokens that might have come; 0 where the constraint left no choice. Of free text only the 64
   * likeliest tokens of the vocabulary are counted.
   */
  logProbability: number;
}

/**
 * A token of the answer, only where the request asked for them (`tokens`). Comes before the events that it completes; where
 * a call is held back until it has been checked, so are its tokens.
 */
export interface TokenEvent extends TokenText {
  type: 'token';
  /** The constraint left no choice, so that the model was not asked. */
  forced: boolean;
  /** The likeliest tokens that might have come, the likeliest first; as many as were asked for, none of a forced token. */
  top: readonly TokenText[];
}

/** Always the last event. */
export interface FinishEvent {
  type: 'finish';
  reason: FinishReason;
  usage: StreamUsage;
  timings: StreamTimings;
  /** Only where the request asked for it (`confidence`) and something was chosen. */
  confidence?: AnswerConfidence;
}

/** What can be read from an output's bytes alone. */
export type ToolOutputEvent<Call extends AnyToolCall = ToolCall> =
  | ToolCallStartEvent<Call>
  | ArgumentsDeltaEvent
  | ArgumentEvent
  | ToolCallEvent<Call>
  | ToolCallErrorEvent
  | TextDeltaEvent;

/** What a request streams. */
export type ToolStreamEvent<Call extends AnyToolCall = ToolCall> = ToolOutputEvent<Call> | TokenEvent | FinishEvent;
