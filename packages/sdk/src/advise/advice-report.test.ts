import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationExample, parseDataset } from '../dataset/index.js';
import { createRandom } from '../random/index.js';
import { parseToolset } from '../toolset/index.js';
import { type AdviceReportOptions, createAdviceReport } from './advice-report.js';
import type { MeasuredApproach } from './approach.js';
import { renderAdvice } from './render-advice.js';

const toolset = parseToolset([
  { name: 'light', parameters: { type: 'object', properties: { room: { type: 'string' }, on: { type: 'boolean' } } } },
]);

function rows(texts: readonly (readonly [request: string, room: string])[]): ConversationExample[] {
  const lines = texts.map(([content, room]) =>
    JSON.stringify({
      messages: [{ role: 'user', content }],
      calls: [{ name: 'light', arguments: { room, on: true } }],
    }),
  );
  return parseDataset(lines.join('\n'), { file: 'rows.jsonl', toolset }) as ConversationExample[];
}

const said = rows(Array.from({ length: 30 }, (_, index) => [`light in room${index} on`, `room${index}`] as const));
const unsaid = rows(
  Array.from({ length: 30 }, (_, index) => [`my light ${index}`, `hall number ${index * 7}`] as const),
);

/** An approach that is right in this share of rows, the same rows for each, but for chance. */
function approach(
  kind: MeasuredApproach['kind'],
  share: number,
  { count = 200, trainingRows = null }: { count?: number; trainingRows?: number | null } = {},
): MeasuredApproach {
  const random = createRandom(`${kind} ${trainingRows}`);
  const answers = Array.from({ length: count }, (_, row) => {
    const hard = row / count;
    const right = (random.next() < 0.8 ? hard : random.next()) < share;
    return { right, tools: true, durationMs: 100 + row, promptTokens: kind === 'prompting' ? 900 : 40 };
  });
  const name = trainingRows === null ? kind : `fine-tuned, ${trainingRows} rows`;
  return { name, kind, trainingRows, trainingSeconds: trainingRows === null ? null : 60, answers };
}

const tuned = (shares: readonly number[], count?: number) =>
  shares.map((share, index) =>
    approach('fine-tuning', share, { ...(count === undefined ? {} : { count }), trainingRows: 50 * 2 ** index }),
  );

function report(approaches: readonly MeasuredApproach[], others: Partial<AdviceReportOptions> = {}) {
  return createAdviceReport({
    ...{ createdBy: 'test', task: 'tools', base: 'tiny', seed: 1, minutes: 20, seconds: 600, interrupted: false },
    ...{ dataset: { file: 'rows.jsonl', sha256: '0'.repeat(64), rows: 60 }, skipped: [], tools: toolset.tools },
    ...{ training: said, heldOut: said.slice(0, 10), approaches },
    files: { tools: 'tools.json', data: 'rows.jsonl', base: 'tiny' },
    ...others,
  });
}

describe('createAdviceReport', () => {
  it('recommends fine-tuning where it beats the best prompt', () => {
    const { advice, comparisons, curve } = report([
      ...[approach('prompting', 0.2), approach('few-shot', 0.3), approach('retrieval', 0.4)],
      ...tuned([0.5, 0.6, 0.75]),
    ]);
    expect(advice.recommendation).toBe('fine-tuning');
    expect(advice.headline).toMatch(
      /^Fine-tuning is worth it: “fine-tuned, 200 rows” is right in 7\d\.\d% of 200 rows, “retrieval” in/,
    );
    expect(advice.next[0]).toBe('tooltune train --tools tools.json --data rows.jsonl --base tiny --out my-adapter');
    expect(comparisons).toHaveLength(5);
    expect(comparisons.every(({ candidate }) => candidate === 'fine-tuned, 200 rows')).toBe(true);
    expect(curve!.predictions.map(({ rows: count }) => count)).toEqual([400, 800]);
    expect(advice.reasons.find(({ about }) => about === 'More examples')!.text).toContain('twice as many (400)');
  });

  it('recommends both where many values can be neither read nor learnt', () => {
    const evidence = [approach('prompting', 0.1), ...tuned([0.5, 0.55, 0.6])];
    const { advice, traits } = report(evidence, { training: said, heldOut: unsaid });
    expect(traits.values).toEqual({ total: 60, choices: 30, said: 0, learnt: 0, unknown: 30 });
    expect(advice.recommendation).toBe('both');
    expect(advice.headline).toContain('50% of the values in calls can be neither read nor learnt');
    // What the rows to learn from have is learnt: no facts.
    expect(report(evidence, { training: unsaid, heldOut: unsaid }).traits.values).toMatchObject({
      learnt: 30,
      unknown: 0,
    });
  });

  it('recommends both where similar rows make the adapter better', () => {
    const shown = approach('fine-tuning+retrieval', 0.95, { trainingRows: 200 });
    const { advice } = report([approach('prompting', 0.1), ...tuned([0.3, 0.4, 0.5]), shown]);
    expect(advice.recommendation).toBe('both');
  });

  it('recommends what is better than training, and what is as good', () => {
    const better = [approach('prompting', 0.3), approach('retrieval', 0.9), ...tuned([0.4, 0.5, 0.6])];
    expect(report(better).advice).toMatchObject({
      recommendation: 'retrieval',
      headline: expect.stringMatching(
        /^Do not fine-tune with these rows: showing similar rows in the prompt is better/,
      ),
    });
    const count = 2000;
    const same = [approach('prompting', 0.95, { count }), ...tuned([0.9, 0.94, 0.95], count)];
    expect(report(same).advice.recommendation).toBe('prompting');
  });

  it('says where rows are too few, and how many would tell', () => {
    const { advice } = report([approach('prompting', 0.57, { count: 40 }), ...tuned([0.5, 0.55, 0.6], 40)]);
    expect(advice.recommendation).toBe('unclear');
    expect(advice.headline).toMatch(/^Not enough rows to tell: .* needs about \d+ held-out rows to be seen\.$/);
    expect(advice.next[0]).toMatch(/^tooltune advise tools\.json rows\.jsonl --base tiny --held-out \d+ --minutes 60$/);
    const few = report([approach('prompting', 0.1, { count: 9 }), ...tuned([0.9], 9)]).advice;
    expect(few).toMatchObject({ recommendation: 'unclear', headline: expect.stringContaining('9 held-out rows') });
  });

  it('recommends neither where all are of no use and more rows are not likely to help', () => {
    const { advice } = report([approach('prompting', 0.01), ...tuned([0.05, 0.05, 0.05])]);
    expect(advice.recommendation).toBe('neither');
  });

  it('tells what was left out, and draws no conclusion from what was not measured', () => {
    const skipped = [{ name: 'fine-tuned, 400 rows', reason: 'would take about 9 minutes' }];
    const { advice, curve, comparisons } = report([approach('prompting', 0.3)], { skipped, interrupted: true });
    expect(advice).toMatchObject({ recommendation: 'unclear', headline: expect.stringMatching(/^Not measured/) });
    expect(advice.reasons.at(-1)!.text).toBe(
      'It was stopped before all was measured. Left out: fine-tuned, 400 rows (would take about 9 minutes).',
    );
    expect([curve, comparisons]).toEqual([null, []]);
  });

  it('never claims a difference that chance explains, whatever was measured', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const count = fc.integer({ min: 1, max: 120 });
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 3 }), share, count, (shares, prompted, asked) => {
        const { advice, comparisons } = report([
          approach('prompting', prompted, { count: asked }),
          ...tuned(shares, asked),
        ]);
        const { pValue } = comparisons.find(({ baseline }) => baseline === 'prompting')!.right;
        if (['fine-tuning', 'both'].includes(advice.recommendation)) expect(pValue).toBeLessThan(0.05);
        if (asked < 20) expect(advice.recommendation).toBe('unclear');
        expect(advice.headline).not.toMatch(/NaN|undefined|Infinity/);
        expect(JSON.stringify(advice.reasons)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('renderAdvice', () => {
  const evidence = report([approach('prompting', 0.2), ...tuned([0.5, 0.6, 0.75])]);

  it('is one page with the picture of the curve, without scripts and without a network', () => {
    const text = renderAdvice(evidence, { title: '<rows>' });
    for (const part of ['<title>&lt;rows&gt;: advice</title>', 'What more rows would bring', '<polygon class="band"']) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/<script|https?:/);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('leaves out what was not measured', () => {
    const text = renderAdvice(report([approach('prompting', 0.3)]));
    expect(text).not.toContain('<svg');
    expect(text).not.toMatch(/NaN|undefined/);
  });
});
