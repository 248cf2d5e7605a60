import type { IntentCalibration, IntentLabel } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../test/scripted-engine.js';
import { EngineClassifier } from './engine-classifier.js';

const labels = [
  { intent: 'pay', token: 4 },
  { intent: 'lost', token: 2 },
  { intent: null, token: 7 },
];
const none: IntentCalibration = { temperature: 1, rows: 0, threshold: null };

/** Prompts of one token a character, with the same beginning and end. */
const renderer = {
  renderPrompt: ([message]: readonly { content: string | null }[]) => [
    ...[100, 101, 102, 103],
    ...Array.from(message!.content!, (character) => character.charCodeAt(0)),
    ...[104, 105],
  ],
};

/** Probabilities of pay, lost and out of scope by the text's first letter; other tokens are likelier than all of them. */
const probabilities: Record<string, [number, number, number]> = {
  p: [0.7, 0.2, 0.1],
  l: [0.1, 0.85, 0.05],
  u: [0.36, 0.34, 0.3],
  o: [0.2, 0.1, 0.7],
};

function create(calibration = none, options: { sequences?: number; contextSize?: number } = {}) {
  const engine = createScriptedEngine((tokens) => {
    const logits = new Array<number>(10).fill(9);
    const known = probabilities[String.fromCharCode(tokens[4] ?? 0)] ?? [0, 0, 0];
    labels.forEach(({ token }, index) => {
      logits[token] = Math.log(known[index]!);
    });
    return logits;
  }, options);
  return { engine, classifier: new EngineClassifier({ engine, renderer, labels, calibration }) };
}

describe('EngineClassifier', () => {
  it('takes the most likely label, by the logits of the labels alone', async () => {
    const { engine, classifier } = create();
    expect(await classifier.classify('pay it')).toMatchObject({
      intent: 'pay',
      probability: expect.closeTo(0.7, 9),
      top: [
        { intent: 'pay', probability: expect.closeTo(0.7, 9) },
        { intent: 'lost', probability: expect.closeTo(0.2, 9) },
      ],
      outOfScope: expect.closeTo(0.1, 9),
      promptTokens: 12,
    });
    expect(engine.evaluations).toEqual([{ tokens: 12, request: { kind: 'only', tokens: [4, 2, 7] } }]);
  });

  it('evaluates what prompts begin with only once', async () => {
    const { engine, classifier } = create();
    for (const text of ['pay', 'lost', 'loose']) await classifier.classify(text);
    // The beginning of four tokens, and of "loose" two letters more, are there already.
    expect(engine.evaluations.map(({ tokens }) => tokens)).toEqual([9, 6, 5]);
  });

  it('abstains where out of scope is the most likely, and below the threshold', async () => {
    const { classifier } = create();
    expect((await classifier.classify('other')).intent).toBeNull();
    expect((await classifier.classify('unsure')).intent).toBe('pay');
    expect((await classifier.classify('unsure', { threshold: 0.5 })).intent).toBeNull();
    const strict = create({ temperature: 1, rows: 9, threshold: { score: 'in-scope', value: 0.8 } }).classifier;
    expect((await strict.classify('unsure')).intent).toBeNull();
    expect((await strict.classify('pay')).intent).toBe('pay');
    expect((await strict.classify('unsure', { threshold: null })).intent).toBe('pay');
    expect((await strict.classify('pay', { topK: 1 })).top).toHaveLength(1);
  });

  it('refuses a threshold that is none', async () => {
    const classifying = create().classifier.classify('pay', { threshold: 1.5 });
    await expect(classifying).rejects.toMatchObject({ code: 'runtime/bad-options' });
  });

  it.each([1, 3])('classifies a batch with %d sequences as one by one, the answers in order', async (sequences) => {
    const texts = ['pay', 'other', 'lost', 'unsure', 'post', 'lot'];
    const { engine, classifier } = create(none, { sequences });
    const batch = await classifier.classifyBatch(texts);
    const { classifier: single } = create();
    for (const [index, text] of texts.entries()) {
      const { durationMs: _, ...expected } = await single.classify(text);
      expect(batch[index]).toMatchObject(expected);
    }
    expect(engine.evaluations).toHaveLength(6);
  });

  it('asks texts that begin alike one after another', async () => {
    const { engine, classifier } = create();
    await classifier.classifyBatch(['pay now', 'lost it', 'pay soon', 'lost one']);
    // 4 + 7 + 2 at first; then what differs and what follows.
    const evaluated = engine.evaluations.map(({ tokens }) => tokens);
    expect(evaluated.reduce((a, b) => a + b)).toBe(13 + 5 + 9 + 6);
  });

  it('gives its sequence back when a text is too long, and stops waiting when aborted', async () => {
    const { classifier } = create(none, { contextSize: 12 });
    const tooLong = classifier.classifyBatch(['pay', 'p'.repeat(20)]);
    await expect(tooLong).rejects.toMatchObject({ code: 'engine/context-full' });
    expect((await classifier.classify('pay')).intent).toBe('pay');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(classifier.classify('pay', { signal })).rejects.toThrow('enough');
  });
});

describe('EngineClassifier of other kinds', () => {
  const ask = (kind: 'multi' | 'ordinal', logits: readonly [number, number, number], read: IntentLabel[]) => {
    const engine = createScriptedEngine(() => {
      const all = new Array<number>(10).fill(9);
      read.forEach(({ token }, index) => {
        all[token] = logits[index]!;
      });
      return all;
    });
    return new EngineClassifier({ engine, renderer, kind, labels: read, calibration: none });
  };

  it('names all intents above the reference, with every probability', async () => {
    const answer = await ask('multi', [3, 4, 2], labels).classify('pay and lost');
    expect(answer).toMatchObject({ intent: 'lost', intents: ['lost', 'pay'], outOfScope: null, promptTokens: 18 });
    expect(answer.probabilities!.map(({ intent }) => intent)).toEqual(['pay', 'lost']);
    expect((await ask('multi', [1, 1.5, 2], labels).classify('other')).intents).toEqual([]);
  });

  it('scores, in a batch too, and has no threshold', async () => {
    const levels = [4, 2, 7].map((token, index) => ({ intent: String(index + 1), token, value: index + 1 }));
    const classifier = ask(
      'ordinal',
      [0, 0, 0].map((_, index) => Math.log(index + 1)) as [number, number, number],
      levels,
    );
    const [first] = await classifier.classifyBatch(['good']);
    expect(first!.score).toEqual({ level: '3', value: 3, expected: expect.closeTo((1 + 4 + 9) / 6, 9) });
    await expect(classifier.classify('good', { threshold: 0.5 })).rejects.toMatchObject({
      code: 'runtime/bad-options',
    });
  });
});
