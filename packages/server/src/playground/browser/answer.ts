import { probabilityOf } from './probability.js';
import type {
  AnswerLogprob,
  ChatCall,
  ChatChunk,
  ChatMessage,
  ChatTimings,
  ChatUsage,
  TokenLogprob,
} from './protocol.js';
import { TokenReader, type TokenText, tokenLabel } from './token-text.js';

/** What might have come in a token's place. */
export interface TokenAlternative {
  label: string;
  probability: number;
  isChosen: boolean;
}

export interface AnswerToken extends TokenText {
  /** The token by itself; see tokenLabel. */
  label: string;
  /** Among the tokens that might have come. */
  probability: number;
  /** The constraint left no choice. */
  isForced: boolean;
  /** The likeliest first; the chosen one is always among them. None of a forced token. */
  alternatives: TokenAlternative[];
}

export interface AnswerCall {
  id: string;
  name: string;
  /** JSON, as far as it is written. */
  arguments: string;
  isComplete: boolean;
}

/** An answer as far as its chunks have come. */
export class Answer {
  text = '';
  readonly tokens: AnswerToken[] = [];
  readonly calls: AnswerCall[] = [];
  /** `stop`, `length` or `tool_calls`, once it is over. */
  finishReason: string | undefined;
  usage: ChatUsage | undefined;
  timings: ChatTimings | undefined;
  readonly #reader = new TokenReader();

  get forcedTokens(): number {
    return this.tokens.filter((token) => token.isForced).length;
  }

  add({ choices, usage, timings }: ChatChunk): void {
    this.usage = usage ?? this.usage;
    this.timings = timings ?? this.timings;
    const [choice] = choices;
    if (choice === undefined) return;
    for (const logprob of choice.logprobs?.content ?? []) this.tokens.push(this.#toToken(logprob));
    this.text += choice.delta?.content ?? '';
    for (const { index, id, function: called } of choice.delta?.tool_calls ?? []) {
      const call = (this.calls[index] ??= { id: '', name: '', arguments: '', isComplete: false });
      call.id = id ?? call.id;
      call.name = called?.name ?? call.name;
      call.arguments += called?.arguments ?? '';
      call.isComplete = isObject(call.arguments);
    }
    this.finishReason = choice.finish_reason ?? this.finishReason;
  }

  /** The answer as a message of the conversation. Calls that are not whole are left out. */
  toMessage(): ChatMessage {
    const calls = this.calls
      .filter((call) => call.isComplete)
      .map(({ id, name, arguments: json }): ChatCall => {
        return { id, type: 'function', function: { name, arguments: json } };
      });
    if (calls.length === 0) return { role: 'assistant', content: this.text };
    return { role: 'assistant', content: this.text === '' ? null : this.text, tool_calls: calls };
  }

  #toToken(logprob: AnswerLogprob): AnswerToken {
    const probability = probabilityOf(logprob.logprob);
    const isForced = logprob.forced === true;
    const common = { ...this.#reader.read(logprob), label: tokenLabel(logprob), probability, isForced };
    if (isForced) return { ...common, alternatives: [] };
    const alternatives = logprob.top_logprobs.map((other) => ({
      ...{ label: tokenLabel(other), probability: probabilityOf(other.logprob) },
      isChosen: isSame(other, logprob),
    }));
    if (!alternatives.some(({ isChosen }) => isChosen)) {
      alternatives.push({ label: common.label, probability, isChosen: true });
    }
    return { ...common, alternatives };
  }
}

function isSame(one: TokenLogprob, other: TokenLogprob): boolean {
  return one.token === other.token && one.bytes.join() === other.bytes.join();
}

/** An object's JSON is no beginning of a longer one's, so that what is whole once stays so. */
function isObject(json: string): boolean {
  if (!json.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
