import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataset, findPersonalData } from '../checks/index.js';
import { collectDataset, formatDataset } from '../dataset/index.js';
import type { FeedbackRecord, IntentRecord, RuntimeRecord, ToolRecord } from '../schemas/index.js';
import { parseToolset, type ToolCall } from '../toolset/index.js';
import { harvestRecords } from './harvest-records.js';
import { parseRecords } from './parse-records.js';

const toolset = parseToolset([
  {
    name: 'set_light',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'bedroom'] }, state: { enum: ['on', 'off'] } },
      required: ['room', 'state'],
    },
  },
  { name: 'send', parameters: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] } },
]);
const light = (state: string, room = 'kitchen'): ToolCall => ({ name: 'set_light', arguments: { room, state } });

let count = 0;
const time = () => new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString();
const asked = (content: string, calls: ToolCall[], more: Partial<ToolRecord> = {}): ToolRecord => ({
  ...{ type: 'tools', id: `r${count}`, time: time(), messages: [{ role: 'user', content }] },
  answer: { content: '', calls, errors: [] },
  reason: calls.length > 0 ? 'tool-calls' : 'stop',
  ...more,
});
const named = (text: string, intent: string | null, probability = 0.99): IntentRecord => ({
  ...{ type: 'intent', id: `r${count}`, time: time(), text },
  answer: { intent, probability, top: [{ intent: intent ?? 'other', probability }] },
});
const said = (id: string, feedback: Pick<FeedbackRecord, 'rating' | 'correction' | 'comment'>): FeedbackRecord => ({
  ...{ type: 'feedback', id, time: time() },
  ...feedback,
});

describe('harvestRecords', () => {
  it('takes corrections to learn from, beside what the model answered where that is wanted', () => {
    const wrong = asked('it is dark in the kitchen', [light('off')]);
    const records = [said(wrong.id, { correction: { calls: [light('on')] } }), wrong];
    const { additions, review } = harvestRecords(records, { toolset });
    expect(review).toEqual([]);
    expect(additions).toMatchObject([
      { messages: [{ content: 'it is dark in the kitchen' }, { role: 'assistant', toolCalls: [light('on')] }] },
    ]);
    const [pair] = harvestRecords(records, { toolset, rejected: true }).additions;
    expect(pair).toMatchObject({ rejected: { toolCalls: [light('off')] } });
    expect(collectDataset(formatDataset([pair!]), { toolset }).problems).toEqual([]);
  });

  it('takes sets of intents and scores to learn from', () => {
    const several = named('rude, and a refund please', 'refund');
    const praised: IntentRecord = {
      ...named('a refund please', 'refund'),
      answer: { ...several.answer!, intents: ['refund'] },
    };
    const score = { level: '4', value: 4, expected: 3.7 };
    const scored: IntentRecord = { ...named('good', '4'), answer: { ...several.answer!, score } };
    const records = [
      ...[several, praised, scored],
      said(several.id, { correction: { intents: ['refund', 'complaint'] } }),
      ...[praised, scored].map(({ id }) => said(id, { rating: 'up' })),
    ];
    const { additions } = harvestRecords(records, { thumbsUp: true });
    expect(additions).toMatchObject([
      { kind: 'labels', intents: ['refund', 'complaint'] },
      { kind: 'labels', intents: ['refund'] },
      { kind: 'score', score: 4 },
    ]);
    expect(collectDataset(formatDataset(additions)).examples).toHaveLength(3);
  });

  it('tells why other requests should be looked at, and what was answered', () => {
    const failed = asked('lights', [], { reason: 'error', error: { code: 'engine/disposed', message: 'gone' } });
    const broken = asked('light it', [], {
      answer: {
        content: '',
        calls: [],
        errors: [{ name: 'set_light', code: 'incomplete', message: 'cut', text: '{' }],
      },
    });
    const bad = asked('dark here', [light('on')]);
    const unsure = asked('bedroom off', [light('off', 'bedroom')], { confidence: { min: 0.3, mean: 0.9, tokens: 4 } });
    const sure = asked('kitchen on', [light('on')], { confidence: { min: 0.9, mean: 0.99, tokens: 4 } });
    const silent = asked('what is the time in here', []);
    const repaired = asked('bedroom lamp on', [light('on', 'bedroom')], {
      usage: { promptTokens: 9, completionTokens: 9, repairs: 2 },
    });
    const left = asked('never mind', [], { reason: 'aborted' });
    const { review, additions, requests, reasons } = harvestRecords([
      ...[failed, broken, bad, unsure, sure, silent, repaired, left],
      said(bad.id, { rating: 'down', comment: 'wrong room' }),
    ]);
    expect(requests).toBe(8);
    expect(additions).toEqual([]);
    expect(review.map(({ reason, id }) => [reason, id])).toEqual([
      ['thumbs-down', bad.id],
      ['error', failed.id],
      ['error', broken.id],
      ['low-confidence', unsure.id],
      ['abstained', silent.id],
      ['repaired', repaired.id],
    ]);
    expect(review[0]).toMatchObject({ comment: 'wrong room', answered: { calls: [light('on')] } });
    expect(reasons.error).toEqual({ requests: 2, rows: 2 });
    // A row to review is none to learn from.
    const text = review.map((row) => `${JSON.stringify(row)}\n`).join('');
    expect(collectDataset(text).problems.length).toBeGreaterThan(0);
  });

  it('takes what was praised only where it is told to', () => {
    const praised = asked('kitchen on please', [light('on')], { confidence: { min: 0.2, mean: 0.5, tokens: 3 } });
    const records = [praised, said(praised.id, { rating: 'up' })];
    expect(harvestRecords(records)).toMatchObject({ additions: [], review: [] });
    expect(harvestRecords(records, { thumbsUp: true }).additions).toHaveLength(1);
    const intent = named('where is my card', 'card_arrival');
    expect(harvestRecords([intent, said(intent.id, { rating: 'up' })], { thumbsUp: true }).additions).toMatchObject([
      { text: 'where is my card', intent: 'card_arrival' },
    ]);
  });

  it('names intents anew, out of scope too, and reviews what was unsure', () => {
    const [wrong, outside, unsure, abstained] = [
      named('my card is gone', 'card_arrival'),
      named('sing a song', 'card_arrival'),
      named('card stuff of some kind', 'card_arrival', 0.4),
      named('hm', null, 0.2),
    ];
    const { additions, review } = harvestRecords([
      ...[wrong, outside, unsure, abstained],
      said(wrong.id, { correction: { intent: 'lost_card' } }),
      said(outside.id, { correction: { intent: null } }),
    ]);
    expect(additions).toMatchObject([{ intent: 'lost_card' }, { intent: null }]);
    expect(review.map(({ reason }) => reason)).toEqual(['low-confidence', 'abstained']);
  });

  it('leaves out what is known, told twice or contradicted, and groups what is much alike', () => {
    const corrected = (text: string, state: string) => {
      const record = asked(text, [light(state === 'on' ? 'off' : 'on')]);
      return [record, said(record.id, { correction: { calls: [light(state)] } })];
    };
    const known = collectDataset(
      JSON.stringify({ messages: [{ role: 'user', content: 'switch on the kitchen light' }], calls: [light('on')] }),
    ).examples;
    const { additions, repetitions, review } = harvestRecords(
      [
        ...corrected('Switch on the kitchen light', 'on'),
        ...corrected('switch on the kitchen light', 'off'),
        ...corrected('please make it dark in the kitchen right away now', 'off'),
        ...corrected('please make it dark in the kitchen right away now!', 'off'),
        ...corrected('please make it dark in the kitchen right away now then', 'off'),
        ...Array.from({ length: 3 }, () => asked('tell me what time it is', [])),
        asked('tell me what time it is!', []),
      ],
      { known, toolset },
    );
    expect(additions).toHaveLength(1);
    expect(repetitions.contradiction).toBe(1);
    expect(repetitions.duplicate + repetitions['near-duplicate']).toBe(3);
    expect(review.map(({ reason, count: times }) => [reason, times])).toEqual([
      ['unusable-correction', 1],
      ['abstained', 4],
    ]);
  });

  it('sends corrections that cannot be learnt to review, with what is wrong', () => {
    const [one, other] = [asked('make it purple', [light('on')]), asked('say nothing', [light('on')])];
    const { additions, review } = harvestRecords(
      [
        ...[one, other],
        said(one.id, { correction: { calls: [light('purple')] } }),
        said(other.id, { correction: { calls: [] } }),
        said('unheard', { rating: 'down' }),
      ],
      { toolset },
    );
    expect(additions).toEqual([]);
    expect(review).toMatchObject([
      { reason: 'unusable-correction', correction: { calls: [light('purple')] } },
      { reason: 'unusable-correction', problem: 'the right answer has neither a call nor words' },
    ]);
    expect(review[0]!.problem).toContain('state');
    expect(harvestRecords([said('unheard', { rating: 'down' })]).unmatchedFeedback).toBe(1);
  });

  it('leaves no personal data, and keeps copied values copied', () => {
    const person = fc.constantFrom('jane.doe@acme.org', 'bob@mail.net', '+49 30 901820', 'x');
    const step = fc.record({ to: person, corrected: fc.boolean(), word: fc.stringMatching(/^[a-z]{5,9}$/) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const records: RuntimeRecord[] = steps.flatMap(({ to, corrected, word }) => {
          const record = asked(`${word} write to ${to} today`, []);
          return corrected
            ? [record, said(record.id, { correction: { calls: [{ name: 'send', arguments: { to } }] } })]
            : [record];
        });
        const { additions, review } = harvestRecords(records, { toolset });
        const { statistics, counts } = checkDataset([{ file: 'train.jsonl', examples: additions }], { toolset });
        expect(statistics.personalData).toEqual({});
        expect(counts.duplicate ?? 0).toBe(0);
        expect(counts['near-duplicate'] ?? 0).toBe(0);
        expect(counts.contradiction ?? 0).toBe(0);
        for (const example of additions) {
          if (example.kind !== 'conversation') throw new Error('an intent');
          const [request, answer] = example.messages;
          const [call] = (answer as { toolCalls: ToolCall[] }).toolCalls;
          expect(request!.content).toContain(call!.arguments.to);
        }
        expect(findPersonalData(JSON.stringify(review))).toEqual([]);
        const total = review.reduce((sum, row) => sum + row.count, 0);
        expect(total).toBe(steps.filter(({ corrected }) => !corrected).length);
      }),
    );
  });
});

describe('parseRecords', () => {
  it('reads what it can, and tells the lines that are none', () => {
    const good = JSON.stringify(asked('lights', []));
    const { records, problems } = parseRecords(`${good}\n\n{"type":"tools"}\n${good.slice(0, 40)}`, {
      file: 'a.jsonl',
    });
    expect(records).toHaveLength(1);
    expect(problems.map(({ location }) => location.line)).toEqual(expect.arrayContaining([3, 4]));
    expect(problems.at(-1)).toEqual({ location: { file: 'a.jsonl', line: 4 }, message: 'this line is not JSON' });
  });
});
