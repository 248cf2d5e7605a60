export { defaultHyperparameters, type Hyperparameters } from './local/hyperparameters.js';
export { type TrainAdapterOptions, type TrainedAdapter, trainAdapter } from './local/train-adapter.js';
export type { TrainingEvent } from './local/training-events.js';
