import type { ChatMessage } from '@tooltune/sdk';
import type { ToolChoice } from '../constraint/index.js';
import type { Sampling } from '../decode/index.js';

/** A piece of an answer. */
export interface AnswerPiece {
  /** In the call format of the prompt (`<tool_call>…</tool_call>`), whatever the server itself writes. */
  text: string;
  /** The server's own id of the call that begins in this piece. */
  callId?: string;
}

/** How an answer ended. Counts are left out where the server tells none. */
export interface AnswerEnd {
  reason: 'stop' | 'length';
  promptTokens?: number | undefined;
  cachedPromptTokens?: number | undefined;
  completionTokens?: number | undefined;
  promptMs?: number | undefined;
}

/** What a server is asked. */
export interface ServerRequest {
  messages: readonly ChatMessage[];
  /** The conversation as the adapter was trained on it; empty for servers that render it themselves. */
  promptTokens: readonly number[];
  maxTokens: number;
  sampling: Sampling;
  toolChoice: ToolChoice;
  constrained: boolean;
  signal: AbortSignal | undefined;
}

/** One kind of server: its requests, and its answers in our words. */
export interface RemoteServer {
  /** Whether it takes token ids; else it is sent messages and tools. */
  readonly takesTokens: boolean;
  /** Finds or loads the adapter. @throws RemoteError */
  prepare(signal?: AbortSignal): Promise<void>;
  /** @throws RemoteError; the signal's reason */
  answer(request: ServerRequest): AsyncGenerator<AnswerPiece, AnswerEnd, void>;
  /** Unloads what `prepare` loaded. */
  dispose(): Promise<void>;
}
