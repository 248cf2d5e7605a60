import type { GraphNode } from '../graph/graph.js';
import { Graph, type Tensor } from '../graph/index.js';

/**
 * A graph as onnxruntime's WebGPU provider takes it. The second output of its SimplifiedLayerNormalization of 1.30 is the
 * mean, as LayerNormalization's is, rather than the inverse deviation (core/providers/webgpu/nn/layer_norm.cc), so that is
 * computed apart. It has no FusedMatMul, the products of attention, so other operators transpose, scale and multiply.
 *
 * The kernels take blocks of 4 and 8 bits (DequantizeLinear), and int64 as row numbers (Gather) and positions
 * (RotaryEmbedding). For what they lack onnxruntime itself goes to the processor, with copies both ways: arithmetic on
 * int64; the indices of 16 bits of NF4.
 */
export function webgpuGraph(graph: Graph): Graph {
  const adapted = new Graph();
  adapted.inputs.push(...graph.inputs);
  adapted.outputs.push(...graph.outputs);
  for (const [name, initializer] of graph.initializers) adapted.initializers.set(name, initializer);
  adapted.nodes.push(
    ...graph.nodes.flatMap((node) => {
      if (node.operator === 'SimplifiedLayerNormalization') return withInverseDeviation(adapted, node);
      return node.operator === 'FusedMatMul' ? withoutFusion(adapted, node) : [node];
    }),
  );
  return adapted;
}

/** FusedMatMul, alpha · op(a) · op(b), in its parts. b is scaled: in attention it is never larger than the scores. */
function withoutFusion(graph: Graph, node: GraphNode): GraphNode[] {
  const { transA, transB, alpha } = node.attributes;
  const nodes: GraphNode[] = [];
  const part = (operator: string, inputs: Tensor[], attributes: GraphNode['attributes'] = {}): Tensor => {
    const name = `${node.name}.${nodes.length}.${operator}`;
    nodes.push({ operator, domain: '', name, inputs, outputs: [name], attributes });
    return name;
  };
  const leading = Array.from({ length: node.rank! - 2 }, (_, axis) => axis);
  const perm = [...leading, node.rank! - 1, node.rank! - 2];
  const turned = (x: Tensor, isTurned: unknown) => (isTurned === 1 ? part('Transpose', [x], { perm }) : x);
  const scaled = (x: Tensor) => {
    if (alpha === undefined) return x;
    const { float } = alpha as { float: number };
    return part('Mul', [x, constant(graph, `webgpu.scale.${float}`, Float32Array.of(float))]);
  };
  const [a, b] = node.inputs as [Tensor, Tensor];
  const inputs = [turned(a, transA), turned(scaled(b), transB)];
  return [...nodes, { ...node, operator: 'MatMul', domain: '', inputs, attributes: {} }];
}

/** SimplifiedLayerNormalization with one output, and 1 / sqrt(mean(x²) + ε) by other operators. */
function withInverseDeviation(graph: Graph, node: GraphNode): GraphNode[] {
  const [y, inverse] = node.outputs;
  if (inverse === undefined) return [node];
  const x = node.inputs[0]!;
  const { float: epsilon } = node.attributes.epsilon as { float: number };
  const part = (operator: string, inputs: Tensor[], output: Tensor, attributes: GraphNode['attributes'] = {}) => {
    const name = `${node.name}.${operator}`;
    return { operator, domain: '', name, inputs, outputs: [output], attributes };
  };
  const [square, mean, sum, root] = ['square', 'mean', 'sum', 'root'].map((name) => `${inverse}.${name}`);
  return [
    { ...node, outputs: [y!] },
    part('Mul', [x, x], square!),
    part('ReduceMean', [square!, constant(graph, 'webgpu.last_axis', BigInt64Array.of(-1n))], mean!, { keepdims: 1 }),
    part('Add', [mean!, constant(graph, `webgpu.epsilon.${epsilon}`, Float32Array.of(epsilon))], sum!),
    part('Sqrt', [sum!], root!),
    part('Reciprocal', [root!], inverse),
  ];
}

function constant(graph: Graph, name: Tensor, value: Float32Array | BigInt64Array): Tensor {
  const type = value instanceof Float32Array ? 'float32' : 'int64';
  return graph.initializers.has(name) ? name : graph.initializer(name, type, [1], value);
}
