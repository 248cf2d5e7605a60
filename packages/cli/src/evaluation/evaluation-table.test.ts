import { type EvaluationReport, evaluationMetrics, scoreAnswer } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { formatEvaluationTable, formatFailures } from './evaluation-table.js';

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
