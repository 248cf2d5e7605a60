export { type Dimension, type ElementType, Graph, type Tensor } from './graph.js';
export { type OnnxModel, writeOnnxModel } from './onnx-writer.js';
export type { BlockMatrix, CodebookMatrix, QuantizedMatrix } from './quantized-matrix.js';
export { Tape } from './tape.js';
