export { addGenerateOptions, checkGenerateOptions, type GenerateOptions } from './generate-options.js';
export { formatCost, formatEstimate } from './teacher-rows.js';
export { estimateToolRows, generateToolRows, type ToolRows } from './tool-rows.js';
export { dataSetFiles, parts, refuseExistingFiles, type WrittenDataSet, writeDataSet } from './write-data-set.js';
