import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import type { Tape } from '../tape.js';
import { crossEntropy } from './cross-entropy.js';
import { preferenceLoss } from './preference-loss.js';

const width = 6;
const vocabulary = 11;
const beta = 0.4;
const random = createRandom(9);
// Two pairs: labels 0 and 1 against 2, labels 3 against 4 and 5.
const constants = {
  head: randomValues(random, [vocabulary, width]),
  labels: integers([6], [3, 0, 3, 10, 7, 1]),
  signs: { shape: [2, 6], data: Float32Array.of(1, 1, -1, 0, 0, 0, 0, 0, 0, 1, -1, -1) },
  referenceMargins: { shape: [2, 1], data: Float32Array.of(0.7, -1.3) },
  weights: { shape: [2, 1], data: Float32Array.of(0.5, 0.25) },
};
const hidden = randomValues(random, [6, width]);
const pairs = { signs: 'signs', referenceMargins: 'referenceMargins', weights: 'weights' };

function build(tape: Tape) {
  let preferences: ReturnType<typeof preferenceLoss>;
  const { loss, nats } = crossEntropy(tape, 'hidden', { matrix: 'head', vocabulary }, 'labels', (each) => {
    preferences = preferenceLoss(tape.graph, each, pairs, beta);
    return preferences;
  });
  return { ...preferences!, loss, nats };
}

describe('preferenceLoss', () => {
  it('has the gradient that finite differences have', async () => {
    const errors = await gradientErrors({
      inputs: { hidden },
      constants,
      build: (tape) => ({ loss: build(tape).loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
  });

  it('is that of the paper', async () => {
    const inputs = { hidden, ...constants };
    const nats = await runGraph(inputs, (tape) => build(tape).nats);
    const margins = [nats[2]! - nats[0]! - nats[1]! - 0.7, nats[4]! + nats[5]! - nats[3]! + 1.3];
    const losses = margins.map((margin) => -Math.log(1 / (1 + Math.exp(-beta * margin))));
    expect(await runGraph(inputs, (tape) => build(tape).margins)).toEqual(nearly(margins));
    expect(await runGraph(inputs, (tape) => build(tape).pairLosses)).toEqual(nearly(losses));
    expect(await runGraph(inputs, (tape) => build(tape).loss)).toEqual(nearly([losses[0]! / 2 + losses[1]! / 4]));
  });

  it('stays finite where a pair is hopeless, or settled', async () => {
    const far = { shape: [2, 1], data: Float32Array.of(1e4, -1e4) };
    const losses = await runGraph({ hidden, ...constants, referenceMargins: far }, (tape) => build(tape).pairLosses);
    expect(losses[0]).toBeGreaterThan(1e3);
    expect(losses[1]).toBeCloseTo(0);
  });
});

function nearly(values: readonly number[]): Float32Array {
  return expect.toSatisfy((found: Float32Array) =>
    values.every((value, at) => Math.abs(found[at]! - value) < 1e-4 * Math.max(1, Math.abs(value))),
  );
}
