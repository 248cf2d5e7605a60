export { callsBeforeSchema } from './calls-before-schema.js';
export type { ChatModel, ChatRequest } from './chat-model.js';
export { type ChatModelSource, createChatModel } from './create-chat-model.js';
export { checkToolsFit } from './fitting-tools.js';
export { type SchemaAnswerOptions, streamSchemaAnswer } from './schema-answer.js';
