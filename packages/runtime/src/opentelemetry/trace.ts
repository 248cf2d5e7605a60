import {
  type Attributes,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { IntentAnswer, ToolCall } from '@tooltune/sdk';
import type { AdapterBundle } from '../adapters/index.js';
import type { LlamaIntentClassifier } from '../intent/index.js';
import { errorOf } from '../observe/error-of.js';
import { observeStream } from '../observe/observed-stream.js';
import type { AnyToolCall, ToolStreamEvent } from '../stream/index.js';
import type { StreamOptions, ToolRuntime } from '../tool-runtime/index.js';
import { inputAttributes, OutputMessage } from './content-attributes.js';
import { Instruments } from './instruments.js';

export interface TelemetryOptions {
  /** Default: the global provider's, named `@tooltune/runtime`. */
  tracer?: Tracer | undefined;
  meter?: Meter | undefined;
  /** `gen_ai.request.model`. Default: the base model's id. */
  model?: string | undefined;
  /** Whether spans hold what was asked and answered, unredacted. Default false. */
  captureContent?: boolean | undefined;
}

const scope = '@tooltune/runtime';
const provider = 'tooltune';

/**
 * The runtime, with a span and metrics of each request by the GenAI semantic conventions of OpenTelemetry. A span is a child
 * of the span that is active when the request is made. Events pass unchanged.
 */
export function traceRuntime<Call extends AnyToolCall = ToolCall>(
  runtime: ToolRuntime<Call>,
  options?: TelemetryOptions,
): ToolRuntime<Call>;
export function traceRuntime<Call extends AnyToolCall = ToolCall>(
  runtime: Omit<ToolRuntime<Call>, 'dispose'>,
  options?: TelemetryOptions,
): Omit<ToolRuntime<Call>, 'dispose'>;
export function traceRuntime<Call extends AnyToolCall>(
  runtime: Omit<ToolRuntime<Call>, 'dispose'>,
  options: TelemetryOptions = {},
): Omit<ToolRuntime<Call>, 'dispose'> {
  const telemetry = new Telemetry(options);
  const wrap = (stream: ToolRuntime<Call>['stream']) => (request: StreamOptions) =>
    traceStream(() => stream(request), request, telemetry.begin('chat', runtime.adapter, streamAttributes(request)));
  return Object.assign(Object.create(runtime) as typeof runtime, runtime.withStream(wrap));
}

/** The classifier, with a span and metrics of each text; a text of a batch has its own. The operation is `classify`. */
export function traceClassifier<Classifier extends Omit<LlamaIntentClassifier, 'dispose'>>(
  classifier: Classifier,
  options: TelemetryOptions = {},
): Classifier {
  const telemetry = new Telemetry(options);
  const begin = (text: string) => {
    const operation = telemetry.begin('classify', classifier.adapter, {});
    if (operation.capturesContent) operation.set(inputAttributes([{ role: 'user', content: text }]));
    return operation;
  };
  const traced: Pick<LlamaIntentClassifier, 'classify' | 'classifyBatch'> = {
    async classify(text, request) {
      const operation = begin(text);
      try {
        return finishClassified(operation, await classifier.classify(text, request));
      } catch (error) {
        operation.end(error);
        throw error;
      }
    },
    async classifyBatch(texts, request) {
      const operations = texts.map(begin);
      try {
        const answers = await classifier.classifyBatch(texts, request);
        return answers.map((answer, index) => finishClassified(operations[index]!, answer));
      } catch (error) {
        for (const operation of operations) operation.end(error);
        throw error;
      }
    },
  };
  return Object.assign(Object.create(classifier) as Classifier, traced);
}

class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#tracer = options.tracer ?? trace.getTracer(scope);
    this.#instruments = new Instruments(options.meter ?? metrics.getMeter(scope));
  }

  begin(name: string, adapter: AdapterBundle | undefined, more: Attributes): Operation {
    const model = this.#options.model ?? adapter?.manifest.base.id;
    const common: Attributes = {
      'gen_ai.operation.name': name,
      'gen_ai.provider.name': provider,
      ...(model === undefined ? {} : { 'gen_ai.request.model': model, 'gen_ai.response.model': model }),
    };
    const span = this.#tracer.startSpan(model === undefined ? name : `${name} ${model}`, {
      // The model runs in this process.
      kind: SpanKind.INTERNAL,
      attributes: { ...common, ...more },
    });
    return new Operation(span, this.#instruments, common, this.#options.captureContent ?? false);
  }
}

/** A request under way. */
class Operation {
  readonly #started = performance.now();
  readonly #span: Span;
  readonly #instruments: Instruments;
  readonly #common: Attributes;
  readonly capturesContent: boolean;
  #hasEnded = false;

  constructor(span: Span, instruments: Instruments, common: Attributes, capturesContent: boolean) {
    this.#span = span;
    this.#instruments = instruments;
    this.#common = common;
    this.capturesContent = capturesContent;
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  callError({ code, name, message }: { code: string; name: string | null; message: string }): void {
    this.#instruments.callError(code, this.#common);
    // The message quotes what the model wrote.
    const content = this.capturesContent ? { 'error.message': message } : {};
    this.#span.addEvent('tooltune.call.error', {
      'error.type': code,
      ...(name === null ? {} : { 'gen_ai.tool.name': name }),
      ...content,
    });
  }

  usage({
    input,
    cached,
    output,
    repairs,
  }: {
    input: number;
    cached?: number;
    output: number;
    repairs?: number;
  }): void {
    this.set({
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
      ...(cached === undefined ? {} : { 'gen_ai.usage.cache_read.input_tokens': cached }),
    });
    this.#instruments.tokens(input, output, this.#common);
    this.#instruments.repairs(repairs ?? 0, this.#common);
  }

  firstChunk(seconds: number): void {
    this.set({ 'gen_ai.response.time_to_first_chunk': seconds });
    this.#instruments.firstChunk(seconds, this.#common);
  }

  end(error?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const seconds = (performance.now() - this.#started) / 1000;
    const failed = error === undefined ? {} : { 'error.type': errorOf(error).code };
    if (error !== undefined) {
      this.set(failed);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: errorOf(error).message });
    }
    this.#instruments.duration(seconds, { ...this.#common, ...failed });
    this.#span.end();
  }
}

function streamAttributes({ maxTokens, sampling }: StreamOptions): Attributes {
  return {
    'gen_ai.request.stream': true,
    ...(maxTokens === undefined ? {} : { 'gen_ai.request.max_tokens': maxTokens }),
    ...(sampling === undefined ? {} : { 'gen_ai.request.temperature': sampling.temperature }),
    ...(sampling === undefined ? {} : { 'gen_ai.request.seed': sampling.seed }),
  };
}

function traceStream<Call extends AnyToolCall>(
  start: () => AsyncGenerator<ToolStreamEvent<Call>, void, void>,
  { messages }: StreamOptions,
  operation: Operation,
): AsyncGenerator<ToolStreamEvent<Call>, void, void> {
  const output = operation.capturesContent ? new OutputMessage() : undefined;
  if (operation.capturesContent) operation.set(inputAttributes(messages));
  return observeStream(start(), {
    event: (typed) => {
      const event = typed as unknown as ToolStreamEvent;
      output?.add(event);
      if (event.type === 'tool-call-error') operation.callError(event);
      if (event.type !== 'finish') return;
      const { usage, timings, reason } = event;
      const { promptTokens: input, cachedPromptTokens: cached, completionTokens, repairs = 0 } = usage;
      operation.usage({ input, cached, output: completionTokens, repairs });
      if (timings.firstTokenMs !== null) operation.firstChunk(timings.firstTokenMs / 1000);
      const finishReason = finishReasons[reason];
      operation.set({ 'gen_ai.response.finish_reasons': [finishReason], ...output?.attributes(finishReason) });
      // Whoever reads up to here need not read on.
      operation.end();
    },
    end: (error) => operation.end(error),
  });
}

/** The names of the conventions' own messages. */
const finishReasons = { stop: 'stop', length: 'length', 'tool-calls': 'tool_call', aborted: 'aborted' } as const;

function finishClassified<Answer extends IntentAnswer>(operation: Operation, answer: Answer): Answer {
  const { promptTokens, intent, probability, intents, score } = answer;
  operation.usage({ input: promptTokens, output: 0 });
  operation.set({
    'tooltune.intent.probability': probability,
    ...(intent === null ? {} : { 'tooltune.intent': intent }),
    ...(intents === undefined ? {} : { 'tooltune.intents': intents }),
    ...(score === undefined ? {} : { 'tooltune.score': score.value, 'tooltune.score.expected': score.expected }),
  });
  operation.end();
  return answer;
}
