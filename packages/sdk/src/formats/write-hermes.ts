import { chatCompletionTool } from '../dataset/chat-completion-tool.js';
import { toolCallOpeningTag } from '../prompt/index.js';
import type { Tool } from '../toolset/index.js';
import { embedded } from './embedded-json.js';
import type { RowWriter } from './export-dataset.js';
import { hermesInstructions } from './hermes-instructions.js';
import { inCallOrder, type LinkedMessage, Unrepresentable } from './link-results.js';

interface Turn {
  from: 'system' | 'human' | 'gpt' | 'tool';
  value: string;
}

/**
 * A row of Hermes function calling: the system turn tells the tools in `<tools>`, gpt turns call in `<tool_call>`, a tool
 * turn gives the results in `<tool_response>`.
 */
export const writeHermes: RowWriter = ({ messages, rejected, tools }) => {
  if (rejected !== undefined) throw new Unrepresentable('', 'is a preference, which Hermes has no place for');
  const ordered = inCallOrder(messages);
  const [first] = ordered;
  const turns: Turn[] = [];
  const system = first?.role === 'system' ? first.content : '';
  if (system !== system.trim() || /<\/?tools>/.test(system) || hermesInstructions.test(system)) {
    throw new Unrepresentable('/messages/0', 'would not be told from the instructions that Hermes adds to it');
  }
  const told = tools.length === 0 ? '' : toolInstructions(tools);
  if (system !== '' || told !== '') {
    turns.push({ from: 'system', value: system === '' || told === '' ? system + told : `${system}\n\n${told}` });
  }
  for (let index = first?.role === 'system' ? 1 : 0; index < ordered.length; index++) {
    const place = `/messages/${index}`;
    const message = ordered[index]!;
    switch (message.role) {
      case 'system':
        throw new Unrepresentable(place, 'a system message is the first');
      case 'tool': {
        const results = [message];
        while (ordered[index + 1]?.role === 'tool') results.push(ordered[++index] as typeof message);
        turns.push({ from: 'tool', value: results.map(response).join('\n') });
        break;
      }
      case 'user':
        turns.push({ from: 'human', value: message.content });
        break;
      default:
        turns.push({ from: 'gpt', value: answer(message, place) });
    }
  }
  return [{ conversations: turns }];
};

function toolInstructions(tools: readonly Tool[]): string {
  const list = inTags(tools.map(chatCompletionTool));
  const call = '<tool_call>\n{"name": <function-name>, "arguments": <args-dict>}\n</tool_call>';
  return (
    'You are a function calling AI model. You are provided with function signatures within <tools></tools> XML tags. ' +
    "You may call one or more functions to assist with the user query. Don't make assumptions about what values to plug " +
    `into functions.\n<tools>\n${list}\n</tools>\nFor each function call return a JSON object with function name and ` +
    `arguments within <tool_call></tool_call> XML tags as follows:\n${call}`
  );
}

function answer({ content, toolCalls, weight }: Extract<LinkedMessage, { role: 'assistant' }>, place: string): string {
  if (weight === 0) throw new Unrepresentable(place, 'has weight 0, which Hermes has no place for');
  if (content?.includes(toolCallOpeningTag)) {
    throw new Unrepresentable(place, `says ${toolCallOpeningTag}, which would be read back as a call`);
  }
  if (content !== null && toolCalls.length > 0 && content !== content.trim()) {
    throw new Unrepresentable(place, 'has white space around its words, which Hermes does not keep beside calls');
  }
  const calls = toolCalls.map(
    ({ name, arguments: given }) => `<tool_call>\n${inTags({ name, arguments: given })}\n</tool_call>`,
  );
  return [...(content === null ? [] : [content]), ...calls].join('\n');
}

function response({ content, call }: Extract<LinkedMessage, { role: 'tool' }>): string {
  return `<tool_response>\n${inTags({ name: call.name, content: embedded(content) })}\n</tool_response>`;
}

/** JSON that no closing tag can stand in. */
function inTags(value: unknown): string {
  return JSON.stringify(value).replaceAll('</', '<\\/');
}
