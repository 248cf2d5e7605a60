export { type BlockTensor, dequantizeBlocks, expandBlockTensor, unpackBlockTensor } from './block-tensor.js';
