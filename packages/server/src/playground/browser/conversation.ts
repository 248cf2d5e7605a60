import type { Answer } from './answer.js';
import type { ChatMessage } from './protocol.js';

/** What was asked and answered so far. Only answers that came to their end are part of it. */
export class Conversation {
  readonly #messages: ChatMessage[] = [];

  /** The conversation with what the user says now. */
  asking(request: string): ChatMessage[] {
    return [...this.#messages, { role: 'user', content: request }];
  }

  add(request: string, answer: Answer): void {
    this.#messages.push({ role: 'user', content: request }, answer.toMessage());
  }

  clear(): void {
    this.#messages.length = 0;
  }
}
