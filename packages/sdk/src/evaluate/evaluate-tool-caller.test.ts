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
    });
    expect(failures.map(({ line }) => line)).toEqual([2, 3, 5]);
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
