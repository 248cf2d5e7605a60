import { describe, expect, it } from 'vitest';
import { parseDataset } from '../dataset/index.js';
import { createIntentEvaluationReport, evaluateIntentClassifier, type IntentClassifier } from './index.js';

/** Answers as told, by text: the intent (null: abstains), and how likely the most likely one is. */
function classifier(answers: Record<string, [intent: string | null, best: string, probability: number]>) {
  const asked: string[] = [];
  const fake: IntentClassifier = {
    intents: ['pay', 'lost', 'help'],
    async classify(text) {
      asked.push(text);
      const [intent, best, probability] = answers[text]!;
      const top = [{ intent: best, probability }];
      return { intent, probability, top, outOfScope: null, promptTokens: 10 + asked.length, durationMs: asked.length };
    },
  };
  return { fake, asked };
}

const examples = parseDataset(
  [
    { text: 'p1', intent: 'pay' },
    { text: 'p2', intent: 'pay' },
    { text: 'p3', intent: 'pay' },
    { text: 'l1', intent: 'lost' },
    { text: 'o1', intent: null },
    { text: 'o2', intent: null },
  ]
    .map((row) => JSON.stringify(row))
    .join('\n'),
);
const { fake } = classifier({
  p1: ['pay', 'pay', 0.99],
  p2: ['lost', 'lost', 0.9],
  p3: [null, 'pay', 0.3],
  l1: ['lost', 'lost', 0.91],
  o1: [null, 'help', 0.2],
  o2: ['lost', 'lost', 0.8],
});

describe('evaluateIntentClassifier', () => {
  it('measures what it says', async () => {
    const progress: number[] = [];
    const onProgress = ({ right }: { right: number }) => progress.push(right);
    const { metrics, confusions, failures } = await evaluateIntentClassifier({
      classifier: fake,
      examples,
      onProgress,
    });
    expect(metrics).toMatchObject({
      rows: 6,
      accuracy: { count: 3, total: 6 },
      inScopeAccuracy: { count: 2, total: 4 },
      outOfScopeRecall: { count: 1, total: 2 },
      outOfScopePrecision: { count: 1, total: 2 },
      latencyMs: { p50: 3, p95: 6 },
      meanPromptTokens: 13.5,
    });
    // pay: 1 right of 3 expected and 1 got; lost: 1 of 1 and 3; out of scope: 1 of 2 and 2.
    expect(metrics.macroF1.value).toBeCloseTo((2 / 4 + 2 / 4 + 2 / 4) / 3, 12);
    expect(metrics.macroF1.low).toBeLessThan(0.4);
    expect(metrics.macroF1.high).toBeGreaterThan(0.6);
    // Bins of 1/15: 0.99 alone, 0.9 and 0.91 together (one right), 0.3 alone (right, abstaining aside).
    expect(metrics.expectedCalibrationError!.value).toBeCloseTo((0.01 + (0.9 + 0.91 - 1) + 0.7) / 4, 12);
    expect(progress).toEqual([1, 1, 1, 2, 3, 3]);
    expect(confusions).toEqual([
      { expected: 'pay', got: 'lost', count: 1 },
      { expected: 'pay', got: null, count: 1 },
      { expected: null, got: 'lost', count: 1 },
    ]);
    expect(failures[0]).toEqual({
      file: 'data.jsonl',
      line: 2,
      text: 'p2',
      expected: 'pay',
      got: 'lost',
      probability: 0.9,
    });
  });

  it('gives the same intervals every time', async () => {
    const [first, second] = [
      await evaluateIntentClassifier({ classifier: fake, examples }),
      await evaluateIntentClassifier({ classifier: fake, examples }),
    ];
    expect(second.metrics.macroF1).toEqual(first.metrics.macroF1);
  });

  it('makes a report that follows its schema', async () => {
    const result = await evaluateIntentClassifier({ classifier: fake, examples });
    const report = createIntentEvaluationReport({
      createdBy: 'test 1',
      dataset: { file: 'held-out.jsonl', sha256: 'a'.repeat(64) },
      labels: 4,
      calibration: { temperature: 1.5, rows: 20, threshold: { score: 'in-scope', value: 0.5 } },
      result,
      maxConfusions: 2,
      maxFailures: 1,
    });
    expect(report).toMatchObject({ task: 'intents', dataset: { rows: 6 }, failureCount: 3 });
    expect([report.confusions.length, report.failures.length]).toEqual([2, 1]);
  });

  it.each([
    ['no row at all', '', 'evaluate/no-rows', /no row/],
    [
      'conversations',
      '{"messages":[{"role":"user","content":"x"}],"calls":[]}',
      'evaluate/not-an-intent',
      /conversation/,
    ],
    ['other intents', '{"text":"x","intent":"pays"}', 'evaluate/unknown-intent', /"pays".*"pay"/],
  ])('refuses %s before anything is asked', async (_case, text, code, message) => {
    const { fake, asked } = classifier({});
    const evaluation = evaluateIntentClassifier({ classifier: fake, examples: [...parseDataset(text)] });
    await expect(evaluation).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(asked).toEqual([]);
  });
});
