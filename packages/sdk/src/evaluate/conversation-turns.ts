import type { ChatMessage, ConversationExample } from '../dataset/index.js';
import type { ToolCall } from '../toolset/index.js';

/** A turn of the assistant that evaluation asks for. */
export interface ScoredTurn {
  /** What really stands before it. */
  prompt: ChatMessage[];
  /** The calls that it makes. */
  calls: ToolCall[];
  isLast: boolean;
}

/** The turns of a conversation that call tools, but for those of weight 0, and the last one in any case. */
export function scoredTurns({ messages }: ConversationExample): ScoredTurn[] {
  return messages.flatMap((message, index) => {
    if (message.role !== 'assistant') return [];
    const isLast = index === messages.length - 1;
    const calls = message.toolCalls ?? [];
    if (!isLast && (calls.length === 0 || message.weight === 0)) return [];
    return [{ prompt: messages.slice(0, index), calls, isLast }];
  });
}
