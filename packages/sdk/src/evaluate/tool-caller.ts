import type { ChatMessage } from '../dataset/index.js';
import type { ToolCall } from '../toolset/index.js';

/** What a model answered to a conversation. */
export interface ToolCallerAnswer {
  /** Calls that parsed and were valid for the toolset, in order. */
  calls: ToolCall[];
  /** Words said outside calls. */
  content: string;
  /** True when something that began as a call could not be parsed, or was not valid for its schema. */
  malformed: boolean;
  promptTokens: number;
  completionTokens: number;
  /** Milliseconds from the request to the first generated token, and to the end. */
  timeToFirstTokenMs: number;
  durationMs: number;
}

/** Anything that answers a conversation with tool calls: what evaluation measures. */
export interface ToolCaller {
  call(messages: readonly ChatMessage[], options?: { signal?: AbortSignal }): Promise<ToolCallerAnswer>;
}
