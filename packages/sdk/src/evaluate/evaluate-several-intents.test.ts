import { describe, expect, it } from 'vitest';
import type { Example } from '../dataset/index.js';
import { evaluateIntentClassifier, type IntentAnswer, type IntentClassifier } from './index.js';

const location = { file: 'held-out.jsonl', line: 1 };

/** What is named, by text. */
function classifierOf(named: Record<string, string[]>): IntentClassifier {
  return {
    kind: 'multi',
    intents: ['a', 'b', 'c'],
    async classify(text): Promise<IntentAnswer> {
      const intents = named[text]!;
      const probabilities = ['a', 'b', 'c'].map((intent) => ({
        intent,
        probability: intents.includes(intent) ? 0.9 : 0.1,
      }));
      const top = probabilities.toSorted((x, y) => y.probability - x.probability);
      const answer = { intent: intents[0] ?? null, probability: top[0]!.probability, top, outOfScope: null };
      return { ...answer, intents, probabilities, promptTokens: 9, durationMs: 1 };
    },
  };
}

const row = (text: string, ...intents: string[]): Example => ({ kind: 'labels', text, intents, location });

describe('evaluateIntentClassifier of any number of intents', () => {
  it('scores sets, pairs and each intent', async () => {
    const classifier = classifierOf({ one: ['a'], two: ['b', 'a'], three: ['c'], none: [], some: ['a'] });
    const examples = [row('one', 'a'), row('two', 'a', 'b'), row('three', 'b', 'c'), row('none'), row('some')];
    const { metrics, failures, confusions } = await evaluateIntentClassifier({ classifier, examples });
    expect(metrics.accuracy).toMatchObject({ count: 3, total: 5 });
    expect(metrics.inScopeAccuracy).toMatchObject({ count: 2, total: 3 });
    expect(metrics.outOfScopeRecall).toMatchObject({ count: 1, total: 2 });
    expect(metrics.outOfScopePrecision).toMatchObject({ count: 1, total: 1 });
    // 5 pairs wanted, 5 named, 4 of them right; a 2/(2+3)·2, b 2·1/(2+1), c 1.
    expect(metrics.microF1!.value).toBeCloseTo(8 / 10, 9);
    expect(metrics.macroF1.value).toBeCloseTo((4 / 5 + 2 / 3 + 1) / 3, 9);
    expect(metrics.intents!.map(({ intent, wanted, got, right }) => [intent, wanted, got, right])).toEqual([
      ['a', 2, 3, 2],
      ['b', 2, 1, 1],
      ['c', 1, 1, 1],
    ]);
    // Of 15 pairs 5 are at 0.9, 4 of which apply, and 10 at 0.1, 1 of which does.
    expect(metrics.expectedCalibrationError!.value).toBeCloseTo((5 * 0.1 + 10 * 0) / 15, 9);
    expect(confusions).toEqual([]);
    expect(failures).toMatchObject([
      { expected: 'b, c', got: 'c', expectedIntents: ['b', 'c'], gotIntents: ['c'] },
      { expected: null, got: 'a', expectedIntents: [], gotIntents: ['a'] },
    ]);
  });

  it('refuses rows of another shape, and intents that were not learnt', async () => {
    const classifier = classifierOf({});
    const single: Example = { kind: 'intent', text: 'one', intent: 'a', location };
    await expect(evaluateIntentClassifier({ classifier, examples: [single] })).rejects.toThrow('{"text", "intents"}');
    const unknown = evaluateIntentClassifier({ classifier, examples: [row('one', 'd')] });
    await expect(unknown).rejects.toMatchObject({ code: 'evaluate/unknown-intent' });
  });
});
