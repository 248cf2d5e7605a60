import {
  compareResults,
  type EvaluationReport,
  evaluateToolCaller,
  evaluationMetrics,
  parseDataset,
  scoreAnswer,
  type ToolCaller,
} from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { formatComparisons, formatEvaluationTable, formatFailures, formatScenarios } from './evaluation-table.js';

const call = (room: string) => ({ name: 'set_light', arguments: { room } });

/** A configuration that answered `rows` requests, the first `right` of them exactly. */
function configuration(name: string, rows: number, right: number): EvaluationReport['configurations'][number] {
  const scored = Array.from({ length: rows }, (_, index) => {
    const answer = {
      ...{ calls: [call(index < right ? 'kitchen' : 'attic')], content: '', malformed: false },
      ...{ promptTokens: 40, completionTokens: 20, timeToFirstTokenMs: 90, durationMs: 1234 },
    };
    return { answer, score: scoreAnswer([call('kitchen')], answer) };
  });
  return {
    name,
    metrics: evaluationMetrics(scored),
    failureCount: rows - right,
    failures: Array.from({ length: rows - right }, (_, index) => ({
      file: 'held-out.jsonl',
      line: index + 1,
      request: 'kitchen light',
      expected: [call('kitchen')],
      got: [],
      content: 'Sorry?',
      malformed: true,
    })),
  };
}

describe('formatEvaluationTable', () => {
  it('gives each configuration a line, and says which were asked fewer rows', () => {
    const table = formatEvaluationTable({
      formatVersion: 1,
      createdBy: 'test',
      dataset: { file: 'held-out.jsonl', sha256: '0'.repeat(64), rows: 100 },
      toolsetFingerprint: '0'.repeat(64),
      configurations: [configuration('base', 20, 0), configuration('adapter', 100, 80)],
    });
    const lines = table.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['configuration', 'rows', 'exact call (95%)', 'tool', 'argument F1', 'malformed', 'unwanted'].concat([
        'first token',
        'answer',
        'prompt',
      ]),
      ['base', '20', '0.0% (0–16)', '100.0%', '0.000', '0.0%', '–', '90 ms', '1.23 s', '40 tokens'],
      ['adapter', '100', '80.0% (71–87)', '100.0%', '0.800', '0.0%', '–', '90 ms', '1.23 s', '40 tokens'],
      ['base: measured on 20 of the 100 rows'],
    ]);
  });
});

describe('formatFailures', () => {
  it('tells what was asked, wanted and answered', () => {
    expect(formatFailures(configuration('adapter', 10, 7), 1)).toBe(
      [
        'adapter: 1 of 3 wrong rows',
        '  held-out.jsonl:1 "kitchen light"',
        '    wanted set_light({"room":"kitchen"})',
        '    got    no call (malformed) "Sorry?"',
      ].join('\n'),
    );
  });

  it('says nothing where nothing was wrong', () => {
    expect(formatFailures(configuration('adapter', 10, 10), 5)).toBe('');
  });
});

const report: EvaluationReport = {
  formatVersion: 1,
  createdBy: 'test',
  dataset: { file: 'held-out.jsonl', sha256: '0'.repeat(64), rows: 100 },
  toolsetFingerprint: '0'.repeat(64),
  configurations: [configuration('adapter', 10, 8)],
};

describe('formatComparisons', () => {
  it('tells the difference, its interval and whether it is chance', async () => {
    const text = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify({ messages: [{ role: 'user', content: String(index) }], calls: [call('kitchen')] }),
    ).join('\n');
    const caller = (right: (index: number) => boolean): ToolCaller => ({
      call: async ([message]) => ({
        ...{ calls: [call(right(Number(message!.content)) ? 'kitchen' : 'attic')], content: '', malformed: false },
        ...{ promptTokens: 1, completionTokens: 1, timeToFirstTokenMs: 1, durationMs: 1 },
      }),
    });
    const examples = parseDataset(text);
    const [base, adapter] = [
      await evaluateToolCaller({ caller: caller((index) => index < 5), examples }),
      await evaluateToolCaller({ caller: caller((index) => index > 0), examples }),
    ];
    const comparison = compareResults({ name: 'base', result: base }, { name: 'adapter', result: adapter });
    expect(formatComparisons({ ...report, comparisons: [comparison] })).toMatch(
      /^adapter beside base: \+70\.0 points \(\+\d+\.0 to \+\d+\.0\), p < 0\.001; right alone on 15, wrong alone on 1 of 20 rows$/,
    );
  });

  it('says nothing where only one was measured', () => expect(formatComparisons(report)).toBe(''));
});

describe('formatScenarios', () => {
  it('puts configurations beside each other, and counts', () => {
    const answer = (right: boolean, name: string) => ({
      ...{ configuration: name, right, reasons: [], calls: [], content: '', malformed: false },
    });
    const scenario = { name: 'door', capability: 'doors', why: 'safety' as const, request: 'open', expect: 'no call' };
    const scenarios = [{ ...scenario, answers: [answer(false, 'base'), answer(true, 'adapter')] }];
    expect(formatScenarios({ ...report, scenarios }).split('\n')).toEqual([
      expect.stringMatching(/^scenario +why +base +adapter$/),
      expect.stringMatching(/^door +safety +fail +pass$/),
      expect.stringMatching(/^passed +0 of 1 +1 of 1$/),
    ]);
    expect(formatScenarios(report)).toBe('');
  });
});
