import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import type { Graph, Tape, Tensor } from '../src/graph/index.js';
import { gradientErrors, randomValues } from './check-gradients.js';

/** y = x · sigmoid(x), with the given derivative: sigmoid + x · sigmoid · (1 − sigmoid) is the right one. */
function silu(tape: Tape, x: Tensor, slope: (graph: Graph, x: Tensor, sigmoid: Tensor) => Tensor): Tensor {
  const { graph } = tape;
  const sigmoid = graph.node('Sigmoid', [x]);
  const y = graph.node('Mul', [x, sigmoid]);
  tape.record([y], [x], () => {
    tape.accumulate(x, graph.node('Mul', [tape.gradient(y), slope(graph, x, sigmoid)]));
  });
  return y;
}

function rightSlope(graph: Graph, x: Tensor, sigmoid: Tensor): Tensor {
  const rest = graph.node('Sub', [graph.scalar(1), sigmoid]);
  return graph.node('Add', [sigmoid, graph.node('Mul', [x, graph.node('Mul', [sigmoid, rest])])]);
}

async function errorOf(slope: Parameters<typeof silu>[2]): Promise<number> {
  const errors = await gradientErrors({
    inputs: { x: randomValues(createRandom(1), [3, 5]) },
    build: (tape) => [{ tensor: silu(tape, 'x', slope), shape: [3, 5] }],
  });
  return errors.x!;
}

describe('gradientErrors', () => {
  it('is tiny for a right rule', async () => {
    expect(await errorOf(rightSlope)).toBeLessThan(1e-4);
  });

  it.each<[string, number, Parameters<typeof silu>[2]]>([
    ['half of the product rule forgotten', 0.1, (_graph, _x, sigmoid) => sigmoid],
    ['a wrong sign', 1, (graph, x, sigmoid) => graph.node('Neg', [rightSlope(graph, x, sigmoid)])],
    [
      'one percent too much',
      0.005,
      (graph, x, sigmoid) => graph.node('Mul', [rightSlope(graph, x, sigmoid), graph.scalar(1.01)]),
    ],
    [
      'one element of fifteen forgotten',
      0.02,
      (graph, x, sigmoid) => {
        const keep = new Float32Array(15).fill(1);
        keep[7] = 0;
        const mask = graph.initializer('keep', 'float32', [3, 5], keep);
        return graph.node('Mul', [rightSlope(graph, x, sigmoid), mask]);
      },
    ],
    ['no gradient at all', 1, (graph) => graph.scalar(0)],
  ])('shows %s', async (_what, atLeast, slope) => {
    expect(await errorOf(slope)).toBeGreaterThan(atLeast);
  });
});
