import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import type { Tape } from '../tape.js';
import { binaryChoiceCrossEntropy, softChoiceCrossEntropy } from './option-targets.js';

const [width, vocabulary, most] = [6, 11, 4];
/** The second place has one option fewer. */
const options = [
  [3, 0, 7, 10],
  [5, 2, 9],
  [3, 1, 4, 6],
];
const weights = [1, 0.5, 2];

const tensors = { options: 'options', mask: 'mask', targets: 'targets', weights: 'weights' };
const headOf = (share: number) => ({
  ...{ matrix: 'head', vocabulary },
  ...(share > 0 ? { smoothing: { share, meanRow: 'head' } } : {}),
});

function setUp(targets: readonly (readonly number[])[]) {
  const random = createRandom(6);
  const padded = <T>(rows: readonly (readonly T[])[], padding: T) =>
    rows.flatMap((row) => [...row, ...Array<T>(most - row.length).fill(padding)]);
  const shape = [options.length, most];
  return {
    hidden: randomValues(random, [options.length, width]),
    head: randomValues(random, [vocabulary, width]),
    others: {
      options: integers(shape, padded(options, 2)),
      mask: {
        shape,
        data: Float32Array.from(
          padded(
            options.map((row) => row.map(() => 0)),
            -1e9,
          ),
        ),
      },
      targets: { shape, data: Float32Array.from(padded(targets, 0)) },
      weights: { shape: [options.length, 1], data: Float32Array.from(weights) },
    },
  };
}

function logitsByHand({ hidden, head }: ReturnType<typeof setUp>, row: number): number[] {
  return options[row]!.map((token) => {
    let logit = 0;
    for (let i = 0; i < width; i++) logit += hidden.data[row * width + i]! * head.data[token * width + i]!;
    return logit;
  });
}

const distributions = [
  [0.7, 0.2, 0.1, 0],
  [0.25, 0.5, 0.25],
  [0, 0, 0, 1],
];
const sets = [
  [0, 1, 0, 1],
  [0, 0, 0],
  [0, 1, 1, 1],
];

describe.each([0, 0.2])('softChoiceCrossEntropy with label smoothing %d', (share) => {
  const build = (tape: Tape) => softChoiceCrossEntropy(tape, 'hidden', headOf(share), tensors);

  it('is the cross-entropy of the softmax over the options to their targets', async () => {
    const values = setUp(distributions);
    const { hidden, head, others } = values;
    const loss = await runGraph({ hidden, head, ...others }, (tape) => build(tape).loss);
    const expected = options.reduce((sum, list, row) => {
      const logits = logitsByHand(values, row);
      const total = Math.log(logits.reduce((a, logit) => a + Math.exp(logit), 0));
      return logits.reduce((nats, logit, at) => {
        const target = (1 - share) * distributions[row]![at]! + share / list.length;
        return nats + weights[row]! * target * (total - logit);
      }, sum);
    }, 0);
    expect(loss[0]).toBeCloseTo(expected, 5);
  });

  it('has the right gradient', async () => {
    const { hidden, head, others } = setUp(distributions);
    const inputs = { hidden, head };
    const errors = await gradientErrors({ inputs, constants: others, build: (tape) => ({ loss: build(tape).loss }) });
    expect(errors.hidden).toBeLessThan(1e-3);
    expect(errors.head).toBeLessThan(1e-3);
  });

  it('tells where the likeliest option is the one with the highest target', async () => {
    const values = setUp(distributions);
    const { hidden, head, others } = values;
    const correct = await runGraph({ hidden, head, ...others }, (tape) => build(tape).correct);
    const top = (list: readonly number[]) => list.indexOf(Math.max(...list));
    expect([...correct]).toEqual(
      distributions.map((target, row) => Number(top(logitsByHand(values, row)) === top(target))),
    );
  });
});

describe.each([0, 0.2])('binaryChoiceCrossEntropy with label smoothing %d', (share) => {
  const build = (tape: Tape) => binaryChoiceCrossEntropy(tape, 'hidden', headOf(share), tensors);

  it('is the binary cross-entropy of each option beside the reference', async () => {
    const values = setUp(sets);
    const { hidden, head, others } = values;
    const loss = await runGraph({ hidden, head, ...others }, (tape) => build(tape).loss);
    const expected = options.reduce((sum, _list, row) => {
      const [reference, ...logits] = logitsByHand(values, row);
      return logits.reduce((nats, logit, at) => {
        const probability = 1 / (1 + Math.exp(reference! - logit));
        const target = (1 - share) * sets[row]![at + 1]! + share / 2;
        const each = -target * Math.log(probability) - (1 - target) * Math.log(1 - probability);
        return nats + weights[row]! * each;
      }, sum);
    }, 0);
    expect(loss[0]).toBeCloseTo(expected, 5);
  });

  it('has the right gradient, that of the reference too', async () => {
    const { hidden, head, others } = setUp(sets);
    const inputs = { hidden, head };
    const errors = await gradientErrors({ inputs, constants: others, build: (tape) => ({ loss: build(tape).loss }) });
    expect(errors.hidden).toBeLessThan(1e-3);
    expect(errors.head).toBeLessThan(1e-3);
  });

  it('tells where every option is on its side of the reference', async () => {
    const values = setUp(sets);
    const sides = options.map((_list, row) => {
      const [reference, ...logits] = logitsByHand(values, row);
      return [0, ...logits.map((logit) => Number(logit > reference!))];
    });
    // Of the last row one option is on the other side.
    const wanted = [sides[0]!, sides[1]!, sides[2]!.map((side, at) => (at === 3 ? 1 - side : side))];
    const { hidden, head, others } = setUp(wanted);
    const correct = await runGraph({ hidden, head, ...others }, (tape) => build(tape).correct);
    expect([...correct]).toEqual([1, 1, 0]);
  });
});
