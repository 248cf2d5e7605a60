export { type GeneratedDataset, type GenerateOptions, generateDataset } from './generate-dataset.js';
export { defaultShares, type RowKind, rowKinds } from './rows/row-kinds.js';
