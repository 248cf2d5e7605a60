import type { TokenEvent, TokenText } from '@tooltune/runtime';

/** A token as `logprobs` has it. */
export interface ChatTokenText {
  /** What it writes; U+FFFD stands for a piece of a character, and a control token writes nothing. */
  token: string;
  bytes: number[];
  /** In nats, among the tokens that might have come. */
  logprob: number;
}

/** A token of an answer. Those of calls are told too, which OpenAI leaves out. */
export interface ChatTokenLogprob extends ChatTokenText {
  top_logprobs: ChatTokenText[];
  /** An extension: the constraint left no choice, so that the model was not asked. */
  forced?: true;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function toLogprob(event: TokenEvent): ChatTokenLogprob {
  return { ...toText(event), top_logprobs: event.top.map(toText), ...(event.forced ? { forced: true as const } : {}) };
}

function toText({ bytes, logProbability }: TokenText): ChatTokenText {
  return { token: decoder.decode(bytes), bytes: [...bytes], logprob: logProbability };
}
