import type { FinishEvent, FinishReason, ToolCallErrorEvent, ToolStreamEvent } from '@tooltune/runtime';
import { type ApiError, invalidAnswer, unavailable } from '../api-error.js';

/** Why an answer ended, in OpenAI's words. */
export type ChatFinishReason = 'stop' | 'length' | 'tool_calls';

/** Watches an answer's events, to say in the end what it has come to. */
export class AnswerEnd {
  #failure: ToolCallErrorEvent | undefined;
  #endsWithCall = false;
  #finish: FinishEvent | undefined;

  add(event: ToolStreamEvent): void {
    // A token comes before what it completes, and says nothing by itself.
    if (event.type === 'token') return;
    if (event.type === 'finish') {
      this.#finish = event;
      return;
    }
    this.#endsWithCall = event.type === 'tool-call';
    if (event.type === 'tool-call-error') this.#failure = event;
  }

  /** @throws ApiError for an answer that was aborted, and for a call that is none and was not cut off by the budget */
  result(): { finish: FinishEvent; reason: ChatFinishReason } {
    const finish = this.#finish;
    if (finish === undefined || finish.reason === 'aborted') throw unavailable();
    const isCutOff = this.#failure?.code === 'incomplete' && finish.reason === 'length';
    if (this.#failure !== undefined && !isCutOff) throw invalidCall(this.#failure);
    return { finish, reason: toFinishReason(finish.reason, this.#endsWithCall) };
  }
}

/** `length` only where something was cut off: that there was no room for a further call is no fault of those there are. */
function toFinishReason(reason: Exclude<FinishReason, 'aborted'>, endsWithCall: boolean): ChatFinishReason {
  if (reason === 'tool-calls' || endsWithCall) return 'tool_calls';
  return reason === 'length' ? 'length' : 'stop';
}

function invalidCall({ name, message }: ToolCallErrorEvent): ApiError {
  return invalidAnswer(`the model's call${name === null ? '' : ` of ${name}`} is not valid: ${message}`);
}
