export { createJsonlSink, type JsonlSinkOptions } from './jsonl-sink.js';
export { type RecordedChatModel, recordChatModel } from './record-chat-model.js';
export { type RecordedClassifier, recordClassifier } from './record-classifier.js';
export type { RedactionOptions, RedactRule } from './record-redactor.js';
export {
  type RecordedToolRuntime,
  type RecordingOptions,
  type RequestIdentity,
  recordRuntime,
} from './record-runtime.js';
export type { RecordSink } from './record-sink.js';
export { type Feedback, Recorder, type RecorderOptions, type RecorderStatistics } from './recorder.js';
export { requestIdOf } from './request-ids.js';
