export type { AssistantMessage, ChatMessage, ConversationExample, Example, IntentExample } from './example.js';
