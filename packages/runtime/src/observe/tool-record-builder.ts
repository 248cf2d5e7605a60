import type { ChatMessage, RecordedAdapter, ToolRecord } from '@tooltune/sdk';
import type { ToolStreamEvent } from '../stream/index.js';
import { errorOf } from './error-of.js';

/** Gathers what is recorded of one request as its events pass. */
export class ToolRecordBuilder {
  readonly #record: ToolRecord;
  readonly #started = performance.now();
  #isFinished = false;

  constructor({ id, messages, adapter }: { id: string; messages: readonly ChatMessage[]; adapter: RecordedAdapter }) {
    this.#record = {
      type: 'tools',
      id,
      time: new Date().toISOString(),
      adapter,
      // The conversation goes on in the same list.
      messages: messages.map((message) => ({ ...message })),
      answer: { content: '', calls: [], errors: [] },
      reason: 'abandoned',
    };
  }

  add(event: ToolStreamEvent): void {
    const { answer } = this.#record;
    switch (event.type) {
      case 'text-delta':
        answer.content += event.text;
        break;
      case 'tool-call':
        answer.calls.push({ name: event.name, arguments: event.arguments });
        break;
      case 'tool-call-error': {
        const { name, code, message, text } = event;
        answer.errors.push({ name, code, message, text });
        break;
      }
      case 'finish': {
        const { reason, usage, timings, confidence } = event;
        Object.assign(this.#record, { reason, usage, timings, ...(confidence === undefined ? {} : { confidence }) });
        this.#isFinished = true;
        break;
      }
    }
  }

  end(error?: unknown): ToolRecord {
    if (this.#isFinished) return this.#record;
    const timings = { totalMs: performance.now() - this.#started };
    if (error === undefined) return { ...this.#record, timings };
    return { ...this.#record, timings, reason: 'error', error: errorOf(error) };
  }
}
