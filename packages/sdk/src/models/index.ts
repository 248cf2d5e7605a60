export { type BaseModel, baseModels, type ModelSource, type WheelPiece } from './base-model.js';
export { resolveCacheFolder } from './cache-folder.js';
export { ModelError, type ModelErrorCode, type SourceFailure } from './model-error.js';
export {
  knownModelId,
  type ListedModel,
  listModels,
  modelPath,
  pullModel,
  type ResolvedBaseModel,
  type ResolveOptions,
  resolveBaseModel,
} from './models.js';
export type { ModelOptions, PullOptions, PullProgress } from './pull-model.js';
export { findServingFile, servingFilePath } from './serving-file.js';
