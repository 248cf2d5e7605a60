import {
  type ChatMessage,
  type FeedbackRecord,
  type IntentAnswer,
  type RuntimeRecord,
  type ToolRecord,
  validateRecord,
} from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { finish, lightOff, runtimeOf } from '../../test/streamed-runtime.js';
import type { LlamaIntentClassifier } from '../intent/index.js';
import type { ToolStreamEvent } from '../stream/index.js';
import type { StreamOptions } from '../tool-runtime/index.js';
import { recordClassifier } from './record-classifier.js';
import { recordRuntime } from './record-runtime.js';
import { Recorder } from './recorder.js';
import { requestIdOf } from './request-ids.js';

const messages: ChatMessage[] = [{ role: 'user', content: 'kitchen light off' }];

function recording() {
  const records: RuntimeRecord[] = [];
  const recorder = new Recorder({ sink: { write: async (batch) => void records.push(...batch) } });
  const written = async () => {
    await recorder.flush();
    return records as ToolRecord[];
  };
  return { recorder, written };
}

async function* events(list: readonly ToolStreamEvent[]): AsyncGenerator<ToolStreamEvent, void, void> {
  yield* list;
}

async function readAll<Event>(stream: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of stream) all.push(event);
  return all;
}

describe('recordRuntime', () => {
  it('passes the very events, asks for confidence, and records the outcome under an id', async () => {
    const { recorder, written } = recording();
    const list = [...lightOff, finish('tool-calls', 2)];
    const requests: StreamOptions[] = [];
    const runtime = recordRuntime(
      runtimeOf((request) => {
        requests.push(request);
        return events(list);
      }),
      recorder,
      { version: 'of May' },
    );
    const stream = runtime.stream({ messages, requestId: 'mine' });
    const read = await readAll(stream);
    expect(read.every((event, index) => event === list[index])).toBe(true);
    expect(read).toHaveLength(list.length);
    expect(requestIdOf(stream)).toBe('mine');
    expect(requests).toEqual([{ messages, confidence: true }]);
    expect(await written()).toMatchObject([
      {
        ...{ type: 'tools', id: 'mine', adapter: { version: 'of May' }, messages, reason: 'tool-calls' },
        answer: {
          content: '',
          calls: [{ name: 'set_light', arguments: { room: 'kitchen', state: 'off' } }],
          errors: [],
        },
        ...{ usage: { promptTokens: 40, repairs: 2 }, timings: { totalMs: 20 } },
      },
    ]);
  });

  it('records each step of a run and what call gives, with ids that feedback finds', async () => {
    const { recorder, written } = recording();
    let step = 0;
    const runtime = recordRuntime(
      runtimeOf(() =>
        events(
          ++step % 2 === 1
            ? [...lightOff, finish('tool-calls')]
            : [{ type: 'text-delta', text: 'Done.' }, finish('stop')],
        ),
      ),
      recorder,
    );
    const handlers = { set_light: () => 'ok', play_music: () => 'ok' };
    const run = runtime.run({ messages, handlers, requestId: 'run' });
    await readAll(run);
    const answer = await runtime.call(messages);
    recorder.feedback(requestIdOf(answer)!, { rating: 'up' });
    const [first, second, third, feedback] = await written();
    expect([first!.id, second!.id]).toEqual(['run', 'run/2']);
    expect(requestIdOf(run)).toBe('run');
    expect(second).toMatchObject({
      answer: { content: 'Done.' },
      messages: [messages[0], { toolCalls: [{}] }, { role: 'tool' }],
    });
    expect(third!.answer.calls).toEqual([{ name: 'set_light', arguments: { room: 'kitchen', state: 'off' } }]);
    expect(answer.calls).toMatchObject(third!.answer.calls);
    expect(feedback as unknown as FeedbackRecord).toMatchObject({ type: 'feedback', id: third!.id, rating: 'up' });
    await runtime.asToolCaller().call(messages);
    expect(await written()).toHaveLength(4);
  });

  it('records errors, what was left half-way, and a conversation as it was', async () => {
    const { recorder, written } = recording();
    const broken = runtimeOf(async function* () {
      yield { type: 'text-delta', text: 'Well' };
      throw Object.assign(new Error('out of memory'), { code: 'engine/evaluation-failed' });
    });
    await expect(readAll(recordRuntime(broken, recorder).stream({ messages }))).rejects.toThrow('out of memory');
    let isReleased = false;
    const left = runtimeOf(async function* () {
      try {
        yield* lightOff;
        yield finish('tool-calls');
      } finally {
        isReleased = true;
      }
    });
    const conversation = [...messages];
    for await (const event of recordRuntime(left, recorder).stream({ messages: conversation })) {
      if (event.type === 'tool-call') break;
    }
    conversation.push({ role: 'assistant', content: 'Done.' });
    expect(isReleased).toBe(true);
    expect(await written()).toMatchObject([
      {
        reason: 'error',
        error: { code: 'engine/evaluation-failed', message: 'out of memory' },
        answer: { content: 'Well' },
      },
      { reason: 'abandoned', messages, answer: { calls: [{ name: 'set_light' }] } },
    ]);
  });

  it('reads a pool for what is there now', async () => {
    const { recorder } = recording();
    let toolsetOf = 'first';
    const pooled = Object.defineProperty(
      runtimeOf(() => events([finish('stop')])),
      'toolset',
      {
        get: () => ({ tools: [], fingerprint: toolsetOf }),
      },
    );
    const runtime = recordRuntime(pooled, recorder);
    toolsetOf = 'second';
    expect(runtime.toolset.fingerprint).toBe('second');
  });
});

describe('recordClassifier', () => {
  const answer = (intent: string | null): IntentAnswer => ({
    ...{ intent, probability: 0.8, top: [{ intent: 'greet', probability: 0.8 }], outOfScope: 0.1 },
    ...{ promptTokens: 9, durationMs: 2 },
  });
  const classifier = {
    adapter: { manifest: { base: { id: 'smollm2-135m' }, files: {} } },
    intents: ['greet'],
    classify: async (text: string) => {
      if (text === '') throw new RangeError('no text');
      return answer(text === 'hello' ? 'greet' : null);
    },
    classifyBatch: async (texts: readonly string[]) => texts.map(() => answer('greet')),
    dispose: async () => {},
  } as unknown as LlamaIntentClassifier;

  it('records texts, answers and errors', async () => {
    const { recorder, written } = recording();
    const recorded = recordClassifier(classifier, recorder);
    const one = await recorded.classify('hello', { requestId: 'mine' });
    const [two, three] = await recorded.classifyBatch(['hello', 'hi']);
    await expect(recorded.classify('')).rejects.toThrow('no text');
    expect(requestIdOf(one)).toBe('mine');
    expect(new Set([requestIdOf(two!), requestIdOf(three!)]).size).toBe(2);
    expect(await written()).toMatchObject([
      { id: 'mine', text: 'hello', answer: { intent: 'greet', outOfScope: 0.1 }, adapter: { base: 'smollm2-135m' } },
      { text: 'hello' },
      { text: 'hi', promptTokens: 9 },
      { text: '', error: { code: 'RangeError', message: 'no text' } },
    ]);
    expect(recorded.intents).toEqual(['greet']);
  });

  it('records all intents, and scores, in records that can be read again', async () => {
    const { recorder, written } = recording();
    const several = { ...answer('greet'), outOfScope: null, intents: ['greet', 'ask'], probabilities: [] };
    const score = { level: '4', value: 4, expected: 3.6 };
    const answers = [several, { ...answer('4'), outOfScope: null, score }];
    const classify = { classify: async (text: string) => answers[Number(text)]! };
    const recorded = recordClassifier(Object.assign(Object.create(classifier), classify), recorder);
    for (const text of ['0', '1']) await recorded.classify(text);
    recorder.feedback('one', { correction: { intents: [] } });
    const records = await written();
    expect(records).toMatchObject([
      { answer: { intents: ['greet', 'ask'] } },
      { answer: { score } },
      { type: 'feedback' },
    ]);
    for (const record of records) expect(() => validateRecord(record)).not.toThrow();
    expect(() => recorder.feedback('two', { correction: {} })).toThrow('intents or a score');
  });
});
