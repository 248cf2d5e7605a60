import type { Tokenizer } from '@tooltune/sdk';
import { type DecodeFeedback, greedySampling, type Sampling } from '../decode/index.js';
import type { ToolCallErrorEvent, ToolCallEvent, ToolOutputEvent, ToolOutputParser } from '../stream/index.js';

/** What is wrong with a call: the place is a JSON pointer inside the arguments, empty for all of them. */
export interface CallProblem {
  pointer: string;
  message: string;
}

/** Says what a schema cannot: whether a call makes sense. Nothing is wrong where it gives none. */
export type ValidateCall = (
  call: Pick<ToolCallEvent, 'id' | 'name' | 'arguments'>,
) => readonly CallProblem[] | Promise<readonly CallProblem[]>;

/** What a CheckedAnswer needs to know. */
export interface CheckedAnswerOptions {
  tokenizer: Pick<Tokenizer, 'isSpecial' | 'tokenBytes'>;
  /** Makes a parser that has read nothing; the ids of its calls are the same each time. */
  createParser: () => ToolOutputParser;
  /** Whether calls of this tool may turn out wrong when they are complete, so that their arguments are held back till then. */
  isDoubtful: (toolName: string) => boolean;
  validateCall?: ValidateCall | undefined;
  /** Most times that parts of one call are decoded anew. */
  repairTries: number;
  sampling?: Sampling | undefined;
}

const endOfTag = '>'.charCodeAt(0);

/** Temperatures of the tries: further and further from what was wrong. */
const repairTemperatures = [0.7, 1, 1.4];

type CallEnd = ToolCallEvent | ToolCallErrorEvent;

/**
 * Turns the tokens of an answer into events that are never taken back. What may turn out wrong is held back until it has
 * been checked; a wrong call is decoded anew from the first argument that is wrong.
 */
export class CheckedAnswer {
  readonly #options: CheckedAnswerOptions;
  #parser: ToolOutputParser;
  readonly #tokens: number[] = [];
  /** Events that are not forgotten yet; those before `#sent` were given. */
  #events: ToolOutputEvent[] = [];
  #sent = 0;
  /** Of the open call: for each argument how many tokens came before the one that it begins in. */
  #argumentStarts: number[] = [];
  /** Number of tokens up to and with the one that completes the name of the held call. */
  #nameTokens = 0;
  /** Index of the open call whose arguments are held back. */
  #held: number | undefined;
  #tries = 0;
  #repairs = 0;
  #validCalls = 0;

  constructor(options: CheckedAnswerOptions) {
    this.#options = options;
    this.#parser = options.createParser();
  }

  /** Calls that were given. */
  get validCalls(): number {
    return this.#validCalls;
  }

  /** Times that something was decoded anew. */
  get repairs(): number {
    return this.#repairs;
  }

  /** Whether a call is held back whose tokens may be decoded anew. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Takes a token. Gives the events that are certain, and what decoding is to do about the token. */
  async push(token: number): Promise<{ events: ToolOutputEvent[]; feedback?: DecodeFeedback | undefined }> {
    let feedback: DecodeFeedback | undefined;
    const events: ToolOutputEvent[] = [];
    for (const part of this.#partsOf(token)) {
      this.#read(part);
      const end = this.#heldCallEnd();
      if (end !== undefined) {
        const problems = await this.#check(end);
        const repair = problems.length > 0 ? this.#repair(end, problems) : undefined;
        if (repair !== undefined) return { events: [...events, ...this.#release()], feedback: repair };
        if (problems.length > 0) this.#refuse(end, problems);
        feedback = this.#settle();
      }
      events.push(...this.#release());
    }
    this.#tokens.push(token);
    return { events, feedback };
  }

  /** Ends the answer. */
  end(reason: 'stop' | 'length' | 'aborted'): ToolOutputEvent[] {
    this.#append(this.#parser.end(reason));
    const end = this.#heldCallEnd();
    if (end !== undefined) this.#refuse(end, []);
    this.#settle();
    return this.#release();
  }

  /**
   * A token's bytes, cut behind whatever may end a call, so that no part holds the end of one call and the start of the next;
   * undefined stands for a control token.
   */
  #partsOf(token: number): (Uint8Array | undefined)[] {
    const { tokenizer } = this.#options;
    if (tokenizer.isSpecial(token)) return [undefined];
    const bytes = tokenizer.tokenBytes(token);
    const parts: Uint8Array[] = [];
    for (let start = 0, end: number; start < bytes.length; start = end) {
      const tagEnd = bytes.indexOf(endOfTag, start);
      end = tagEnd < 0 ? bytes.length : tagEnd + 1;
      parts.push(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    }
    return parts;
  }

  #read(part: Uint8Array | undefined): void {
    const { calls, argumentsBegun } = this.#parser;
    this.#append(part === undefined ? this.#parser.interrupt() : this.#parser.push(part));
    const isNewCall = this.#parser.calls > calls;
    if (isNewCall) this.#argumentStarts = [];
    for (let count = isNewCall ? 0 : argumentsBegun; count < this.#parser.argumentsBegun; count++) {
      this.#argumentStarts.push(this.#tokens.length);
    }
  }

  #append(events: readonly ToolOutputEvent[]): void {
    const { validateCall, isDoubtful } = this.#options;
    for (const event of events) {
      this.#events.push(event);
      if (event.type !== 'tool-call-start') continue;
      if (validateCall === undefined && !isDoubtful(event.name)) continue;
      this.#held = event.index;
      this.#nameTokens = this.#tokens.length + 1;
    }
  }

  /** The end of the call that is held back, where that has come. */
  #heldCallEnd(): CallEnd | undefined {
    if (this.#held === undefined) return undefined;
    return this.#events.find((event, place): event is CallEnd => place >= this.#sent && isEndOf(event, this.#held!));
  }

  async #check(end: CallEnd): Promise<readonly CallProblem[]> {
    if (end.type === 'tool-call') return (await this.#options.validateCall?.(end)) ?? [];
    const problems = end.problems ?? [{ pointer: '', message: end.message }];
    return problems.map(({ pointer, message }) => ({ pointer: pointer.replace(/^\/arguments/, ''), message }));
  }

  /** Goes back to the first argument that is wrong; undefined where there is none, or enough was tried. */
  #repair({ index, ...end }: CallEnd, problems: readonly CallProblem[]): DecodeFeedback | undefined {
    const isRepairable = end.type === 'tool-call' || end.code === 'invalid-arguments';
    if (!isRepairable || this.#tries >= this.#options.repairTries) return undefined;
    const names = this.#events.flatMap((event) => {
      const isTopLevel = event.type === 'argument' && event.index === index && event.pointer.lastIndexOf('/') === 0;
      return isTopLevel ? [event.pointer] : [];
    });
    const places = problems.map(({ pointer }) => names.indexOf(pointer.split('/').slice(0, 2).join('/')));
    // A problem of all arguments, or of one that is missing, may be put right by any of them.
    const keepTokens = this.#argumentStarts[Math.max(0, Math.min(...places))];
    // Where one token holds the end of the name and the argument's beginning, another tool might come of it.
    if (keepTokens === undefined || keepTokens < this.#nameTokens) return undefined;
    this.#tries++;
    this.#repairs++;
    this.#readAgain(index, this.#tokens.slice(0, keepTokens));
    const temperature = repairTemperatures[Math.min(this.#tries, repairTemperatures.length) - 1]!;
    return { keepTokens, sampling: { temperature, seed: (this.#options.sampling?.seed ?? 0) + this.#repairs } };
  }

  /** Reads the answer so far with a new parser; the events before this call stay as they are. */
  #readAgain(index: number, tokens: readonly number[]): void {
    const isStart = (event: ToolOutputEvent) => event.type === 'tool-call-start' && event.index === index;
    const before = this.#events.slice(0, this.#events.findIndex(isStart));
    this.#parser = this.#options.createParser();
    this.#tokens.length = 0;
    this.#events = [];
    for (const token of tokens) {
      for (const part of this.#partsOf(token)) this.#read(part);
      this.#tokens.push(token);
    }
    this.#events = [...before, ...this.#events.slice(this.#events.findIndex(isStart))];
  }

  /** The held arguments are never given; an error is, in place of the call. */
  #refuse(end: CallEnd, problems: readonly CallProblem[]): void {
    const error = end.type === 'tool-call' ? refused(end, problems, this.#parser.lastCallText) : end;
    this.#events = this.#events.flatMap((event, place) => {
      if (event === end) return [error];
      const isArgument = event.type === 'arguments-delta' || event.type === 'argument';
      return isArgument && place >= this.#sent && event.index === end.index ? [] : [event];
    });
  }

  /** What comes next is decoded as ever. */
  #settle(): DecodeFeedback | undefined {
    const feedback = this.#tries > 0 ? { sampling: this.#options.sampling ?? greedySampling } : undefined;
    this.#tries = 0;
    this.#held = undefined;
    return feedback;
  }

  /** Events up to the first that is held back. */
  #release(): ToolOutputEvent[] {
    const from = this.#sent;
    while (this.#sent < this.#events.length) {
      const event = this.#events[this.#sent]!;
      const isArgument = event.type === 'arguments-delta' || event.type === 'argument';
      if (isArgument && event.index === this.#held) break;
      this.#sent++;
      if (event.type === 'tool-call') this.#validCalls++;
    }
    const events = this.#events.slice(from, this.#sent);
    if (this.#held === undefined) {
      this.#events = [];
      this.#sent = 0;
    }
    return events;
  }
}

function isEndOf(event: ToolOutputEvent, index: number): boolean {
  return (event.type === 'tool-call' || event.type === 'tool-call-error') && event.index === index;
}

function refused(call: ToolCallEvent, problems: readonly CallProblem[], text: string): ToolCallErrorEvent {
  const { id, index, name } = call;
  const placed = problems.map(({ pointer, message }) => ({ pointer: `/arguments${pointer}`, message }));
  const message = placed.map((problem) => `${problem.pointer}: ${problem.message}`).join('; ');
  return { type: 'tool-call-error', id, index, name, code: 'invalid-arguments', message, text, problems: placed };
}
