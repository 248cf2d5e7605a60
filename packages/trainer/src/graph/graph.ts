/** ONNX element types that tooltune writes (onnx.proto, TensorProto.DataType). */
export const elementType = { float32: 1, uint8: 2, int8: 3, int64: 7 } as const;
export type ElementType = keyof typeof elementType;

/** A tensor of the graph, by its name. */
export type Tensor = string;

/** A dimension: a number, or a name for one that is known only when the graph runs. */
export type Dimension = number | string;

/** Attribute values: an integer, `{ float }`, a string, or a list of integers. */
export type Attribute = number | { float: number } | string | readonly number[];

export interface GraphNode {
  operator: string;
  domain: string;
  name: string;
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  attributes: Readonly<Record<string, Attribute>>;
}

export interface GraphValue {
  name: Tensor;
  type: ElementType;
  shape: readonly Dimension[];
}

export interface GraphInitializer extends GraphValue {
  shape: readonly number[];
  data: Float32Array | BigInt64Array | Uint8Array | Int8Array;
}

/** Operators of onnxruntime outside the ONNX standard. */
export const microsoftDomain = 'com.microsoft';

interface NodeOptions {
  domain?: string;
  attributes?: Readonly<Record<string, Attribute>>;
}

/** A graph of ONNX operators under construction. Tensors are row-major; nodes are in the order they run. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: GraphValue[] = [];
  readonly outputs: GraphValue[] = [];
  readonly initializers = new Map<Tensor, GraphInitializer>();
  #constants = new Map<string, Tensor>();
  #count = 0;

  /** Adds an operator with one output and returns it. An empty input name leaves an optional input out. */
  node(operator: string, inputs: readonly Tensor[], options: NodeOptions = {}): Tensor {
    return this.nodeWithOutputs(operator, inputs, 1, options)[0]!;
  }

  /** Adds an operator with several outputs. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly Tensor[],
    outputCount: number,
    options: NodeOptions = {},
  ): Tensor[] {
    const name = `${operator}_${++this.#count}`;
    const outputs = Array.from({ length: outputCount }, (_, index) => (outputCount === 1 ? name : `${name}.${index}`));
    this.nodes.push({
      operator,
      domain: options.domain ?? '',
      name,
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  /** Declares an input that is given at every run. */
  input(name: Tensor, type: ElementType, shape: readonly Dimension[]): Tensor {
    this.inputs.push({ name, type, shape });
    return name;
  }

  /** Makes a tensor readable after a run, under a name of its own. */
  output(tensor: Tensor, name: Tensor, shape: readonly Dimension[], type: ElementType = 'float32'): void {
    this.nodes.push({
      operator: 'Identity',
      domain: '',
      name: `output_${name}`,
      inputs: [tensor],
      outputs: [name],
      attributes: {},
    });
    this.outputs.push({ name, type, shape });
  }

  /** Adds a named weight. */
  initializer(name: Tensor, type: ElementType, shape: readonly number[], data: GraphInitializer['data']): Tensor {
    this.initializers.set(name, { name, type, shape, data });
    return name;
  }

  /** A small int64 vector, shared between equal ones. */
  integers(values: readonly number[]): Tensor {
    return this.#constant(`i${values}`, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A float32 scalar, shared between equal ones. */
  scalar(value: number): Tensor {
    return this.#constant(`f${value}`, 'float32', [], Float32Array.of(value));
  }

  /** A float32 tensor of zeros, shared between equal shapes. */
  zeros(shape: readonly number[]): Tensor {
    return this.#constant(`z${shape}`, 'float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  }

  #constant(key: string, type: ElementType, shape: readonly number[], data: GraphInitializer['data']): Tensor {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(`constant_${this.#constants.size}`, type, shape, data);
    this.#constants.set(key, name);
    return name;
  }
}
