import { toolCallClosingTag as closingTag, toolCallOpeningTag as openingTag, type ToolCall } from '@tooltune/sdk';
import { CallEnvelopeReader } from './call-envelope-reader.js';
import { TagMatcher } from './tag-matcher.js';
import type { ToolCallErrorCode, ToolOutputEvent } from './tool-stream-event.js';
import { Utf8Text } from './utf8-text.js';

const whyItEnded = {
  stop: 'the model ended its turn',
  length: 'the token budget was spent',
  aborted: 'the request was aborted',
};

/** What is wrong with a call's arguments, each with a JSON pointer inside the call; empty if nothing is. */
export type CheckCall = (call: Pick<ToolCall, 'name' | 'arguments'>) => readonly { pointer: string; message: string }[];

/** What a ToolOutputParser needs to know. */
export interface ToolOutputParserOptions {
  /** Names of the tools that exist. */
  toolNames: ReadonlySet<string>;
  /** Validates a complete call. */
  checkCall: CheckCall;
  /** Makes the id of the call at this place in the answer. */
  createId: (index: number) => string;
}

interface OpenCall {
  id: string;
  index: number;
  reader: CallEnvelopeReader;
  /** Whether its start was sent. */
  started: boolean;
  text: Utf8Text;
  /** What the model wrote, the opening tag included. */
  written: string;
  failure: { code: ToolCallErrorCode; message: string } | undefined;
  /** Whether its object is given up and only the closing tag is looked for. */
  skipping: boolean;
}

/**
 * Turns the bytes of an output into events as soon as they are certain, in time linear in the output. The events'
 * content does not depend on how the bytes are cut. A call counts once its closing tag has come.
 */
export class ToolOutputParser {
  readonly #options: ToolOutputParserOptions;
  readonly #opening = new TagMatcher(openingTag);
  readonly #closing = new TagMatcher(closingTag);
  #text = new Utf8Text();
  #heldWhitespace = '';
  #hasText = false;
  #call: OpenCall | undefined;
  #calls = 0;
  #lastCallText = '';
  #events: ToolOutputEvent[] = [];

  constructor(options: ToolOutputParserOptions) {
    this.#options = options;
  }

  /** Number of calls begun so far. */
  get calls(): number {
    return this.#calls;
  }

  /** True while a call has been opened and not closed. */
  get insideCall(): boolean {
    return this.#call !== undefined;
  }

  /** What the model wrote of the call that was closed last, tags included. */
  get lastCallText(): string {
    return this.#lastCallText;
  }

  /** Number of arguments of the open call that have begun. */
  get argumentsBegun(): number {
    return this.#call?.reader.topLevelArguments ?? 0;
  }

  /** Takes further bytes and gives what they make certain. */
  push(bytes: Uint8Array): ToolOutputEvent[] {
    let index = 0;
    while (index < bytes.length) {
      index = this.#call === undefined ? this.#pushText(bytes, index) : this.#pushCall(this.#call, bytes, index);
    }
    return this.#takeEvents();
  }

  /** Says that a control token, which stands for no bytes, came in the middle: nothing valid goes across it. */
  interrupt(): ToolOutputEvent[] {
    if (this.#call === undefined) this.#releaseHeldTag();
    else this.#fail(this.#call, 'malformed', 'a control token stands inside the call');
    return this.#takeEvents();
  }

  /** Ends the output. A call that is still open becomes an error; `reason` says why it ended there. */
  end(reason: 'stop' | 'length' | 'aborted'): ToolOutputEvent[] {
    const call = this.#call;
    if (call === undefined) {
      this.#releaseHeldTag();
      this.#emitText(this.#text.end());
    } else {
      this.#fail(call, 'incomplete', `${whyItEnded[reason]} before ${closingTag}`);
      this.#closeCall(call);
    }
    return this.#takeEvents();
  }

  #pushText(bytes: Uint8Array, start: number): number {
    let carried = this.#opening.matched;
    for (let index = start; index < bytes.length; index++) {
      const before = this.#opening.matched;
      if (this.#opening.push(bytes[index]!)) {
        if (carried === 0) this.#pushWords(bytes, start, index + 1 - openingTag.length);
        this.#openCall();
        return index + 1;
      }
      if (carried > 0 && this.#opening.matched <= before) {
        // What looked like a tag since an earlier push is text after all.
        this.#pushWords(this.#opening.prefix(carried), 0, carried);
        carried = 0;
      }
    }
    if (carried === 0) this.#pushWords(bytes, start, bytes.length - this.#opening.matched);
    return bytes.length;
  }

  #releaseHeldTag(): void {
    const held = this.#opening.matched;
    this.#opening.reset();
    this.#pushWords(this.#opening.prefix(held), 0, held);
  }

  #pushWords(bytes: Uint8Array, start: number, end: number): void {
    this.#emitText(this.#text.push(bytes, start, end));
  }

  #emitText(text: string): void {
    let end = text.length;
    while (end > 0 && isWhitespace(text.charCodeAt(end - 1))) end--;
    if (end > 0) {
      let start = 0;
      if (!this.#hasText) while (isWhitespace(text.charCodeAt(start))) start++;
      const before = this.#hasText ? this.#heldWhitespace : '';
      this.#events.push({ type: 'text-delta', text: before + text.slice(start, end) });
      this.#heldWhitespace = '';
      this.#hasText = true;
    }
    this.#heldWhitespace += text.slice(end);
  }

  #openCall(): void {
    this.#emitText(this.#text.end());
    this.#heldWhitespace = '';
    this.#closing.reset();
    this.#call = {
      id: this.#options.createId(this.#calls),
      index: this.#calls++,
      reader: new CallEnvelopeReader(),
      started: false,
      text: new Utf8Text(),
      written: openingTag,
      failure: undefined,
      skipping: false,
    };
  }

  #pushCall(call: OpenCall, bytes: Uint8Array, start: number): number {
    let index = start;
    if (!call.skipping && !call.reader.done) {
      index = call.reader.push(bytes, start);
      this.#reportProgress(call);
    }
    let closed = false;
    if (call.skipping || call.reader.done) {
      while (index < bytes.length && !closed) closed = this.#pushAfterObject(call, bytes[index++]!);
    }
    call.written += call.text.push(bytes, start, index);
    if (closed) this.#closeCall(call);
    return index;
  }

  #reportProgress(call: OpenCall): void {
    const { reader, id, index } = call;
    if (reader.name !== undefined && !call.started && call.failure === undefined) {
      if (this.#options.toolNames.has(reader.name)) {
        call.started = true;
        this.#events.push({ type: 'tool-call-start', id, index, name: reader.name });
      } else call.failure = { code: 'unknown-tool', message: `no tool is called ${JSON.stringify(reader.name)}` };
    }
    if (call.started) {
      const text = reader.takeArgumentsDelta();
      if (text !== '') this.#events.push({ type: 'arguments-delta', index, text });
      for (const finished of reader.takeFinishedArguments()) {
        this.#events.push({ type: 'argument', id, index, ...finished });
      }
    }
    if (reader.problem !== undefined) this.#fail(call, 'malformed', reader.problem);
  }

  /** Takes a byte after the call's object, or after what broke it; true when it completes the closing tag. */
  #pushAfterObject(call: OpenCall, byte: number): boolean {
    const before = this.#closing.matched;
    const closed = this.#closing.push(byte);
    const onTheWay = closed || this.#closing.matched > before || (before === 0 && isWhitespace(byte));
    if (!onTheWay && !call.skipping) this.#fail(call, 'malformed', `only ${closingTag} may follow the call's object`);
    return closed;
  }

  /** Nothing of this call counts any more; what follows, up to the closing tag, is skipped. */
  #fail(call: OpenCall, code: ToolCallErrorCode, message: string): void {
    call.failure ??= { code, message };
    call.skipping = true;
  }

  #closeCall(call: OpenCall): void {
    this.#call = undefined;
    this.#text = new Utf8Text();
    const { id, index, reader } = call;
    const name = reader.name ?? null;
    const text = call.written + call.text.end();
    this.#lastCallText = text;
    if (call.failure !== undefined || name === null) {
      const { code, message } = call.failure ?? { code: 'malformed', message: 'name is missing' };
      this.#events.push({ type: 'tool-call-error', id, index, name, code, message, text });
      return;
    }
    const parsed = reader.parseArguments();
    const problems = this.#options.checkCall({ name, arguments: parsed });
    if (problems.length === 0) {
      this.#events.push({ type: 'tool-call', id, index, name, arguments: parsed });
      return;
    }
    const message = problems.map((problem) => `${problem.pointer}: ${problem.message}`).join('; ');
    this.#events.push({ type: 'tool-call-error', id, index, name, code: 'invalid-arguments', message, text, problems });
  }

  #takeEvents(): ToolOutputEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** JSON's whitespace; NaN, past the end of a string, is none. */
function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
