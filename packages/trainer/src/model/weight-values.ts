import type { QuantizedMatrix } from '../graph/index.js';
import { expandBlockTensor } from './formats/index.js';
import { expandCodebookMatrix } from './nf4.js';

/** A frozen weight: expanded, or a matrix kept quantised. */
export type Weight = FloatTensor | QuantizedMatrix;

interface FloatTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** The values of a weight as float32. */
export function weightValues(weight: Weight): Float32Array {
  if ('data' in weight) return weight.data;
  return 'codebook' in weight ? expandCodebookMatrix(weight) : expandBlockTensor(weight);
}
