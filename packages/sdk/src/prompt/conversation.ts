import type { AssistantMessage, ChatMessage } from '../dataset/index.js';
import type { Toolset } from '../toolset/index.js';
import { formatToolCalls, toolCallOpeningTag } from './call-format.js';
import { PromptError } from './prompt-error.js';
import type { PromptFormat } from './prompt-renderer.js';
import { toolInstructions } from './tool-instructions.js';

/** A message as a chat template takes it. */
export interface TemplateMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  /** Its place in the conversation that was given; undefined for a system message that was added. */
  index?: number;
}

/**
 * Messages with calls written out, and with the system message that the format asks for.
 * @throws PromptError `prompt/conversation`
 */
export function toTemplateMessages(
  messages: readonly ChatMessage[],
  format: PromptFormat,
  toolset: Pick<Toolset, 'tools'>,
  templateKnowsTools: boolean,
): TemplateMessage[] {
  const written = messages.map((message, index): TemplateMessage => {
    if (message.role === 'assistant') {
      return { role: 'assistant', content: assistantText(message, format, index), index };
    }
    if (message.role !== 'tool' || templateKnowsTools) return { role: message.role, content: message.content, index };
    return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>`, index };
  });
  const instructions = toolInstructions(toolset, format.tools);
  const system = written.find(({ role }) => role === 'system');
  if (system !== undefined) {
    system.content = joinParagraphs(system.content, instructions);
  } else if (format.system !== null || instructions !== '') {
    written.unshift({ role: 'system', content: joinParagraphs(format.system ?? '', instructions) });
  }
  return written;
}

/** What an assistant's turn says: its content, then its calls. */
function assistantText(message: AssistantMessage, format: PromptFormat, index: number): string {
  const content = message.content ?? '';
  const calls = formatToolCalls(message.toolCalls ?? [], format.callFormat);
  if (content === '' && calls === '') {
    throw new PromptError(
      'prompt/conversation',
      `/messages/${index}: the assistant neither says anything nor calls a tool; give it content or toolCalls`,
    );
  }
  if (content.includes(toolCallOpeningTag)) {
    throw new PromptError(
      'prompt/conversation',
      `/messages/${index}/content: holds ${toolCallOpeningTag}, which would be read back as a call; use toolCalls`,
    );
  }
  return content === '' || calls === '' ? content + calls : `${content}\n${calls}`;
}

function joinParagraphs(first: string, second: string): string {
  return first === '' || second === '' ? first + second : `${first}\n\n${second}`;
}
