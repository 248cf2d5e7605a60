/** What the page reads of the server's answers. */

export interface ChatTool {
  type: 'function';
  function: { name: string; description?: string; parameters?: unknown };
}

/** One entry of `GET /v1/models`. */
export interface Model {
  id: string;
  task: 'tools' | 'intents' | 'base';
  /** Id of the base model. */
  base: string;
  /** Of an adapter that calls tools. */
  tools?: ChatTool[];
  /** Of an adapter that names intents or scores: its intents or levels. */
  intents?: string[];
}

export interface ChatCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export type ChatMessage =
  | { role: 'user'; content: string }
  | { role: 'assistant'; content: string | null; tool_calls?: ChatCall[] };

/** Body of `POST /v1/chat/completions`. */
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  tools?: ChatTool[];
  tool_choice?: string;
  temperature?: number;
  max_tokens?: number;
  stream: true;
  stream_options: { include_usage: true };
  logprobs: true;
  top_logprobs: number;
}

export interface TokenLogprob {
  token: string;
  /** It may be a part of a character; a control token has none. */
  bytes: number[];
  /** In nats; null where a server writes minus infinity so. */
  logprob: number | null;
}

export interface AnswerLogprob extends TokenLogprob {
  top_logprobs: TokenLogprob[];
  /** The constraint left no choice. */
  forced?: boolean;
}

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  prompt_tokens_details?: { cached_tokens?: number };
  completion_tokens_details?: { forced_tokens?: number };
}

/** In milliseconds. */
export interface ChatTimings {
  queue_ms: number;
  prompt_ms: number;
  /** Null where no token came. */
  first_token_ms: number | null;
  total_ms: number;
}

/** One event of an answer. */
export interface ChatChunk {
  choices: {
    delta?: {
      content?: string | null;
      tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[];
    };
    logprobs?: { content?: AnswerLogprob[] | null } | null;
    finish_reason?: string | null;
  }[];
  usage?: ChatUsage | null;
  timings?: ChatTimings;
}

/** Body of `POST /v1/classify`. */
export interface ClassifyRequest {
  model: string;
  input: string;
  top_k: number;
}

/** Null: out of scope, or not sure enough. */
export interface IntentProbability {
  intent: string | null;
  probability: number;
}

export interface Classification extends IntentProbability {
  /** The likeliest first. */
  top: IntentProbability[];
  /** Of a model that names several: those above their thresholds. */
  intents?: string[];
  /** Of a model that scores: the mean of the levels' values by their probabilities. */
  score?: { level: string; value: number; expected: number };
}

export interface ClassifyAnswer {
  results: Classification[];
  usage: { prompt_tokens: number };
}
