export { createCallCheck, createOwnCallCheck } from './call-check.js';
export { type ChatCompletionMessage, chatCompletionMessages } from './chat-completion-messages.js';
export { type ChatCompletionTool, chatCompletionTool } from './chat-completion-tool.js';
export { isLearnable, promptAndTarget, promptKey, userTexts } from './conversation.js';
export { DatasetError } from './dataset-error.js';
export { type DatasetSummary, datasetSummary } from './dataset-summary.js';
export {
  type AssistantMessage,
  type ChatMessage,
  type ConversationExample,
  type Example,
  type IntentExample,
  type LabelsExample,
  namesOf,
  type ScoreExample,
  type TextExample,
  textAnswer,
} from './example.js';
export { checkExpectation, type Expectation, expectedPatterns } from './expectation.js';
export { formatDataset } from './format-dataset.js';
export { collectDataset, type ParseDatasetOptions, parseDataset } from './parse-dataset.js';
export { isWellFormed, parseRow, readMessages } from './parse-row.js';
export { type DatasetSplit, type SplitOptions, splitDataset } from './split-dataset.js';
