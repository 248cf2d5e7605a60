import { describe, expect, it } from 'vitest';
import { type ChatMessage, parseDataset } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import { validateEvaluationReport } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';
import { createEvaluationReport, type EvaluationProgress, evaluateToolCaller, type ToolCaller } from './index.js';

const row = (content: string, calls: ToolCall[]) => JSON.stringify({ messages: [{ role: 'user', content }], calls });
const light = (on: boolean, room?: string): ToolCall => ({
  name: 'light',
  arguments: room === undefined ? { on } : { on, room },
});
const examples = parseDataset(
  [
    row('light on', [light(true)]),
    row('kitchen light off', [light(false, 'kitchen')]),
    row('music', [{ name: 'music', arguments: {} }]),
    row('thanks', []),
    row('who are you', []),
  ].join('\n'),
  { file: 'held-out.jsonl' },
);

/** Knows "light", calls it for everything but thanks, and breaks on music: fixed answers by rule. */
const rules: ToolCaller = {
  async call(messages) {
    const said = messages.at(-1)?.content ?? '';
    const malformed = said === 'music';
    const calls = said === 'thanks' || malformed ? [] : [light(said.endsWith('on'))];
    const cost = said.length;
    return {
      calls,
      content: calls.length === 0 ? 'ok' : '',
      malformed,
      promptTokens: 10,
      completionTokens: cost,
      timeToFirstTokenMs: cost / 2,
      durationMs: cost,
    };
  },
};

describe('evaluateToolCaller', () => {
  it('scores every row and sums up', async () => {
    const progress: EvaluationProgress[] = [];
    const { metrics, failures } = await evaluateToolCaller({
      caller: rules,
      examples,
      onProgress: (event) => progress.push(event),
    });
    expect(metrics).toMatchObject({
      rows: 5,
      exactCallAccuracy: { count: 2, total: 5, rate: 0.4 },
      toolAccuracy: { count: 3, total: 5 },
      argumentPrecision: 2 / 3,
      argumentRecall: 2 / 3,
      argumentF1: 2 / 3,
      malformedRate: { count: 1, total: 5 },
      unwantedCallRate: { count: 1, total: 2, rate: 0.5 },
      missedCallRate: { count: 1, total: 3 },
      latencyMs: { p50: 8, p95: 17 },
      timeToFirstTokenMs: { p50: 4, p95: 8.5 },
      meanPromptTokens: 10,
      meanCompletionTokens: 9.4,
    });
    expect(progress).toEqual([
      { done: 1, total: 5, exact: 1, malformed: 0 },
      { done: 2, total: 5, exact: 1, malformed: 0 },
      { done: 3, total: 5, exact: 1, malformed: 1 },
      { done: 4, total: 5, exact: 2, malformed: 1 },
      { done: 5, total: 5, exact: 2, malformed: 1 },
    ]);
    expect(failures[0]).toEqual({
      file: 'held-out.jsonl',
      line: 2,
      request: 'kitchen light off',
      expected: [light(false, 'kitchen')],
      got: [light(false)],
      content: '',
      malformed: false,
      reasons: ['leaves out room'],
    });
    expect(failures.map(({ line }) => line)).toEqual([2, 3, 5]);
  });

  it('tells what goes wrong by tool and by argument', async () => {
    const { metrics } = await evaluateToolCaller({ caller: rules, examples });
    expect(metrics).toMatchObject({
      rowAccuracy: { count: 2, total: 5 },
      wrongToolRate: { count: 0, total: 2 },
      tools: [
        { name: 'light', wanted: 2, got: 3, right: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
        { name: 'music', wanted: 1, got: 0, right: 0, precision: null, recall: 0, f1: 0 },
        { name: null, wanted: 2, got: 2, right: 1 },
      ],
      toolConfusions: [
        { expected: 'light', got: 'light', count: 2 },
        { expected: 'music', got: null, count: 1 },
        { expected: null, got: 'light', count: 1 },
        { expected: null, got: null, count: 1 },
      ],
      arguments: [
        { tool: 'light', argument: 'on', wanted: 2, got: 3, right: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
        { tool: 'light', argument: 'room', wanted: 1, got: 0, right: 0, precision: null, recall: 0, f1: 0 },
      ],
    });
    const { argumentF1 } = metrics.intervals!;
    expect(argumentF1!.value).toBe(metrics.argumentF1);
    expect(argumentF1!.low).toBeLessThan(2 / 3);
    expect(argumentF1!.high).toBeGreaterThan(2 / 3);
    expect(metrics).not.toHaveProperty('turns');
    expect((await evaluateToolCaller({ caller: rules, examples })).metrics).toEqual(metrics);
  });

  it('scores every turn that calls, with what really stood before it', async () => {
    const call = (id: string, on: boolean) => ({
      ...{ id, type: 'function' },
      function: { name: 'light', arguments: JSON.stringify({ on }) },
    });
    const turn = (said: string, ...calls: object[]) => [
      { role: 'user', content: said },
      { role: 'assistant', content: null, tool_calls: calls },
    ];
    const conversation = {
      messages: [
        ...turn('first on', call('1', true)),
        { role: 'tool', content: 'done', tool_call_id: '1' },
        { role: 'assistant', content: 'It is on.' },
        ...turn('now off', call('2', true)),
        ...turn('third off', call('3', false)),
      ],
    };
    const asked: number[] = [];
    const spy: ToolCaller = {
      call: (given) => {
        asked.push(given.length);
        return rules.call(given);
      },
    };
    const text = `${JSON.stringify(conversation)}\n${row('light on', [light(true)])}`;
    const { metrics, rows } = await evaluateToolCaller({ caller: spy, examples: parseDataset(text) });
    expect(asked).toEqual([1, 5, 7, 1]);
    expect(rows.map(({ turns }) => turns.map(({ score }) => score.exact))).toEqual([[true, false, true], [true]]);
    expect(metrics).toMatchObject({
      exactCallAccuracy: { count: 2, total: 2 },
      turns: {
        exact: { count: 3, total: 4 },
        wholeConversations: { count: 1, total: 2 },
        byTurn: [
          { turn: 1, exact: { count: 2, total: 2 } },
          { turn: 2, exact: { count: 0, total: 1 } },
          { turn: 3, exact: { count: 1, total: 1 } },
        ],
      },
    });
  });

  it('holds words to the rules of their row, and tells figures by tag', async () => {
    const ruled = parseDataset(
      [
        { messages: [{ role: 'user', content: 'thanks' }], calls: [], expect: { pattern: '^ok$' }, tags: ['style'] },
        {
          messages: [{ role: 'user', content: 'thanks' }],
          calls: [],
          expect: { refuse: true },
          tags: ['safety', 'style'],
        },
      ]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
    const { metrics, failures } = await evaluateToolCaller({ caller: rules, examples: ruled });
    expect(metrics).toMatchObject({
      exactCallAccuracy: { count: 2 },
      rowAccuracy: { count: 1, total: 2 },
      tags: [
        { tag: 'safety', right: { count: 0, total: 1 } },
        { tag: 'style', right: { count: 1, total: 2 } },
      ],
      rules: [
        { rule: 'refuse', kept: { count: 0, total: 1 } },
        { rule: 'pattern', kept: { count: 1, total: 1 } },
      ],
    });
    expect(failures).toMatchObject([{ line: 2, reasons: ['does not decline'] }]);
    const overridden = await evaluateToolCaller({ caller: rules, examples: ruled, refusal: /^ok$/ });
    expect(overridden.metrics.rowAccuracy).toMatchObject({ count: 2 });
  });

  it("scores by the leaderboard's rules where it is told to", async () => {
    const tools = [
      {
        name: 'light',
        parameters: { type: 'object', properties: { on: { type: 'boolean' }, room: { type: 'string' } } },
      },
    ];
    const possibleAnswers = [{ light: { on: [true, false], room: ['kitchen', ''] } }];
    const text = JSON.stringify({ ...JSON.parse(row('light off', [light(true)])), expect: { possibleAnswers } });
    const options = { caller: rules, examples: parseDataset(`${text}\n${row('light on', [light(true)])}`) };
    const bfcl = await evaluateToolCaller({ ...options, scoring: 'bfcl', toolset: { tools } });
    expect(bfcl.metrics.exactCallAccuracy).toMatchObject({ count: 2, total: 2 });
    const strict = await evaluateToolCaller(options);
    expect(strict.metrics.exactCallAccuracy).toMatchObject({ count: 1, total: 2 });
    await expect(evaluateToolCaller({ ...options, scoring: 'bfcl' })).rejects.toMatchObject({
      code: 'evaluate/no-toolset',
    });
  });

  it('asks what stands before the last turn, and nothing of it', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    const asked: (readonly ChatMessage[])[] = [];
    const spy: ToolCaller = {
      call: (given) => {
        asked.push(given);
        return rules.call(given);
      },
    };
    const text = JSON.stringify({ messages: [...messages, { role: 'assistant', content: 'd' }] });
    await evaluateToolCaller({ caller: spy, examples: parseDataset(text) });
    expect(asked).toEqual([messages]);
  });

  it('stops between rows when it is told to, and hands the signal on', async () => {
    const controller = new AbortController();
    const signals = new Set<AbortSignal | undefined>();
    let asked = 0;
    const caller: ToolCaller = {
      call: (messages, options) => {
        signals.add(options?.signal);
        if (++asked === 2) controller.abort(new Error('enough'));
        return rules.call(messages);
      },
    };
    await expect(evaluateToolCaller({ caller, examples, signal: controller.signal })).rejects.toThrow('enough');
    expect(asked).toBe(2);
    expect([...signals]).toEqual([controller.signal]);
  });

  it('says at which row the caller failed', async () => {
    const failing: ToolCaller = {
      call: async (messages) => {
        if (messages.at(-1)?.content === 'b') throw new TooltuneError('engine/context-full', 'too long');
        return rules.call(messages);
      },
    };
    const rows = parseDataset(
      ['a', 'b'].map((content) => JSON.stringify({ messages: [{ role: 'user', content }], calls: [] })).join('\n'),
      { file: 'rows.jsonl' },
    );
    await expect(evaluateToolCaller({ caller: failing, examples: rows })).rejects.toMatchObject({
      code: 'engine/context-full',
      message: 'rows.jsonl:2: too long',
    });
  });

  it.each([
    ['no row', [], 'evaluate/no-rows'],
    ['an intent', parseDataset('{"text":"a","intent":"b"}'), 'evaluate/not-a-conversation'],
    ['a row with tools of its own', [{ ...examples[0]!, tools: [] }], 'evaluate/own-tools'],
  ])('refuses %s', async (_, rows, code) => {
    const error = await evaluateToolCaller({ caller: rules, examples: rows }).catch((thrown: unknown) => thrown);
    expect(TooltuneError.isInstance(error) && error.code).toBe(code);
  });
});

describe('createEvaluationReport', () => {
  it('writes what its schema describes, with the first failures only', async () => {
    const result = await evaluateToolCaller({ caller: rules, examples });
    const report = createEvaluationReport({
      createdBy: '@tooltune/sdk 0.1.0',
      dataset: { file: 'held-out.jsonl', sha256: '0'.repeat(64) },
      toolset: { fingerprint: 'f'.repeat(64) },
      base: 'smollm2-135m',
      results: [
        { name: 'base', result },
        { name: 'adapter', result },
      ],
      maxFailures: 2,
    });
    expect(validateEvaluationReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.dataset.rows).toBe(5);
    expect(report.configurations.map(({ name }) => name)).toEqual(['base', 'adapter']);
    expect(report.configurations[0]).toMatchObject({ failureCount: 3, failures: [{ line: 2 }, { line: 3 }] });
  });
});
