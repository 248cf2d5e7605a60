import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ChatMessage, IntentAnswer, RuntimeRecord } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { finish, lightOff, runtimeOf } from '../../test/streamed-runtime.js';
import type { LlamaIntentClassifier } from '../intent/index.js';
import { Recorder, recordRuntime, requestIdOf } from '../observe/index.js';
import type { ToolStreamEvent } from '../stream/index.js';
import { traceClassifier, traceRuntime } from './trace.js';

const messages: ChatMessage[] = [{ role: 'user', content: 'kitchen light off' }];

/** OpenTelemetry's own SDK, exporting to memory. */
function telemetry() {
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('test');
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
  const provider = new MeterProvider({ readers: [reader] });
  const metrics = async () => {
    await provider.forceFlush();
    const all = exporter
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  };
  return { tracer, meter: provider.getMeter('test'), spans: () => spans.getFinishedSpans(), metrics };
}

async function* events(list: readonly ToolStreamEvent[]): AsyncGenerator<ToolStreamEvent, void, void> {
  yield* list;
}

const error: ToolStreamEvent = {
  ...{ type: 'tool-call-error', id: 'call_2', index: 1, name: 'set_light', code: 'incomplete' },
  ...{ message: 'breaks off after "kitchen"', text: '{"room":"kitchen"' },
};

describe('traceRuntime', () => {
  it('makes a span and metrics by the GenAI conventions, without what was said', async () => {
    const { tracer, meter, spans, metrics } = telemetry();
    const list = [...lightOff, error, finish('tool-calls', 2)];
    const runtime = traceRuntime(
      runtimeOf(() => events(list)),
      { tracer, meter, model: 'my-adapter' },
    );
    const read: ToolStreamEvent[] = [];
    for await (const event of runtime.stream({ messages, maxTokens: 64 })) read.push(event);
    expect(read).toEqual(list);
    expect(spans()).toHaveLength(1);
    const [span] = spans();
    expect(span).toMatchObject({ name: 'chat my-adapter', kind: SpanKind.INTERNAL });
    expect(span!.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'tooltune',
      'gen_ai.request.model': 'my-adapter',
      'gen_ai.response.model': 'my-adapter',
      'gen_ai.request.stream': true,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.usage.input_tokens': 40,
      'gen_ai.usage.cache_read.input_tokens': 30,
      'gen_ai.usage.output_tokens': 12,
      'gen_ai.response.time_to_first_chunk': 0.004,
      'gen_ai.response.finish_reasons': ['tool_call'],
    });
    expect(span!.events).toMatchObject([{ name: 'tooltune.call.error', attributes: { 'error.type': 'incomplete' } }]);
    expect(JSON.stringify([span!.attributes, span!.events])).not.toContain('kitchen');

    const measured = await metrics();
    const points = (name: string) =>
      measured.get(name)!.dataPoints as { attributes: object; value: { count: number; sum: number } }[];
    const common = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'tooltune',
      'gen_ai.request.model': 'my-adapter',
    };
    expect(points('gen_ai.client.operation.duration')).toMatchObject([{ attributes: common, value: { count: 1 } }]);
    expect(measured.get('gen_ai.client.operation.duration')!.descriptor.unit).toBe('s');
    expect(points('gen_ai.client.operation.time_to_first_chunk')).toMatchObject([{ value: { sum: 0.004 } }]);
    expect(points('gen_ai.client.token.usage')).toMatchObject([
      { attributes: { ...common, 'gen_ai.token.type': 'input' }, value: { sum: 40 } },
      { attributes: { ...common, 'gen_ai.token.type': 'output' }, value: { sum: 12 } },
    ]);
    expect(points('tooltune.repairs')).toMatchObject([{ value: 2 }]);
    expect(points('tooltune.call.errors')).toMatchObject([{ attributes: { 'error.type': 'incomplete' }, value: 1 }]);
  });

  it('holds what was said only where that is asked for', async () => {
    const { tracer, meter, spans } = telemetry();
    const runtime = traceRuntime(
      runtimeOf(() => events([...lightOff, finish('tool-calls')])),
      {
        ...{ tracer, meter, captureContent: true },
      },
    );
    await runtime.call(messages);
    const { attributes } = spans()[0]!;
    expect(JSON.parse(attributes['gen_ai.input.messages'] as string)).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'kitchen light off' }] },
    ]);
    expect(JSON.parse(attributes['gen_ai.output.messages'] as string)).toMatchObject([
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'set_light' }], finish_reason: 'tool_call' },
    ]);
  });

  it('ends the span where the runtime fails, and where nobody reads on', async () => {
    const { tracer, meter, spans, metrics } = telemetry();
    const failing = runtimeOf(async function* () {
      yield* lightOff;
      throw Object.assign(new Error('gone'), { code: 'engine/disposed' });
    });
    await expect(traceRuntime(failing, { tracer, meter }).call(messages)).rejects.toThrow('gone');
    for await (const _ of traceRuntime(
      runtimeOf(() => events(lightOff)),
      { tracer, meter },
    ).stream({ messages }))
      break;
    const [failed, left] = spans();
    expect(failed).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'engine/disposed' },
    });
    expect(left!.status.code).toBe(SpanStatusCode.UNSET);
    const { dataPoints } = (await metrics()).get('gen_ai.client.operation.duration')!;
    expect(dataPoints.map(({ attributes }) => attributes['error.type'])).toEqual(['engine/disposed', undefined]);
  });
});

describe('recording and tracing', () => {
  it('go together, each request once in both', async () => {
    const { tracer, meter, spans } = telemetry();
    const records: RuntimeRecord[] = [];
    const recorder = new Recorder({ sink: { write: async (batch) => void records.push(...batch) } });
    const traced = traceRuntime(
      runtimeOf(() => events([...lightOff, finish('tool-calls')])),
      { tracer, meter },
    );
    const runtime = recordRuntime(traced, recorder);
    const answer = await runtime.call(messages);
    for await (const _ of runtime.stream({ messages }));
    await recorder.close();
    expect(spans()).toHaveLength(2);
    expect(records.map(({ id }) => id)).toEqual([requestIdOf(answer), expect.any(String)]);
  });
});

/** A classifier that always answers the same, traced. */
function tracedClassifier(answer: IntentAnswer) {
  const { tracer, meter, spans } = telemetry();
  const classifier = {
    adapter: { manifest: { base: { id: 'smollm2-135m' } } },
    classify: async () => answer,
    classifyBatch: async (texts: readonly string[]) => texts.map(() => answer),
  } as unknown as LlamaIntentClassifier;
  return { traced: traceClassifier(classifier, { tracer, meter }), spans };
}

describe('traceClassifier', () => {
  it('makes a span of each text', async () => {
    const answer = { intent: 'greet', probability: 0.75, top: [], outOfScope: null, promptTokens: 9, durationMs: 1 };
    const { traced, spans } = tracedClassifier(answer);
    await traced.classify('hello');
    await traced.classifyBatch(['hello', 'hi']);
    expect(spans().map(({ name }) => name)).toEqual(Array(3).fill('classify smollm2-135m'));
    expect(spans()[0]!.attributes).toMatchObject({
      ...{ 'gen_ai.operation.name': 'classify', 'gen_ai.usage.input_tokens': 9 },
      ...{ 'tooltune.intent': 'greet', 'tooltune.intent.probability': 0.75 },
    });
  });

  it('tells several intents, and scores', async () => {
    const common = { probability: 0.9, top: [], outOfScope: null, promptTokens: 9, durationMs: 1 };
    const several = tracedClassifier({ ...common, intent: 'greet', intents: ['greet', 'ask'] });
    await several.traced.classify('hello, when?');
    expect(several.spans()[0]!.attributes).toMatchObject({ 'tooltune.intents': ['greet', 'ask'] });
    const score = { level: 'warm', value: 2, expected: 1.75 };
    const scored = tracedClassifier({ ...common, intent: 'warm', score });
    await scored.traced.classify('maybe');
    expect(scored.spans()[0]!.attributes).toMatchObject({
      ...{ 'tooltune.intent': 'warm', 'tooltune.score': 2, 'tooltune.score.expected': 1.75 },
    });
  });
});
