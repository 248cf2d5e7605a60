import type { Graph, Tensor } from './graph.js';

/** A frozen matrix kept as quantised blocks along its rows: value = code · scale - minimum. */
export interface BlockMatrix {
  /** [rows, columns] */
  shape: readonly number[];
  bits: 4 | 8;
  /** Whether codes are two's complement. */
  signed: boolean;
  /** Codes, row-major: one a byte, or two with the first in the low half. */
  values: Uint8Array;
  /** Values of a row that share a scale. */
  blockSize: number;
  /** [rows, columns / blockSize] */
  scales: Float32Array;
  /** Alike; null where all are zero. */
  minimums: Float32Array | null;
}

/** A frozen matrix kept as blocks of 4-bit codes along its rows, whose values are listed: value = codebook[code] · scale. */
export interface CodebookMatrix {
  /** [rows, columns] */
  shape: readonly number[];
  /** Row-major, two a byte, the first in the low half. */
  codes: Uint8Array;
  /** [16] */
  codebook: Float32Array;
  /** Values of a row that share a scale: a multiple of four. */
  blockSize: number;
  /** [rows, columns / blockSize] */
  scales: Float32Array;
}

export type QuantizedMatrix = BlockMatrix | CodebookMatrix;

/** Adds the nodes that make float32 of what `choose` takes of each part: all of it, or some rows. */
export type Expansion = (choose: (part: Tensor) => Tensor) => Tensor;

/** Adds the parts of a matrix to a graph. */
export function addQuantizedMatrix(graph: Graph, name: Tensor, matrix: QuantizedMatrix): Expansion {
  return 'codebook' in matrix ? addCodebookMatrix(graph, name, matrix) : addBlockMatrix(graph, name, matrix);
}

function addBlockMatrix(graph: Graph, name: Tensor, matrix: BlockMatrix): Expansion {
  const { values, scales, minimums, bits, signed, blockSize } = matrix;
  const [rows, columns] = matrix.shape as [number, number];
  const blocks = columns / blockSize;
  const data = signed ? new Int8Array(values.buffer, values.byteOffset, values.byteLength) : values;
  graph.initializer(`${name}.codes`, `${signed ? 'int' : 'uint'}${bits}`, [rows, columns], data);
  graph.initializer(`${name}.scales`, 'float32', [rows, blocks], scales);
  const hasMinimums = minimums !== null;
  if (hasMinimums) graph.initializer(`${name}.minimums`, 'float32', [rows, blocks, 1], minimums);
  return (choose) => {
    const expanded = graph.node('DequantizeLinear', [choose(`${name}.codes`), choose(`${name}.scales`)], {
      attributes: { axis: -1, block_size: blockSize },
    });
    if (!hasMinimums) return expanded;
    const apart = graph.node('Reshape', [expanded, graph.integers([-1, blocks, blockSize])]);
    const lowered = graph.node('Sub', [apart, choose(`${name}.minimums`)]);
    return graph.node('Reshape', [lowered, graph.integers([-1, columns])]);
  };
}

/** Codes that are looked up at once. */
const codesTogether = 4;
const int32 = 6;

/**
 * Four codes make one index of 16 bits, so that a lookup copies four values and the indices, which onnxruntime wants as
 * int32, take a byte a value rather than four.
 */
function addCodebookMatrix(graph: Graph, name: Tensor, matrix: CodebookMatrix): Expansion {
  const { codes, codebook, blockSize, scales } = matrix;
  const [rows, columns] = matrix.shape as [number, number];
  const blocks = columns / blockSize;
  graph.initializer(`${name}.codes`, 'uint16', [rows, blocks, blockSize / codesTogether], codes);
  graph.initializer(`${name}.scales`, 'float32', [rows, blocks, 1, 1], scales);
  const table = graph.constant(`c${codebook}`, 'float32', [65_536, codesTogether], () => lookupTable(codebook));
  return (choose) => {
    const indices = graph.node('Cast', [choose(`${name}.codes`)], { attributes: { to: int32 } });
    const values = graph.node('Gather', [table, indices], { attributes: { axis: 0 } }); // [rows, blocks, blockSize / 4, 4]
    const scaled = graph.node('Mul', [values, choose(`${name}.scales`)]);
    return graph.node('Reshape', [scaled, graph.integers([-1, columns])]);
  };
}

/** The values of every four codes, the first code in the lowest bits: [65,536, 4]. */
function lookupTable(codebook: Float32Array): Float32Array {
  return Float32Array.from({ length: 65_536 * codesTogether }, (_, at) => {
    const four = Math.floor(at / codesTogether);
    return codebook[(four >>> ((at % codesTogether) * 4)) & 15]!;
  });
}

/** A matrix of which single rows can be had: onnxruntime's Gather and Slice take no codes of 4 bits, so a byte for each. */
export function withRows(matrix: QuantizedMatrix): QuantizedMatrix {
  return 'codebook' in matrix || matrix.bits === 8 ? matrix : widen(matrix);
}

/** The same with a byte for each code. */
function widen({ values, signed, ...matrix }: BlockMatrix): BlockMatrix {
  const wide = new Uint8Array(values.length * 2);
  const extend = (code: number) => (signed && code > 7 ? code - 16 : code);
  values.forEach((pair, at) => {
    wide[at * 2] = extend(pair & 15);
    wide[at * 2 + 1] = extend(pair >>> 4);
  });
  return { ...matrix, signed, bits: 8, values: wide };
}
