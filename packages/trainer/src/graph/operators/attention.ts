import { type Graph, microsoftDomain, type Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** Sizes of grouped-query attention (Ainslie et al. 2023): every key head serves heads / keyHeads query heads. */
export interface AttentionShape {
  heads: number;
  keyHeads: number;
  headSize: number;
  /** Scores are multiplied by it. Default 1 / √headSize. */
  scale?: number;
}

/**
 * Where the rows of a pack stand for attention. The pack is a tree: its first `trunk` rows are what examples share, and
 * are keys for all; all rows, those of the trunk too, stand in chunks that are keys for themselves alone.
 */
export interface AttentionLayout {
  /** int64 [chunks, length]: packed row of each slot; any row for padding. */
  rows: Tensor;
  /** int64 [tokens]: slot of each packed row, counted over chunks × length. */
  slots: Tensor;
  /** float32 [chunks, length, 1]: 1 for a token, 0 for padding. */
  valid: Tensor;
  /** int64 [1]: number of the trunk's rows, at least 1. */
  trunk: Tensor;
  /** float32 [chunks, 1, length, trunk + length]: 0 where a query may look, a large negative number elsewhere. */
  mask: Tensor;
}

/** Declares the inputs of a layout. */
export function attentionLayout(graph: Graph): AttentionLayout {
  return {
    rows: graph.input('rows', 'int64', ['chunks', 'length']),
    slots: graph.input('slots', 'int64', ['tokens']),
    valid: graph.input('valid', 'float32', ['chunks', 'length', 1]),
    trunk: graph.input('trunk', 'int64', [1]),
    mask: graph.input('mask', 'float32', ['chunks', 1, 'length', 'keys']),
  };
}

/**
 * Attention along the paths of a tree: each row looks at what the mask lets it see of the trunk and of its own chunk.
 * The trunk's keys are multiplied with all queries at once and never copied, and their gradients are sums over all
 * examples. Query heads that share a key head are folded into rows, so keys and values are never repeated either.
 * @param q [tokens, heads × headSize]
 * @param k [tokens, keyHeads × headSize]
 * @param v [tokens, keyHeads × headSize]
 * @returns [tokens, heads × headSize]
 */
export function attention(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  shape: AttentionShape,
  layout: AttentionLayout,
): Tensor {
  const { graph } = tape;
  const repeats = shape.heads / shape.keyHeads;
  const scale = { float: shape.scale ?? 1 / Math.sqrt(shape.headSize) };
  const product = (a: Tensor, b: Tensor, attributes = {}, rank = 4) =>
    graph.node('FusedMatMul', [a, b], { domain: microsoftDomain, attributes, rank });
  const flatProduct = (a: Tensor, b: Tensor, attributes = {}) => product(a, b, attributes, 3);
  const heads = new HeadLayout(graph, shape, layout);

  // Rows stand below each other, query heads of one key head too: R = repeats × length.
  const unpack = () => {
    const queries = heads.split(q, repeats); // [keyHeads, chunks, R, headSize]
    return {
      queries,
      keys: heads.split(k, 1), // [keyHeads, chunks, length, headSize]
      values: heads.split(v, 1),
      allQueries: heads.flat(queries), // [keyHeads, chunks × R, headSize]
      trunkKeys: heads.splitTrunk(k), // [keyHeads, trunk, headSize]
      trunkValues: heads.splitTrunk(v),
    };
  };
  const { queries, keys, values, allQueries, trunkKeys, trunkValues } = unpack();
  // For the backward pass they are made again, and only q, k, v, y and the weights are kept; see Tape.remakes.
  const remade = unpack();

  const trunkScores = heads.chunked(flatProduct(allQueries, trunkKeys, { transB: 1, alpha: scale }), layout.trunk);
  const ownScores = product(queries, keys, { transB: 1, alpha: scale });
  const scores = graph.node('Concat', [trunkScores, ownScores], { attributes: { axis: -1 } });
  const weights = graph.node('Softmax', [heads.masked(scores)], { attributes: { axis: -1 } });
  const [trunkWeightsOfChunks, ownWeights] = graph.nodeWithOutputs('Split', [heads.unmasked(weights), heads.parts], 2, {
    attributes: { axis: 3 },
  }) as [Tensor, Tensor];
  const trunkWeights = heads.flat(trunkWeightsOfChunks); // [keyHeads, chunks × R, trunk]
  const trunkContext = heads.chunked(flatProduct(trunkWeights, trunkValues), graph.integers([shape.headSize]));
  const context = graph.node('Add', [product(ownWeights, values), trunkContext]);
  const y = heads.merge(context, repeats);
  const remadeContext = heads.split(y, repeats);

  tape.record([y], [q, k, v], () => {
    const { queries, keys, values, allQueries, trunkKeys, trunkValues } = remade;
    // Padding slots repeat some token's row: their gradient must not count.
    const dContext = heads.split(tape.gradient(y), repeats, { withoutPadding: true });
    const allDContext = heads.flat(dContext);
    // Softmax backward: dS = P · (dP − rowsum(P · dP)), and rowsum(P · dP) = rowsum(dO · O) (Dao et al. 2022).
    const rowSum = graph.node('ReduceSum', [graph.node('Mul', [dContext, remadeContext]), graph.integers([-1])], {
      attributes: { keepdims: 1 },
    });
    const softmaxBackward = (of: Tensor, dOf: Tensor, sum: Tensor) =>
      graph.node('Mul', [of, graph.node('Sub', [dOf, sum])]);
    const dOwn = softmaxBackward(ownWeights, product(dContext, values, { transB: 1 }), rowSum);
    const dTrunk = softmaxBackward(
      trunkWeights,
      flatProduct(allDContext, trunkValues, { transB: 1 }),
      heads.flat(rowSum),
    );
    const dQueries = graph.node('Add', [
      product(dOwn, keys, { alpha: scale }),
      heads.chunked(flatProduct(dTrunk, trunkKeys, { alpha: scale }), graph.integers([shape.headSize])),
    ]);
    tape.accumulate(q, heads.merge(dQueries, repeats));
    tape.accumulate(
      k,
      heads.mergeTrunk(
        product(dOwn, queries, { transA: 1, alpha: scale }),
        flatProduct(dTrunk, allQueries, { transA: 1, alpha: scale }),
      ),
    );
    tape.accumulate(
      v,
      heads.mergeTrunk(
        product(ownWeights, dContext, { transA: 1 }),
        flatProduct(trunkWeights, allDContext, { transA: 1 }),
      ),
    );
  });
  return y;
}

/** Brings packed rows into the order of attention and back. R = repeats × length. */
class HeadLayout {
  /** int64 [2]: trunk and length. */
  readonly parts: Tensor;
  /** int64 [1] each. */
  readonly #chunks: Tensor;
  readonly #length: Tensor;
  readonly #graph: Graph;
  readonly #layout: AttentionLayout;
  readonly #keyHeads: number;
  readonly #headSize: number;
  readonly #repeats: number;

  constructor(graph: Graph, { heads, keyHeads, headSize }: AttentionShape, layout: AttentionLayout) {
    this.#graph = graph;
    this.#layout = layout;
    this.#keyHeads = keyHeads;
    this.#headSize = headSize;
    this.#repeats = heads / keyHeads;
    this.#chunks = graph.node('Shape', [layout.rows], { attributes: { start: 0, end: 1 } });
    this.#length = graph.node('Shape', [layout.rows], { attributes: { start: 1, end: 2 } });
    this.parts = this.#shape(layout.trunk, this.#length);
  }

  /** [tokens, keyHeads × repeats × headSize] → [keyHeads, chunks, R, headSize]. */
  split(x: Tensor, repeats: number, { withoutPadding = false } = {}): Tensor {
    const graph = this.#graph;
    const slots = graph.node('Gather', [x, this.#layout.rows], { attributes: { axis: 0 } });
    const kept = withoutPadding ? graph.node('Mul', [slots, this.#layout.valid]) : slots;
    const parts = this.#reshape(kept, graph.integers([0, 0, this.#keyHeads, repeats, this.#headSize]));
    const turned = graph.node('Transpose', [parts], { attributes: { perm: [2, 0, 3, 1, 4] } });
    return this.#reshape(turned, graph.integers([0, 0, -1, this.#headSize]));
  }

  /** The inverse of split. */
  merge(x: Tensor, repeats: number): Tensor {
    const graph = this.#graph;
    const parts = this.#reshape(x, graph.integers([0, 0, repeats, -1, this.#headSize]));
    const turned = graph.node('Transpose', [parts], { attributes: { perm: [1, 3, 0, 2, 4] } });
    const slots = this.#reshape(turned, graph.integers([-1, this.#keyHeads * repeats * this.#headSize]));
    return graph.node('Gather', [slots, this.#layout.slots], { attributes: { axis: 0 } });
  }

  /** The trunk's rows of [tokens, keyHeads × headSize] → [keyHeads, trunk, headSize]. */
  splitTrunk(x: Tensor): Tensor {
    const graph = this.#graph;
    const parts = this.#reshape(this.#trunkRows(x), graph.integers([0, this.#keyHeads, this.#headSize]));
    return graph.node('Transpose', [parts], { attributes: { perm: [1, 0, 2] } });
  }

  /**
   * Sums what rows receive in their chunks and as the trunk.
   * @param own [keyHeads, chunks, length, headSize]
   * @param trunk [keyHeads, trunk, headSize]
   * @returns [tokens, keyHeads × headSize]
   */
  mergeTrunk(own: Tensor, trunk: Tensor): Tensor {
    const graph = this.#graph;
    const rows = this.merge(own, 1);
    const turned = graph.node('Transpose', [trunk], { attributes: { perm: [1, 0, 2] } });
    const shared = this.#reshape(turned, graph.integers([0, this.#keyHeads * this.#headSize]));
    const first = graph.node('Add', [this.#trunkRows(rows), shared]);
    const end = graph.integers([Number.MAX_SAFE_INTEGER]);
    const rest = graph.node('Slice', [rows, this.#layout.trunk, end, graph.integers([0])]);
    return graph.node('Concat', [first, rest], { attributes: { axis: 0 } });
  }

  /** [keyHeads, chunks, R, n] → [keyHeads, chunks × R, n], of the same memory. */
  flat(x: Tensor): Tensor {
    const last = this.#graph.node('Shape', [x], { attributes: { start: 3, end: 4 } });
    return this.#reshape(x, this.#shape(this.#graph.integers([this.#keyHeads, -1]), last));
  }

  /** The inverse of flat; `last` is n. */
  chunked(x: Tensor, last: Tensor): Tensor {
    const graph = this.#graph;
    const shape = [graph.integers([this.#keyHeads]), this.#chunks, graph.integers([-1]), last];
    return this.#reshape(x, this.#shape(...shape));
  }

  /** Adds the mask: [keyHeads, chunks, R, keys] → [keyHeads, chunks, repeats, length, keys]. */
  masked(scores: Tensor): Tensor {
    const graph = this.#graph;
    const shape = [graph.integers([this.#keyHeads]), this.#chunks, graph.integers([this.#repeats]), this.#length];
    const apart = this.#reshape(scores, this.#shape(...shape, graph.integers([-1])));
    return graph.node('Add', [apart, this.#layout.mask]);
  }

  /** [keyHeads, chunks, repeats, length, keys] → [keyHeads, chunks, R, keys]. */
  unmasked(x: Tensor): Tensor {
    const graph = this.#graph;
    const keys = graph.node('Shape', [x], { attributes: { start: 4, end: 5 } });
    const shape = [graph.integers([this.#keyHeads]), this.#chunks, graph.integers([-1]), keys];
    return this.#reshape(x, this.#shape(...shape));
  }

  #trunkRows(x: Tensor): Tensor {
    const graph = this.#graph;
    return graph.node('Slice', [x, graph.integers([0]), this.#layout.trunk, graph.integers([0])]);
  }

  #reshape(x: Tensor, shape: Tensor): Tensor {
    return this.#graph.node('Reshape', [x, shape]);
  }

  #shape(...parts: Tensor[]): Tensor {
    return this.#graph.node('Concat', parts, { attributes: { axis: 0 } });
  }
}
