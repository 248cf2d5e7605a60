import type { GraphNode } from '../graph/graph.js';
import { Graph, type Tensor } from '../graph/index.js';

/**
 * A graph as onnxruntime's WebGPU provider takes it: the second output of its SimplifiedLayerNormalization of 1.30 is the
 * mean, as LayerNormalization's is, rather than the inverse deviation (core/providers/webgpu/nn/layer_norm.cc), so that is
 * computed apart.
 *
 * The kernels take blocks of 4 and 8 bits (DequantizeLinear), and int64 as row numbers (Gather) and positions
 * (RotaryEmbedding). For what they lack onnxruntime itself goes to the processor, with copies both ways: FusedMatMul, which
 * are the products of attention; arithmetic on int64; the indices of 16 bits of NF4.
 */
export function webgpuGraph(graph: Graph): Graph {
  const adapted = new Graph();
  adapted.inputs.push(...graph.inputs);
  adapted.outputs.push(...graph.outputs);
  for (const [name, initializer] of graph.initializers) adapted.initializers.set(name, initializer);
  adapted.nodes.push(...graph.nodes.flatMap((node) => withInverseDeviation(adapted, node)));
  return adapted;
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
