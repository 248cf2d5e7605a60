import { describe, expect, it } from 'vitest';
import { parseDataset } from '../dataset/index.js';
import { validateEvaluationReport } from '../schemas/index.js';
import type { ToolCall } from '../toolset/index.js';
import { compareResults, createEvaluationReport, evaluateToolCaller, type ToolCaller } from './index.js';

const light = (room: string): ToolCall => ({ name: 'light', arguments: { room } });
const rows = Array.from({ length: 24 }, (_, index) => ({
  messages: [{ role: 'user', content: `row ${index}` }],
  calls: index < 18 ? [light(index % 2 === 0 ? 'kitchen' : 'attic')] : [],
  ...(index % 3 === 0 ? { tags: ['thirds'] } : {}),
}));
const examples = parseDataset(rows.map((row) => JSON.stringify(row)).join('\n'), { file: 'rows.jsonl' });

/** Answers row n as told. */
function caller(answer: (index: number) => ToolCall[] | 'malformed'): ToolCaller {
  return {
    call: async (messages) => {
      const given = answer(Number(messages.at(-1)!.content!.slice(4)));
      const calls = given === 'malformed' ? [] : given;
      const cost = { promptTokens: 1, completionTokens: 1, timeToFirstTokenMs: 1, durationMs: 1 };
      return { calls, content: '', malformed: given === 'malformed', ...cost };
    },
  };
}
const right = (index: number) => (rows[index]!.calls ?? []) as ToolCall[];
const base = caller((index) => (index === 1 ? 'malformed' : [light('kitchen')]));
const adapter = caller((index) => (index === 0 ? [light('attic')] : right(index)));

describe('compareResults', () => {
  it('counts on the rows that both were asked', async () => {
    const first = await evaluateToolCaller({ caller: base, examples: examples.filter((_, index) => index !== 5) });
    const second = await evaluateToolCaller({ caller: adapter, examples });
    const comparison = compareResults({ name: 'base', result: first }, { name: 'adapter', result: second });
    expect(comparison).toMatchObject({
      rows: 23,
      // Of 17 wanted calls the base has the 9 of the kitchen, the adapter all but one of these; and no call for 6 rows.
      exactCallAccuracy: { rows: 23, both: 8, baselineOnly: 1, candidateOnly: 14, neither: 0 },
      toolAccuracy: { both: 16, baselineOnly: 0, candidateOnly: 7 },
      malformedRate: { rows: 23, baselineOnly: 1, candidateOnly: 0 },
      unwantedCallRate: { rows: 6, baselineOnly: 6, candidateOnly: 0 },
      missedCallRate: { rows: 17, baselineOnly: 1, candidateOnly: 0 },
      argumentF1: { candidate: 16 / 17 },
    });
    expect(comparison.exactCallAccuracy.pValue).toBeCloseTo((2 * 16) / 2 ** 15, 12);
    expect(comparison.argumentF1!.difference.low).toBeGreaterThan(0);
    expect(comparison.argumentF1!.pValue).toBeLessThan(0.05);
    expect(comparison.slices.map(({ kind, name, rows: count }) => [kind, name, count])).toEqual([
      ['tool', 'light', 17],
      ['tag', 'thirds', 8],
      ['tool', null, 6],
    ]);
    for (const { pValue, adjustedPValue } of comparison.slices) expect(adjustedPValue).toBeGreaterThanOrEqual(pValue);
  });

  it('refuses what has no row in common', async () => {
    const first = await evaluateToolCaller({ caller: base, examples: examples.slice(0, 5) });
    const second = await evaluateToolCaller({ caller: base, examples: examples.slice(5) });
    expect(() => compareResults({ name: 'a', result: first }, { name: 'b', result: second })).toThrow(
      expect.objectContaining({ code: 'evaluate/no-common-rows' }),
    );
  });
});

describe('createEvaluationReport', () => {
  it('puts the worst rows first, those that another configuration got right above all, with every answer', async () => {
    const results = [
      { name: 'base', result: await evaluateToolCaller({ caller: base, examples }) },
      {
        name: 'adapter',
        result: await evaluateToolCaller({
          caller: caller((index) => {
            if (index === 3) return [light('cellar')];
            if (index === 20) return [light('attic')];
            if (index === 7) return 'malformed';
            return index === 2 ? [light('attic')] : right(index);
          }),
          examples,
        }),
      },
      { name: 'remote', result: await evaluateToolCaller({ caller: caller(right), examples: examples.slice(0, 12) }) },
    ];
    const options = {
      ...{ createdBy: 'test', dataset: { file: 'rows.jsonl', sha256: '0'.repeat(64) } },
      ...{ toolset: { fingerprint: 'f'.repeat(64) }, results },
    };
    const report = createEvaluationReport({ ...options, candidate: 'adapter' });
    expect(validateEvaluationReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.comparisons!.map(({ baseline, candidate, rows: count }) => [baseline, candidate, count])).toEqual([
      ['base', 'adapter', 24],
      ['remote', 'adapter', 12],
    ]);
    expect(report.sideBySide!.map(({ request }) => request)).toEqual(['row 7', 'row 2', 'row 3', 'row 20']);
    expect(report.sideBySide![2]).toMatchObject({
      line: 4,
      expected: [light('attic')],
      answers: [
        { configuration: 'base', right: false, calls: [light('kitchen')] },
        { configuration: 'remote', right: true, reasons: [] },
        { configuration: 'adapter', right: false, reasons: ['room: "cellar" in place of "attic"'] },
      ],
    });
    expect(() => createEvaluationReport({ ...options, candidate: 'adaptor' })).toThrow(
      expect.objectContaining({ code: 'evaluate/no-candidate' }),
    );
  });
});
