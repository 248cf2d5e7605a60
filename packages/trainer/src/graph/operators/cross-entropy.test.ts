import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues, type Values } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import type { Tape } from '../tape.js';
import { choiceCrossEntropy, crossEntropy, type OutputHead, weightedLoss } from './cross-entropy.js';

const width = 6;
const vocabulary = 11;
// The same token twice, the first and the last of the vocabulary.
const labels = [3, 0, 3, 10, 7];
const head = { matrix: 'head', vocabulary };
const hiddenShape = [labels.length, width];

const weightedCrossEntropy = (tape: Tape, of: OutputHead) =>
  crossEntropy(tape, 'hidden', of, 'labels', (nats) => weightedLoss(tape.graph, nats, 'weights'));

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
      return weightedCrossEntropy(tape, head).loss;
    });
    expect(loss[0]).toBeCloseTo(lossByHand(hidden, constants.head, constants.weights.data), 5);
  });

  it('has the right gradient', async () => {
    const { hidden, constants } = setUp(weights);
    const { head: matrix, ...others } = constants;
    const errors = await gradientErrors({
      inputs: { hidden, head: matrix },
      constants: others,
      build: (tape) => ({ loss: weightedCrossEntropy(tape, head).loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
    expect(errors.head).toBeLessThan(1e-3);
  });
});

describe('crossEntropy', () => {
  it('tells where the label is the most likely token', async () => {
    const { hidden, constants } = setUp(labels.map(() => 1));
    const correct = await runGraph({ hidden, ...constants }, (tape) => {
      return weightedCrossEntropy(tape, head).correct;
    });
    // Moving each state far along its label's row makes the label the most likely one.
    const { head: rows } = constants;
    const data = hidden.data.map((_, at) => 9 * rows.data[labels[Math.floor(at / width)]! * width + (at % width)]!);
    const sure = await runGraph({ hidden: { shape: hiddenShape, data }, ...constants }, (tape) => {
      return weightedCrossEntropy(tape, head).correct;
    });
    expect([...correct]).toEqual(labels.map((label, row) => (likeliest(hidden, rows, row) === label ? 1 : 0)));
    expect([...sure]).toEqual(
      labels.map((label, row) => (likeliest({ shape: hiddenShape, data }, rows, row) === label ? 1 : 0)),
    );
    expect(correct).not.toEqual(sure);
  });

  it('stays finite where the label is hopeless', async () => {
    const { hidden, constants } = setUp(labels.map(() => 1));
    const far = { shape: hiddenShape, data: hidden.data.map((value) => value * 1e3) };
    const loss = await runGraph({ hidden: far, ...constants }, (tape) => {
      return weightedCrossEntropy(tape, head).loss;
    });
    expect(Number.isFinite(loss[0])).toBe(true);
  });
});

it('crossEntropy of no label is nothing, and so is its gradient', async () => {
  const { constants } = setUp([]);
  const inputs = {
    head: constants.head,
    hidden: { shape: [0, width], data: new Float32Array(0) },
    labels: integers([0], []),
    weights: { shape: [0, 1], data: new Float32Array(0) },
  };
  const gradient = await runGraph(inputs, (tape) => {
    tape.parameter('hidden');
    weightedCrossEntropy(tape, head);
    tape.backward();
    return tape.gradient('hidden');
  });
  expect(gradient).toHaveLength(0);
  const loss = await runGraph(inputs, (tape) => weightedCrossEntropy(tape, head).loss);
  expect([...loss]).toEqual([0]);
});

describe('crossEntropy with label smoothing', () => {
  const share = 0.3;
  const smoothHead = { ...head, smoothing: { share, meanRow: 'meanRow' } };

  function setUpSmooth() {
    const { hidden, constants } = setUp([0.5, 0, 2, 0.1, 0]);
    const rows = constants.head;
    const mean = Float32Array.from({ length: width }, (_, i) => {
      let sum = 0;
      for (let token = 0; token < vocabulary; token++) sum += rows.data[token * width + i]!;
      return sum / vocabulary;
    });
    return { hidden, constants: { ...constants, meanRow: { shape: [1, width], data: mean } } };
  }

  it('spreads a share of the target over the vocabulary', async () => {
    const { hidden, constants } = setUpSmooth();
    const loss = await runGraph({ hidden, ...constants }, (tape) => {
      return weightedCrossEntropy(tape, smoothHead).loss;
    });
    const expected = labels.reduce((sum, label, row) => {
      const logits = logitsByHand(hidden, constants.head, row);
      const total = Math.log(logits.reduce((a, logit) => a + Math.exp(logit), 0));
      const mean = logits.reduce((a, logit) => a + total - logit, 0) / vocabulary;
      return sum + constants.weights.data[row]! * ((1 - share) * (total - logits[label]!) + share * mean);
    }, 0);
    expect(loss[0]).toBeCloseTo(expected, 4);
  });

  it('has the right gradient', async () => {
    const { hidden, constants } = setUpSmooth();
    const errors = await gradientErrors({
      inputs: { hidden },
      constants,
      build: (tape) => ({ loss: weightedCrossEntropy(tape, smoothHead).loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
  });
});

describe('crossEntropy over a large vocabulary', () => {
  // Taken in chunks; labels in the first, at its end, and in the last.
  const size = 70_000;
  const largeHead = { matrix: 'head', vocabulary: size };
  const largeLabels = [5, 32_767, 32_768, size - 1];

  function setUpLarge() {
    const random = createRandom(9);
    return {
      hidden: randomValues(random, [largeLabels.length, 2], 2),
      constants: {
        head: randomValues(random, [size, 2]),
        labels: integers([largeLabels.length], largeLabels),
        weights: { shape: [largeLabels.length, 1], data: Float32Array.of(1, 0.5, 0.2, 2) },
      },
    };
  }

  it('is the weighted negative log-likelihood', async () => {
    const { hidden, constants } = setUpLarge();
    const loss = await runGraph({ hidden, ...constants }, (tape) => {
      return weightedCrossEntropy(tape, largeHead).loss;
    });
    const expected = largeLabels.reduce((sum, label, row) => {
      const logit = (token: number) =>
        hidden.data[row * 2]! * constants.head.data[token * 2]! +
        hidden.data[row * 2 + 1]! * constants.head.data[token * 2 + 1]!;
      let total = 0;
      for (let token = 0; token < size; token++) total += Math.exp(logit(token));
      return sum + constants.weights.data[row]! * (Math.log(total) - logit(label));
    }, 0);
    expect(loss[0]! / expected).toBeCloseTo(1, 5);
  });

  it('has the right gradient', async () => {
    const { hidden, constants } = setUpLarge();
    const { head: matrix, ...others } = constants;
    const errors = await gradientErrors({
      inputs: { hidden, head: matrix },
      constants: others,
      build: (tape) => ({ loss: weightedCrossEntropy(tape, largeHead).loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
    expect(errors.head).toBeLessThan(1e-3);
  });
});

describe.each([0, 0.2])('choiceCrossEntropy with a smoothing of %d', (share) => {
  // Of different numbers; the label stands first.
  const options = [[3], [0, 4, 9], [10, 3], [7, 6, 5, 1]];
  const most = 4;
  const choiceHead = { ...head, ...(share > 0 && { smoothing: { share, meanRow: 'unused' } }) };

  function setUpChoices() {
    const random = createRandom(6);
    return {
      hidden: randomValues(random, [options.length, width]),
      constants: {
        head: randomValues(random, [vocabulary, width]),
        options: integers(
          [options.length, most],
          options.flatMap((list) => [...list, ...Array(most - list.length).fill(2)]),
        ),
        mask: {
          shape: [options.length, most],
          data: Float32Array.from(options.flatMap((list) => [0, 1, 2, 3].map((at) => (at < list.length ? 0 : -1e9)))),
        },
        weights: { shape: [options.length, 1], data: Float32Array.of(1, 0.5, 2, 0.3) },
      },
    };
  }
  const build = (tape: Parameters<typeof choiceCrossEntropy>[0]) =>
    choiceCrossEntropy(tape, 'hidden', choiceHead, 'options', 'mask', 'weights');

  it('is the loss of the softmax over what may come', async () => {
    const { hidden, constants } = setUpChoices();
    const loss = await runGraph({ hidden, ...constants }, (tape) => build(tape).loss);
    const expected = options.reduce((sum, list, row) => {
      const all = logitsByHand(hidden, constants.head, row);
      const logits = list.map((token) => all[token]!);
      const total = Math.log(logits.reduce((a, logit) => a + Math.exp(logit), 0));
      const mean = logits.reduce((a, logit) => a + total - logit, 0) / logits.length;
      return sum + constants.weights.data[row]! * ((1 - share) * (total - logits[0]!) + share * mean);
    }, 0);
    expect(loss[0]).toBeCloseTo(expected, 5);
  });

  it('has the right gradient', async () => {
    const { hidden, constants } = setUpChoices();
    const { head: matrix, ...others } = constants;
    const errors = await gradientErrors({
      inputs: { hidden, head: matrix },
      constants: others,
      build: (tape) => ({ loss: build(tape).loss }),
    });
    expect(errors.hidden).toBeLessThan(1e-3);
    expect(errors.head).toBeLessThan(1e-3);
  });

  it('gives the logits of the options', async () => {
    const { hidden, constants } = setUpChoices();
    const logits = await runGraph({ hidden, ...constants }, (tape) => build(tape).logits);
    for (const [row, list] of options.entries()) {
      const all = logitsByHand(hidden, constants.head, row);
      for (const [at, token] of list.entries()) expect(logits[row * most + at]).toBeCloseTo(all[token]!, 5);
    }
  });

  it('tells where the label is the most likely of them', async () => {
    const { hidden, constants } = setUpChoices();
    const correct = await runGraph({ hidden, ...constants }, (tape) => build(tape).correct);
    expect([...correct]).toEqual(
      options.map((list, row) => {
        const all = logitsByHand(hidden, constants.head, row);
        return list.every((token) => all[token]! <= all[list[0]!]!) ? 1 : 0;
      }),
    );
  });
});
