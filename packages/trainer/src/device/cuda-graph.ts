import type { GraphNode } from '../graph/graph.js';
import { Graph, type Tensor } from '../graph/index.js';

const float32 = 1;

/**
 * A graph as onnxruntime's CUDA provider takes it: its DequantizeLinear of 1.30 refuses blocks ("Unsupported quantization
 * type"), so their codes are made floats and scaled by other operators. Codes of 4 bits become bytes, which hold two each.
 */
export function cudaGraph(graph: Graph): Graph {
  const adapted = new Graph();
  adapted.inputs.push(...graph.inputs);
  adapted.outputs.push(...graph.outputs);
  for (const [name, initializer] of graph.initializers) {
    const { type, shape } = initializer;
    const isPaired = type === 'uint4' || type === 'int4';
    adapted.initializers.set(
      name,
      isPaired ? { ...initializer, type: 'uint8', shape: [...shape.slice(0, -1), shape.at(-1)! / 2] } : initializer,
    );
  }
  adapted.nodes.push(...graph.nodes.flatMap((node) => withScaledBlocks(adapted, graph, node)));
  return adapted;
}

function withScaledBlocks(adapted: Graph, original: Graph, node: GraphNode): GraphNode[] {
  const { block_size: blockSize } = node.attributes;
  if (node.operator !== 'DequantizeLinear' || typeof blockSize !== 'number') return [node];
  const nodes: GraphNode[] = [];
  const part = (operator: string, inputs: Tensor[], attributes: GraphNode['attributes'] = {}): Tensor => {
    const name = `${node.name}.${nodes.length}.${operator}`;
    nodes.push({ operator, domain: '', name, inputs, outputs: [name], attributes });
    return name;
  };
  const constant = (name: Tensor, type: 'int64' | 'float32', shape: number[], data: BigInt64Array | Float32Array) =>
    adapted.initializers.has(name) ? name : adapted.initializer(name, type, shape, data);
  const integers = (values: readonly number[]) =>
    constant(`cuda.${values}`, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  const scalar = (value: number) => constant(`cuda.float.${value}`, 'float32', [], Float32Array.of(value));
  const shaped = (x: Tensor, shape: readonly number[]) => part('Reshape', [x, integers(shape)]);
  const [codes, scales] = node.inputs as [Tensor, Tensor];
  const initializer = original.initializers.get(codes);
  const type = initializer?.type;
  let values = part('Cast', [codes], { to: float32 });
  if (type === 'uint4' || type === 'int4') {
    const halves = (x: Tensor, size: number) => part('Floor', [part('Mul', [x, scalar(1 / size)])]);
    const without = (x: Tensor, high: Tensor) => part('Sub', [x, part('Mul', [high, scalar(16)])]);
    const high = halves(values, 16);
    const both = [without(values, high), high].map((half) => shaped(half, [-1, blockSize / 2, 1]));
    values = part('Concat', both, { axis: 2 });
    if (type === 'int4') values = without(values, halves(values, 8));
  }
  const blocks = shaped(values, [-1, blockSize]);
  const scaled = part('Mul', [blocks, shaped(scales, [-1, 1])]);
  // The scales have the rows; a row has blockSize values for each of its scales.
  const rows = part('Shape', [scales], { start: 0, end: 1 });
  const shape = part('Concat', [rows, integers([-1])], { axis: 0 });
  nodes.push({ ...node, operator: 'Reshape', inputs: [scaled, shape], attributes: {} });
  return nodes;
}
