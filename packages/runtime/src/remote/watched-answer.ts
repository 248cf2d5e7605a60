import { type createCallValidator, type TokenConstraint, toolCallOpeningTag } from '@tooltune/sdk';
import { type ToolOutputEvent, ToolOutputParser } from '../stream/index.js';
import { CheckedAnswer, createCallId, type ValidateCall } from '../tool-runtime/index.js';
import type { AnswerPiece } from './remote-server.js';
import { SurrogateJoiner } from './surrogate-joiner.js';

/** What a WatchedAnswer needs to know. */
export interface WatchedAnswerOptions {
  toolNames: ReadonlySet<string>;
  checkCall: ReturnType<typeof createCallValidator>;
  /** Whether the schema of this tool has something that the constraint cannot see. */
  isDoubtful: (toolName: string) => boolean;
  validateCall: ValidateCall | undefined;
  /** Walked byte by byte; none where the answer is free. */
  constraint: TokenConstraint | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Turns the pieces of an answer from afar into events. The first byte that the constraint does not allow ends the answer:
 * what was begun as a call becomes an error.
 */
export class WatchedAnswer {
  readonly #options: WatchedAnswerOptions;
  readonly #answer: CheckedAnswer;
  readonly #joiner = new SurrogateJoiner();
  readonly #pieces: Uint8Array[] = [];
  readonly #callIds: string[] = [];
  #callsBegun = 0;

  constructor(options: WatchedAnswerOptions) {
    this.#options = options;
    const createId = (index: number) => (this.#callIds[index] ??= createCallId());
    this.#answer = new CheckedAnswer({
      // A piece is a token to it.
      tokenizer: { isSpecial: () => false, tokenBytes: (piece) => this.#pieces[piece]! },
      createParser: () =>
        new ToolOutputParser({ toolNames: options.toolNames, checkCall: options.checkCall, createId }),
      isDoubtful: options.isDoubtful,
      validateCall: options.validateCall,
      repairTries: 0,
    });
  }

  /** Calls that were given. */
  get validCalls(): number {
    return this.#answer.validCalls;
  }

  /** Takes a piece. `refused`: it is not allowed, and the events are the last. */
  async push({ text, callId }: AnswerPiece): Promise<{ events: ToolOutputEvent[]; refused: boolean }> {
    if (callId !== undefined) this.#callIds[this.#callsBegun] = callId;
    const bytes = encoder.encode(this.#joiner.push(text));
    const allowed = this.#walk(bytes);
    const events = await this.#take(bytes.subarray(0, allowed));
    if (allowed === bytes.length) return { events, refused: false };
    return { events: [...events, ...this.#refuse(decoder.decode(bytes.subarray(allowed)))], refused: true };
  }

  /** Ends the answer. */
  end(reason: 'stop' | 'length' | 'aborted'): ToolOutputEvent[] {
    const { constraint } = this.#options;
    const events = this.#answer.end(reason);
    const isWhole = constraint === undefined || constraint.canEnd() || reason !== 'stop';
    if (isWhole || events.some(({ type }) => type === 'tool-call-error')) return events;
    return [...events, this.#error('incomplete', null, 'the model ended its turn without the call that is required')];
  }

  async #take(bytes: Uint8Array): Promise<ToolOutputEvent[]> {
    this.#pieces.push(bytes);
    const { events: taken } = await this.#answer.push(this.#pieces.length - 1);
    for (const event of taken) if ('index' in event) this.#callsBegun = Math.max(this.#callsBegun, event.index + 1);
    return taken;
  }

  /** Number of bytes that may come. */
  #walk(bytes: Uint8Array): number {
    const { constraint } = this.#options;
    if (constraint === undefined) return bytes.length;
    for (let index = 0; index < bytes.length; index++) {
      if (!constraint.allows(bytes[index]!)) return index;
      constraint.advance(bytes[index]!);
    }
    return bytes.length;
  }

  /** The events of an answer that goes on with what may not come. */
  #refuse(rest: string): ToolOutputEvent[] {
    const shown = rest.length > 40 ? `${rest.slice(0, 40)}…` : rest;
    const message = `the constraint does not allow ${JSON.stringify(shown)} here`;
    const events = this.#answer.end('stop');
    const last = events.at(-1);
    if (last?.type !== 'tool-call-error') return [...events, this.#error('malformed', null, message, rest)];
    const name = last.name ?? nameOf((last.text + rest).slice(toolCallOpeningTag.length));
    const isKnown = name === null || this.#options.toolNames.has(name);
    const code = !isKnown ? 'unknown-tool' : last.name === null ? 'malformed' : 'invalid-arguments';
    const said = isKnown ? message : `no tool that may be called is called ${JSON.stringify(name)}`;
    return [...events.slice(0, -1), { ...last, code, name, message: said, text: last.text + rest }];
  }

  #error(code: 'malformed' | 'incomplete', name: string | null, message: string, text = ''): ToolOutputEvent {
    const index = this.#callsBegun;
    const id = (this.#callIds[index] ??= createCallId());
    return { type: 'tool-call-error', id, index, name, code, message, text };
  }
}

/** The name at the beginning of a call's JSON, where it is whole. */
function nameOf(call: string): string | null {
  const name = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(call)?.[1];
  try {
    return name === undefined ? null : (JSON.parse(name) as string);
  } catch {
    return null;
  }
}
