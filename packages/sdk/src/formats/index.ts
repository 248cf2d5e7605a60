export {
  detectFormat,
  type ExportFormat,
  exportFormats,
  type ImportFormat,
  importFormats,
} from './dataset-format.js';
export { type ExportedDataset, type ExportOptions, exportDataset } from './export-dataset.js';
export { type ImportedDataset, type ImportedRow, type ImportOptions, importDataset } from './import-dataset.js';
