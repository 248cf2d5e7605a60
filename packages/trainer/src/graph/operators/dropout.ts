import type { Graph, Tensor } from '../graph.js';

/**
 * Masks for dropout (Srivastava et al. 2014) on the inputs of adapters. Random numbers are drawn outside the graph, so that
 * a run can be repeated and resumed: one table a pass, whose rows are dealt anew, by `order`, for each mask.
 */
export class DropoutMasks {
  readonly #graph: Graph;
  readonly #table: Tensor;
  readonly #order: Tensor;
  readonly #numbers = new Map<string, number>();

  /** Declares the inputs `dropout` float32 [tokens, width], 0 or 1 / (1 - rate), and `dropoutOrder` int64 [masks, tokens]. */
  constructor(graph: Graph, { width, masks }: { width: number; masks: number }) {
    this.#graph = graph;
    this.#table = graph.input('dropout', 'float32', ['tokens', width]);
    this.#order = graph.input('dropoutOrder', 'int64', [masks, 'tokens']);
  }

  /** The mask of this name for x [rows, width], which has at most as many rows as the pass has tokens. */
  mask(name: string, x: Tensor, width: number): Tensor {
    const graph = this.#graph;
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    const order = graph.node('Gather', [this.#order, graph.integer(number)], { attributes: { axis: 0 } });
    const rows = graph.node('Shape', [x], { attributes: { start: 0, end: 1 } });
    const chosen = graph.node('Slice', [order, graph.integers([0]), rows, graph.integers([0])]);
    const mask = graph.node('Gather', [this.#table, chosen], { attributes: { axis: 0 } });
    return graph.node('Slice', [mask, ...[0, width, 1].map((value) => graph.integers([value]))]);
  }
}
