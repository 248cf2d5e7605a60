import type { IntentRecord, RuntimeRecord, ToolRecord } from '@tooltune/sdk';
import { findPersonalData } from '@tooltune/sdk/checks';
import { harvestRecords } from '@tooltune/sdk/harvest';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { RecordSink } from './record-sink.js';
import { Recorder } from './recorder.js';

const time = '2026-01-01T00:00:00.000Z';
const asked = (id: string, text = 'hello', more: Partial<IntentRecord> = {}): IntentRecord => ({
  ...{ type: 'intent', id, time, text },
  ...{ answer: { intent: 'greet', probability: 0.9, top: [] } },
  ...more,
});
const failed = (id: string): IntentRecord => {
  const { answer: _answer, ...rest } = asked(id);
  return { ...rest, error: { code: 'engine/disposed', message: 'gone' } };
};

/** Keeps what it is given; a sink of the user's. */
function memorySink(): RecordSink & { records: RuntimeRecord[]; batches: number; closed: boolean } {
  const sink = {
    records: [] as RuntimeRecord[],
    batches: 0,
    closed: false,
    async write(records: readonly RuntimeRecord[]) {
      sink.batches++;
      sink.records.push(...records);
    },
    async close() {
      sink.closed = true;
    },
  };
  return sink;
}

describe('Recorder', () => {
  it('writes in the background, in order and in batches, and the rest when it is closed', async () => {
    const sink = memorySink();
    const recorder = new Recorder({ sink, flushIntervalMs: 5 });
    for (let count = 0; count < 450; count++) recorder.record(asked(`${count}`));
    expect(sink.records).toEqual([]);
    expect(recorder.statistics.queued).toBe(450);
    await vi.waitFor(() => expect(sink.records).toHaveLength(450));
    expect(sink.batches).toBe(3);
    recorder.record(asked('last'));
    await recorder.close();
    expect(sink.records.map(({ id }) => id)).toEqual([...Array.from({ length: 450 }, (_, id) => `${id}`), 'last']);
    expect(sink.closed).toBe(true);
    recorder.record(asked('too late'));
    expect(recorder.statistics).toEqual({ queued: 0, written: 451, dropped: 1, failed: 0, sampledOut: 0 });
  });

  it('holds no more than its queue, whatever the sink does, and counts everything', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('record' as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('flush' as const), count: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        async (steps, maxQueue, failures) => {
          const sink = memorySink();
          const written = sink.write.bind(sink);
          sink.write = async (records) => {
            if (failures.shift()) throw new Error('no room');
            await written(records);
          };
          const recorder = new Recorder({ sink, maxQueue, flushIntervalMs: 0 });
          let recorded = 0;
          for (const { kind, count } of steps) {
            for (let each = 0; each < count; each++) recorder.record(asked(`${recorded++}`));
            if (kind === 'flush') await recorder.flush();
            expect(recorder.statistics.queued).toBeLessThanOrEqual(maxQueue);
          }
          await recorder.close();
          const { written: done, dropped, failed: lost, queued } = recorder.statistics;
          expect(queued).toBe(0);
          expect(done + dropped + lost).toBe(recorded);
          expect(sink.records).toHaveLength(done);
          const ids = sink.records.map(({ id }) => Number(id));
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('bears a sink that fails, hangs or throws in its own way', async () => {
    const errors: unknown[] = [];
    const failing = new Recorder({
      sink: { write: () => Promise.reject(new Error('disk full')) },
      flushIntervalMs: 0,
      onError: (error) => {
        errors.push(error);
        throw new Error('and so does who is told');
      },
    });
    failing.record(asked('0'));
    await failing.close();
    expect(errors).toHaveLength(3);
    expect(failing.statistics).toMatchObject({ failed: 1, written: 0 });

    const hanging = new Recorder({ sink: { write: () => new Promise(() => {}) }, maxQueue: 3, flushIntervalMs: 0 });
    for (let count = 0; count < 10; count++) hanging.record(asked(`${count}`));
    await hanging.close({ timeoutMs: 20 });
    expect(hanging.statistics).toMatchObject({ queued: 3, dropped: 7 });
  });

  it('keeps errors and what there is feedback on, however few it samples', async () => {
    const sink = memorySink();
    const draws = [0.1, 0.9, 0.9];
    const recorder = new Recorder({ sink, sample: 0.25, random: () => draws.shift()! });
    for (const record of [asked('kept'), asked('left out'), asked('rated'), failed('error')]) recorder.record(record);
    recorder.feedback('rated', { rating: 'down' });
    await recorder.close();
    expect(sink.records.map(({ id, type, ...more }) => [id, type, 'weight' in more ? more.weight : undefined])).toEqual(
      [
        ['kept', 'intent', 4],
        ['error', 'intent', undefined],
        ['rated', 'intent', 0],
        ['rated', 'feedback', undefined],
      ],
    );
    expect(recorder.statistics.sampledOut).toBe(2);
    expect(() => new Recorder({ sink, sample: 2 })).toThrow(RangeError);
    expect(() => recorder.feedback('rated', { correction: {} })).toThrow(RangeError);
  });

  it('lets no personal data through, by its own rules and by those of the user', async () => {
    const person = fc.constantFrom('jane.doe@acme.org', '+49 30 901820', '4539 1488 0343 6467', 'AKIAIOSFODNN7ABCDEFG');
    await fc.assert(
      fc.asyncProperty(person, person, async (one, other) => {
        const sink = memorySink();
        const rules = [{ pattern: /order \d+/g, replacement: 'order 0' }];
        const recorder = new Recorder({ sink, redact: { rules } });
        const record: ToolRecord = {
          ...{ type: 'tools', id: 'a', time, reason: 'tool-calls' },
          messages: [{ role: 'user', content: `send order 77 to ${one} and ${other}` }],
          answer: {
            content: `to ${one}`,
            calls: [{ name: 'send', arguments: { to: one } }],
            errors: [{ name: null, code: 'malformed', message: `no ${other}`, text: `{"to":"${other}` }],
          },
        };
        recorder.record(record);
        recorder.feedback('a', { correction: { calls: [{ name: 'send', arguments: { to: other } }] }, comment: one });
        await recorder.close();
        expect(textsIn(sink.records).flatMap(findPersonalData)).toEqual([]);
        expect(JSON.stringify(sink.records)).not.toContain(one);
        const [request, feedback] = sink.records as [
          ToolRecord,
          { correction: { calls: { arguments: { to: string } }[] } },
        ];
        expect(request.messages[0]!.content).toContain('order 0 ');
        // What was copied from the request still is, in feedback too.
        for (const value of [request.answer.calls[0]!.arguments.to, feedback.correction.calls[0]!.arguments.to]) {
          expect(request.messages[0]!.content).toContain(value);
        }
        expect(harvestRecords(sink.records).additions).toHaveLength(1);
      }),
    );
  });

  it('writes nothing of a record whose redaction fails', async () => {
    const sink = memorySink();
    const onError = vi.fn();
    const rules = [
      (text: string) => {
        if (text.includes('secret')) throw new Error('no rule for it');
        return text;
      },
    ];
    const recorder = new Recorder({ sink, redact: { rules }, onError });
    recorder.record(asked('0', 'a secret'));
    recorder.record(asked('1', 'hello'));
    await recorder.close();
    expect(sink.records.map(({ id }) => id)).toEqual(['1']);
    expect(recorder.statistics).toMatchObject({ failed: 1, written: 1 });
    expect(onError).toHaveBeenCalledOnce();
    const plain = new Recorder({ sink, redact: false });
    plain.record(asked('2', 'jane.doe@acme.org'));
    await plain.close();
    expect(sink.records.at(-1)).toMatchObject({ text: 'jane.doe@acme.org' });
  });

  it('tells of drift among all requests, also those that sampling leaves out', async () => {
    const onDrift = vi.fn();
    const baseline = {
      source: 'validation' as const,
      rows: 200,
      labels: [
        { name: 'greet', count: 20 },
        { name: 'buy', count: 180 },
      ],
    };
    const recorder = new Recorder({
      sink: memorySink(),
      sample: 0,
      drift: { baseline, window: 100, every: 10, onDrift },
    });
    for (let count = 0; count < 120; count++) recorder.record(asked(`${count}`));
    expect(onDrift).toHaveBeenCalledOnce();
    expect(onDrift.mock.calls[0]![0]).toMatchObject({ rows: 100, isDue: true, labels: { verdict: 'shifted' } });
    expect(recorder.driftReport()!.changes).toContainEqual({ name: 'buy', expected: 0.9, actual: 0 });
    await recorder.close();
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
