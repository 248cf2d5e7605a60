import type { GraphNode } from '../graph/graph.js';
import { Graph, type Tensor } from '../graph/index.js';

/** A graph as onnxruntime's WebGPU provider takes it. */
export interface WebgpuGraph {
  graph: Graph;
  /** Names of nodes that are to run on the processor. */
  processorNodes: string[];
}

/**
 * What WebGPU's kernels of onnxruntime 1.30 get wrong or refuse, put right:
 *
 * - The second output of SimplifiedLayerNormalization is the mean, as LayerNormalization's is, rather than the inverse
 *   deviation (core/providers/webgpu/nn/layer_norm.cc): it is computed apart.
 * - Softmax, ReduceMax and DequantizeLinear refuse tensors of no rows. A pass may have no labels of a kind: what comes from
 *   labels is left to the processor for these three. For labels that any token may follow this moves their logits there.
 *
 * The kernels take blocks of 4 and 8 bits (DequantizeLinear), and int64 as row numbers (Gather) and positions
 * (RotaryEmbedding). For what they lack onnxruntime itself goes to the processor, with copies both ways: FusedMatMul, which
 * are the products of attention; arithmetic on int64; the indices of 16 bits of NF4.
 */
export function webgpuGraph(graph: Graph): WebgpuGraph {
  const adapted = new Graph();
  adapted.inputs.push(...graph.inputs);
  adapted.outputs.push(...graph.outputs);
  for (const [name, initializer] of graph.initializers) adapted.initializers.set(name, initializer);
  adapted.nodes.push(...graph.nodes.flatMap((node) => withInverseDeviation(adapted, node)));
  return { graph: adapted, processorNodes: possiblyEmptyNodes(adapted) };
}

/** SimplifiedLayerNormalization with one output, and 1 / sqrt(mean(x²) + ε) by other operators. */
function withInverseDeviation(graph: Graph, node: GraphNode): GraphNode[] {
  const [y, inverse] = node.outputs;
  if (node.operator !== 'SimplifiedLayerNormalization' || inverse === undefined) return [node];
  const x = node.inputs[0]!;
  const { float: epsilon } = node.attributes.epsilon as { float: number };
  const constant = (name: string, value: Float32Array | BigInt64Array) => {
    const type = value instanceof Float32Array ? 'float32' : 'int64';
    return graph.initializers.has(name) ? name : graph.initializer(name, type, [1], value);
  };
  const part = (operator: string, inputs: Tensor[], output: Tensor, attributes: GraphNode['attributes'] = {}) => {
    const name = `${node.name}.${operator}`;
    return { operator, domain: '', name, inputs, outputs: [output], attributes };
  };
  const [square, mean, sum, root] = ['square', 'mean', 'sum', 'root'].map((name) => `${inverse}.${name}`);
  return [
    { ...node, outputs: [y!] },
    part('Mul', [x, x], square!),
    part('ReduceMean', [square!, constant('webgpu.last_axis', BigInt64Array.of(-1n))], mean!, { keepdims: 1 }),
    part('Add', [mean!, constant(`webgpu.epsilon.${epsilon}`, Float32Array.of(epsilon))], sum!),
    part('Sqrt', [sum!], root!),
    part('Reciprocal', [root!], inverse),
  ];
}

/** Dimensions of buildModelGraph's inputs that may be 0. */
const possiblyEmpty: readonly unknown[] = ['open', 'choices'];
const refusesEmpty: readonly string[] = ['Softmax', 'ReduceMax', 'DequantizeLinear'];

/** Nodes that refuse empty tensors, of those that depend on the labels of a pass. */
function possiblyEmptyNodes({ inputs, nodes }: Graph): string[] {
  const ofLabels = new Set(
    inputs
      .filter(
        ({ name, shape }) => name === 'labelSizes' || shape.some((dimension) => possiblyEmpty.includes(dimension)),
      )
      .map(({ name }) => name),
  );
  const found: string[] = [];
  for (const { name, operator, inputs: from, outputs } of nodes) {
    if (!from.some((input) => ofLabels.has(input))) continue;
    for (const output of outputs) ofLabels.add(output);
    if (refusesEmpty.includes(operator)) found.push(name);
  }
  return found;
}
