export { ChatTooltune, type ChatTooltuneCallOptions, createChatTooltune } from './chat-tooltune.js';
