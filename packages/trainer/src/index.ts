export { type AverageAdaptersOptions, averageAdapters } from './adapter/average-adapters.js';
export { type ImportAdapterOptions, type ImportedAdapter, importAdapter } from './adapter/import-adapter.js';
export type { BaseModelFile } from './adapter/original-model.js';
export { PeftError } from './adapter/peft-error.js';
export { type Device, type DeviceName, deviceNames } from './device/index.js';
export { readReplayRows } from './general-data.js';
export type { ConstrainAnswer, CreateAnswerConstraints } from './local/constrained-labels.js';
export { defaultHyperparameters, type Hyperparameters } from './local/hyperparameters.js';
export {
  defaultIntentHyperparameters,
  type TrainedIntentAdapter,
  type TrainIntentAdapterOptions,
  trainIntentAdapter,
} from './local/intents/train-intent-adapter.js';
export {
  defaultPreferenceHyperparameters,
  type TrainPreferenceAdapterOptions,
  trainPreferenceAdapter,
} from './local/preferences/train-preference-adapter.js';
export { type TrainAdapterOptions, type TrainedAdapter, trainAdapter } from './local/train-adapter.js';
export type { TrainingEvent } from './local/training-events.js';
export type { TrainingOptions } from './local/training-options.js';
export { ExportError } from './merge/export-error.js';
export {
  type MergeAdapterOptions,
  type MergedForm,
  type MergedFormat,
  type MergedModel,
  mergeAdapter,
  mergedFormats,
} from './merge/merge-adapter.js';
export { type RequantizedModel, type RequantizeModelOptions, requantizeModel } from './merge/requantize-model.js';
export type { ExportProgress } from './merge/write-merged-gguf.js';
export { openBase } from './model/open-base.js';
