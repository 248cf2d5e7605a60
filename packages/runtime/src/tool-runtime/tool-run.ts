import type { ChatMessage, ToolCall } from '@tooltune/sdk';
import type {
  AnyToolCall,
  FinishReason,
  StreamTimings,
  StreamUsage,
  TokenEvent,
  ToolOutputEvent,
} from '../stream/index.js';
import type { StreamOptions } from './tool-runtime.js';

/** What a handler is told beside the arguments. */
export interface HandlerContext {
  /** Of the call. */
  id: string;
  /** Aborted when the run is, or is left early. */
  signal: AbortSignal;
}

/** What each tool does; `ToolHandlers` of a module that `tooltune codegen` wrote is one. */
export type ToolCallHandlers<Call extends AnyToolCall = ToolCall> = {
  [Name in Call['name']]: (args: Extract<Call, { name: Name }>['arguments'], context: HandlerContext) => unknown;
};

/** A conversation that goes on by itself. */
export interface RunOptions<Call extends AnyToolCall = ToolCall> extends StreamOptions {
  /** A function for every tool; what it gives, or its promise, is told to the model as JSON, a string as it is. */
  handlers: ToolCallHandlers<Call>;
  /** Most answers of the model. Default 5. */
  maxSteps?: number | undefined;
  /**
   * What an error of a handler does. `tell`: the model is told its message as the call's result; `throw`: the run fails with
   * it. Default `tell`.
   */
  onHandlerError?: 'tell' | 'throw' | undefined;
}

/** The model is asked, from step 1. */
export interface StepStartEvent {
  type: 'step-start';
  step: number;
}

/** An answer of the model has ended. */
export interface StepFinishEvent {
  type: 'step-finish';
  step: number;
  reason: FinishReason;
  usage: StreamUsage;
  timings: StreamTimings;
}

/** What a handler gave, as the model will read it. */
export interface ToolResultEvent {
  type: 'tool-result';
  /** Of the call. */
  id: string;
  index: number;
  name: string;
  content: string;
  /** Whether the handler failed; `content` is then its error's message. */
  isError: boolean;
}

/** Always the last event. */
export interface RunFinishEvent {
  type: 'finish';
  /** `max-steps`: the last answer that was allowed still called tools; their results are in `messages`. */
  reason: Exclude<FinishReason, 'tool-calls'> | 'max-steps';
  steps: number;
  /** Of all steps together. */
  usage: StreamUsage;
  /** What to append to the conversation: answers and results. */
  messages: ChatMessage[];
}

/** What a run streams. */
export type ToolRunEvent<Call extends AnyToolCall = ToolCall> =
  | ToolOutputEvent<Call>
  | TokenEvent
  | StepStartEvent
  | StepFinishEvent
  | ToolResultEvent
  | RunFinishEvent;
