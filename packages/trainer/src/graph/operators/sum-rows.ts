import type { Graph, Tensor } from '../graph.js';

/** Sums all axes but the last: [..., width] to [width]. */
export function sumRows(graph: Graph, x: Tensor, axes: readonly number[] = [0]): Tensor {
  return graph.node('ReduceSum', [x, graph.integers(axes)], { attributes: { keepdims: 0 } });
}
