import type { ChatMessage, ToolCall } from '@tooltune/sdk';
import { RuntimeError } from '../runtime-error.js';
import type { FinishEvent, StreamUsage, ToolCallEvent, ToolStreamEvent } from '../stream/index.js';
import type { HandlerContext, RunOptions, ToolResultEvent, ToolRunEvent } from './tool-run.js';
import type { StreamOptions } from './tool-runtime.js';

const defaultMaxSteps = 5;

type Handler = (args: ToolCall['arguments'], context: HandlerContext) => unknown;
type Stream = (request: StreamOptions) => AsyncGenerator<ToolStreamEvent, void, void>;

/** What became of a handler; it never rejects, so that nobody need wait for it. */
type Outcome = Promise<{ call: ToolCallEvent; value: unknown } | { call: ToolCallEvent; error: unknown }>;

/** See ToolRuntime.run. Handlers of one answer run at the same time, each from when its call is complete. */
export async function* runTools(
  stream: Stream,
  toolNames: Iterable<string>,
  options: RunOptions,
): AsyncGenerator<ToolRunEvent, void, void> {
  const { handlers, maxSteps = defaultMaxSteps, onHandlerError = 'tell', signal, ...request } = options;
  if (!(Number.isInteger(maxSteps) && maxSteps >= 1)) {
    throw new RuntimeError('runtime/bad-options', `maxSteps must be a whole number from 1, not ${maxSteps}`);
  }
  const missing = [...toolNames].filter((name) => !Object.hasOwn(handlers, name));
  if (missing.length > 0)
    throw new RuntimeError('runtime/bad-options', `no handler is given for ${missing.join(', ')}`);
  const leaving = new AbortController();
  const runSignal = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
  const added: ChatMessage[] = [];
  const usage: StreamUsage = { promptTokens: 0, cachedPromptTokens: 0, completionTokens: 0, forcedTokens: 0 };
  try {
    for (let step = 1; ; step++) {
      yield { type: 'step-start', step };
      const outcomes: Outcome[] = [];
      const answer = new AssistantAnswer();
      let finish: FinishEvent | undefined;
      const messages = [...request.messages, ...added];
      for await (const event of stream({ ...request, messages, signal })) {
        answer.add(event);
        if (event.type === 'tool-call') outcomes.push(handle(handlers[event.name] as Handler, event, runSignal));
        if (event.type === 'finish') finish = event;
        else yield event;
      }
      for (const key of Object.keys(finish!.usage) as (keyof StreamUsage)[])
        usage[key] = (usage[key] ?? 0) + (finish!.usage[key] ?? 0);
      yield { ...finish!, type: 'step-finish', step };
      const { reason } = finish!;
      if (reason !== 'aborted') added.push(...answer.messages());
      const results: ToolResultEvent[] = [];
      if (reason !== 'aborted') {
        for (const outcome of outcomes) {
          const settled = await untilAborted(outcome, signal);
          if (settled === 'aborted') break;
          if ('error' in settled && onHandlerError === 'throw') throw settled.error;
          results.push(describe(settled));
          yield results.at(-1)!;
        }
      }
      const wasAborted = reason === 'aborted' || results.length < outcomes.length;
      // Calls without their results would be no conversation to go on from.
      if (wasAborted && reason !== 'aborted') added.pop();
      else added.push(...results.map(toMessage));
      const isLast = wasAborted || outcomes.length === 0 || reason === 'length';
      if (isLast || step === maxSteps) {
        const last = reason === 'tool-calls' ? 'stop' : reason;
        const why = wasAborted ? 'aborted' : isLast ? last : 'max-steps';
        yield { type: 'finish', reason: why, steps: step, usage, messages: added };
        return;
      }
    }
  } finally {
    leaving.abort();
  }
}

/** An answer as the message that it becomes. */
class AssistantAnswer {
  #content = '';
  readonly #toolCalls: ToolCall[] = [];

  add(event: ToolStreamEvent): void {
    if (event.type === 'text-delta') this.#content += event.text;
    if (event.type !== 'tool-call') return;
    this.#toolCalls.push({ id: event.id, name: event.name, arguments: event.arguments });
  }

  /** One, or none where nothing was said. */
  messages(): ChatMessage[] {
    const content = this.#content === '' ? null : this.#content;
    if (this.#toolCalls.length > 0) return [{ role: 'assistant', content, toolCalls: this.#toolCalls }];
    return content === null ? [] : [{ role: 'assistant', content }];
  }
}

async function handle(handler: Handler, call: ToolCallEvent, signal: AbortSignal): Outcome {
  try {
    return { call, value: await handler(call.arguments, { id: call.id, signal }) };
  } catch (error) {
    return { call, error };
  }
}

function describe(outcome: Awaited<Outcome>): ToolResultEvent {
  const { id, index, name } = outcome.call;
  const isError = 'error' in outcome;
  const content = isError ? `Error: ${messageOf(outcome.error)}` : toText(outcome.value);
  return { type: 'tool-result', id, index, name, content, isError };
}

function toMessage({ id, content }: ToolResultEvent): ChatMessage {
  return { role: 'tool', toolCallId: id, content };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | 'aborted'> {
  if (signal === undefined) return promise;
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
