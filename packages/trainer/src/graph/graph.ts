import { addQuantizedMatrix, type Expansion, type QuantizedMatrix, withRows } from './quantized-matrix.js';

/** ONNX element types that tooltune writes (onnx.proto, TensorProto.DataType). */
export const elementType = { float32: 1, uint8: 2, int8: 3, uint16: 4, int64: 7, uint4: 21, int4: 22 } as const;
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
  /** Dimensions of the outputs, where a device's form of the graph has to know them. */
  rank?: number;
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

type NodeOptions = Partial<Pick<GraphNode, 'domain' | 'attributes' | 'rank'>>;

/** A graph of ONNX operators under construction. Tensors are row-major; nodes are in the order they run. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: GraphValue[] = [];
  readonly outputs: GraphValue[] = [];
  readonly initializers = new Map<Tensor, GraphInitializer>();
  #expansions = new Map<Tensor, Expansion>();
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
    { domain = '', attributes = {}, rank }: NodeOptions = {},
  ): Tensor[] {
    const name = `${operator}_${++this.#count}`;
    const outputs = Array.from({ length: outputCount }, (_, index) => (outputCount === 1 ? name : `${name}.${index}`));
    this.nodes.push({ operator, domain, name, inputs, outputs, attributes, ...(rank === undefined ? {} : { rank }) });
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

  /**
   * Adds a named matrix that stays quantised. Its name stands for it in `matrix`, which expands it anew at every use: the
   * session must not fold or merge these nodes.
   */
  blockMatrix(name: Tensor, matrix: QuantizedMatrix): Tensor {
    this.#expansions.set(name, addQuantizedMatrix(this, name, matrix));
    return name;
  }

  /** Adds a quantised matrix like blockMatrix, of which `matrixRows` and `pickRows` give rows too. */
  blockTable(name: Tensor, matrix: QuantizedMatrix): Tensor {
    return this.blockMatrix(name, withRows(matrix));
  }

  /** Whether a matrix is kept quantised, so that to use it is to expand it. */
  isQuantized(name: Tensor): boolean {
    return this.#expansions.has(name);
  }

  /** A matrix as float32: itself, or its blocks expanded. */
  matrix(name: Tensor): Tensor {
    return this.#expand(name, (part) => part);
  }

  /** Its rows from `start` to before `end`. */
  matrixRows(name: Tensor, start: number, end: number): Tensor {
    return this.#expand(name, (part) =>
      this.node('Slice', [part, this.integers([start]), this.integers([end]), this.integers([0])]),
    );
  }

  /** The rows of these numbers, int64 [n]: [n, columns]. */
  pickRows(name: Tensor, rows: Tensor): Tensor {
    return this.#expand(name, (part) => this.node('Gather', [part, rows], { attributes: { axis: 0 } }));
  }

  #expand(name: Tensor, choose: (part: Tensor) => Tensor): Tensor {
    return this.#expansions.get(name)?.(choose) ?? choose(name);
  }

  /** A small int64 vector, shared between equal ones. */
  integers(values: readonly number[]): Tensor {
    return this.constant(`i${values}`, 'int64', [values.length], () => BigInt64Array.from(values, BigInt));
  }

  /** An int64 scalar, shared between equal ones. */
  integer(value: number): Tensor {
    return this.constant(`s${value}`, 'int64', [], () => BigInt64Array.of(BigInt(value)));
  }

  /** A float32 scalar, shared between equal ones. */
  scalar(value: number): Tensor {
    return this.constant(`f${value}`, 'float32', [], () => Float32Array.of(value));
  }

  /** A float32 tensor of zeros, shared between equal shapes. */
  zeros(shape: readonly number[]): Tensor {
    return this.constant(`z${shape}`, 'float32', shape, () => new Float32Array(shape.reduce((a, b) => a * b, 1)));
  }

  /** A constant, made once and shared between those of the same key. */
  constant(key: string, type: ElementType, shape: readonly number[], make: () => GraphInitializer['data']): Tensor {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(`constant_${this.#constants.size}`, type, shape, make());
    this.#constants.set(key, name);
    return name;
  }
}
