import {
  type LanguageModelV3Message,
  type LanguageModelV3Prompt,
  type LanguageModelV3ToolResultPart,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import type { AssistantMessage, ChatMessage, JsonObject, ToolCall } from '@tooltune/sdk';

/** A prompt of the AI SDK as a conversation. @throws UnsupportedFunctionalityError for files */
export function toMessages(prompt: LanguageModelV3Prompt): ChatMessage[] {
  return prompt.flatMap((message): ChatMessage[] => {
    const { role, content } = message;
    if (role === 'system') return [{ role, content }];
    if (role === 'user') return [{ role, content: content.map(textOf).join('') }];
    if (role === 'assistant') return assistantMessages(message);
    return content.flatMap((part) => (part.type === 'tool-result' ? [resultMessage(part)] : []));
  });
}

function textOf(part: { type: 'text'; text: string } | { type: 'file'; mediaType: string }): string {
  if (part.type === 'text') return part.text;
  throw new UnsupportedFunctionalityError({ functionality: `files (${part.mediaType})` });
}

/** Reasoning is left out: models here write none. */
function assistantMessages({ content }: Extract<LanguageModelV3Message, { role: 'assistant' }>): ChatMessage[] {
  let text = '';
  const toolCalls: ToolCall[] = [];
  const results: ChatMessage[] = [];
  for (const part of content) {
    if (part.type === 'text' || part.type === 'file') text += textOf(part);
    if (part.type === 'tool-result') results.push(resultMessage(part));
    if (part.type !== 'tool-call') continue;
    toolCalls.push({ id: part.toolCallId, name: part.toolName, arguments: argumentsOf(part.input) });
  }
  if (text === '' && toolCalls.length === 0) return results;
  const said: AssistantMessage = { role: 'assistant', content: text === '' ? null : text };
  return [toolCalls.length === 0 ? said : { ...said, toolCalls }, ...results];
}

/** A call whose arguments were no object, which the SDK keeps as it was written, is told without any. */
function argumentsOf(input: unknown): JsonObject {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as JsonObject) : {};
}

function resultMessage({ toolCallId, output }: LanguageModelV3ToolResultPart): ChatMessage {
  return { role: 'tool', toolCallId, content: resultText(output) };
}

function resultText(output: LanguageModelV3ToolResultPart['output']): string {
  switch (output.type) {
    case 'text':
      return output.value;
    case 'error-text':
      return `Error: ${output.value}`;
    case 'json':
      return JSON.stringify(output.value);
    case 'error-json':
      return `Error: ${JSON.stringify(output.value)}`;
    case 'execution-denied':
      return `Error: the user refused this${output.reason === undefined ? '' : `: ${output.reason}`}`;
    case 'content':
      return output.value.map((part) => (part.type === 'text' ? part.text : unsupportedResult(part.type))).join('');
  }
}

function unsupportedResult(type: string): never {
  throw new UnsupportedFunctionalityError({ functionality: `tool results of type ${type}` });
}
