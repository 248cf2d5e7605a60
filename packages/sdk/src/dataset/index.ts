export { isLearnable, promptAndTarget, promptKey } from './conversation.js';
export { DatasetError } from './dataset-error.js';
export { type DatasetSummary, datasetSummary } from './dataset-summary.js';
export type { AssistantMessage, ChatMessage, ConversationExample, Example, IntentExample } from './example.js';
export { formatDataset } from './format-dataset.js';
export { type ParseDatasetOptions, parseDataset } from './parse-dataset.js';
export { type DatasetSplit, type SplitOptions, splitDataset } from './split-dataset.js';
