import { createRandom } from '@tooltune/sdk';
import { expect, it } from 'vitest';
import { integers, randomValues } from '../../../test/check-gradients.js';
import { relativeError } from '../../../test/relative-error.js';
import { runGraph } from '../../../test/run-graph.js';
import { expandCodebookMatrix, quantizeNf4 } from '../../model/nf4.js';
import type { Tape, Tensor } from '../index.js';
import { crossEntropy, vocabularyLogits, weightedLoss } from './index.js';

// Taken in three chunks, the last of them shorter; labels at both sides of their borders.
const vocabulary = 40_000;
const labels = [5, 16_383, 16_384, vocabulary - 1];
const random = createRandom(3);
const matrix = quantizeNf4(randomValues(random, [vocabulary, 64], 0.1).data, [vocabulary, 64]);
const inputs = {
  hidden: randomValues(random, [labels.length, 64]),
  labels: integers([labels.length], labels),
  weights: { shape: [labels.length, 1], data: Float32Array.of(1, 0.5, 0.2, 2) },
};

const loss = (tape: Tape) =>
  crossEntropy(tape, 'hidden', { matrix: 'head', vocabulary }, 'labels', (nats) =>
    weightedLoss(tape.graph, nats, 'weights'),
  ).loss;

it.each<[string, (tape: Tape) => Tensor]>([
  ['loss', loss],
  [
    'gradient',
    (tape) => {
      tape.parameter('hidden');
      loss(tape);
      tape.backward();
      return tape.gradient('hidden');
    },
  ],
  ['logits', ({ graph }) => vocabularyLogits(graph, 'hidden', { matrix: 'head', vocabulary })],
])('a large quantised head, taken in chunks, gives the %s of its values as float32', async (_what, build) => {
  const quantized = await runGraph(inputs, (tape) => {
    tape.graph.blockTable('head', matrix);
    return build(tape);
  });
  const expanded = await runGraph(inputs, (tape) => {
    tape.graph.initializer('head', 'float32', matrix.shape, expandCodebookMatrix(matrix));
    return build(tape);
  });
  expect(relativeError(quantized, expanded)).toBeLessThan(1e-5);
});
