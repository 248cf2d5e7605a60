import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues, type Values } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { crossEntropy } from './cross-entropy.js';

const width = 6;
const vocabulary = 11;
// The same token twice, the first and the last of the vocabulary.
const labels = [3, 0, 3, 10, 7];
const hiddenShape = [labels.length, width];

function setUp(weights: readonly number[]) {
  const random = createRandom(4);
  const hidden = randomValues(random, hiddenShape);
  const constants = {
    head: randomValues(random, [vocabulary, width]),
    labels: integers([labels.length], labels),
    weights: { shape: [labels.length, 1], data: Float32Array.from(weights) },
  };
  return { hidden, constants };
}

function logitsByHand(hidden: Values, head: Values, row: number): number[] {
  return Array.from({ length: vocabulary }, (_, token) => {
    let logit = 0;
    for (let i = 0; i < width; i++) logit += hidden.data[row * width + i]! * head.data[token * width + i]!;
    return logit;
  });
}

function likeliest(hidden: Values, head: Values, row: number): number {
  const logits = logitsByHand(hidden, head, row);
  return logits.indexOf(Math.max(...logits));
}

/** Weighted loss in double precision, by the definition. */
function lossByHand(hidden: Values, head: Values, weights: Float32Array): number {
  return labels.reduce((sum, label, row) => {
    const logits = logitsByHand(hidden, head, row);
    const total = logits.reduce((a, logit) => a + Math.exp(logit), 0);
    return sum + weights[row]! * (Math.log(total) - logits[label]!);
  }, 0);
}

describe.each([
  ['equal weights', labels.map(() => 1 / labels.length)],
  ['different weights, some of them zero', [0.5, 0, 2, 0.1, 0]],
])('crossEntropy with %s', (_what, weights) => {
  it('is the weighted negative log-likelihood', async () => {
    const { hidden, constants } = setUp(weights);
    const loss = await runGraph({ hidden, ...constants }, (tape) => {
      return crossEntropy(tape, 'hidden', 'head', 'labels', 'weights').loss;
    });
    expect(loss[0]).toBeCloseTo(lossByHand(hidden, constants.head, constants.weights.data), 5);
  });

  it('has the right gradient', async () => {
    const { hidden, constants } = setUp(weights);
    const errors = await gradientErrors({
      inputs: { hidden },
      constants,
      build: (tape) => ({ loss: crossEntropy(tape, 'hidden', 'head', 'labels', 'weights').loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
  });
});

describe('crossEntropy', () => {
  it('tells where the label is the most likely token', async () => {
    const { hidden, constants } = setUp(labels.map(() => 1));
    const correct = await runGraph({ hidden, ...constants }, (tape) => {
      return crossEntropy(tape, 'hidden', 'head', 'labels', 'weights').correct;
    });
    // Moving each state far along its label's row makes the label the most likely one.
    const { head } = constants;
    const data = hidden.data.map((_, at) => 9 * head.data[labels[Math.floor(at / width)]! * width + (at % width)]!);
    const sure = await runGraph({ hidden: { shape: hiddenShape, data }, ...constants }, (tape) => {
      return crossEntropy(tape, 'hidden', 'head', 'labels', 'weights').correct;
    });
    expect([...correct]).toEqual(labels.map((label, row) => (likeliest(hidden, head, row) === label ? 1 : 0)));
    expect([...sure]).toEqual(
      labels.map((label, row) => (likeliest({ shape: hiddenShape, data }, head, row) === label ? 1 : 0)),
    );
    expect(correct).not.toEqual(sure);
  });

  it('stays finite where the label is hopeless', async () => {
    const { hidden, constants } = setUp(labels.map(() => 1));
    const far = { shape: hiddenShape, data: hidden.data.map((value) => value * 1e3) };
    const loss = await runGraph({ hidden: far, ...constants }, (tape) => {
      return crossEntropy(tape, 'hidden', 'head', 'labels', 'weights').loss;
    });
    expect(Number.isFinite(loss[0])).toBe(true);
  });
});
