export { type BlockMatrix, type Dimension, type ElementType, Graph, type Tensor } from './graph.js';
export { type OnnxModel, writeOnnxModel } from './onnx-writer.js';
export { Tape } from './tape.js';
