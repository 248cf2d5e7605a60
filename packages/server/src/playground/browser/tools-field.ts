import type { ChatTool } from './protocol.js';

/** Text of the field of tools that is none; the message says what to change. */
export class ToolsFieldError extends Error {}

/**
 * Reads the field of tools: a list as chat completions have it, or of bare tools (`{name, parameters}`) as tools.json has.
 * @returns undefined of an empty field: the model's own tools
 * @throws ToolsFieldError
 */
export function parseTools(text: string): ChatTool[] | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ToolsFieldError(`This is not JSON: ${(error as Error).message}`);
  }
  const list = isRecord(value) && Array.isArray(value.tools) ? value.tools : value;
  if (!Array.isArray(list)) throw new ToolsFieldError('Tools are a list: [{"type": "function", "function": {…}}]');
  return list.map((entry: unknown, index) => {
    const tool = isRecord(entry) && isRecord(entry.function) ? entry.function : entry;
    if (!isRecord(tool) || typeof tool.name !== 'string') {
      throw new ToolsFieldError(`Tool ${index + 1} has no name.`);
    }
    return { type: 'function', function: tool as ChatTool['function'] };
  });
}

/** What the field begins with. */
export function formatTools(tools: readonly ChatTool[] = []): string {
  return tools.length === 0 ? '' : JSON.stringify(tools, null, 2);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
