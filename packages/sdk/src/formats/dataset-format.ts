/** What a data set can be read from. `openai` is every shape that parseDataset reads; Together's is the same. */
export const importFormats = ['openai', 'trl', 'sharegpt', 'hermes', 'xlam'] as const;
export type ImportFormat = (typeof importFormats)[number];

/**
 * What it can be written as. `tooltune` leaves the tools out of the rows; `trl` is TRL's `messages` and `tools`,
 * `trl-prompt-completion` its `prompt` and `completion`.
 */
export const exportFormats = [
  'tooltune',
  'openai',
  'trl',
  'trl-prompt-completion',
  'together',
  'sharegpt',
  'hermes',
] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The format that a row is written in; `openai` for what is none of the others. */
export function detectFormat(row: unknown): ImportFormat {
  if (!isObject(row)) return 'openai';
  if ('answers' in row && 'query' in row) return 'xlam';
  if (Array.isArray(row.conversations)) return row.conversations.some(hasHermesTags) ? 'hermes' : 'sharegpt';
  if ('completion' in row || 'chosen' in row || 'prompt' in row) return 'trl';
  return Array.isArray(row.messages) && row.messages.some(isOfTrl) ? 'trl' : 'openai';
}

function hasHermesTags(turn: unknown): boolean {
  const value = isObject(turn) ? (turn.value ?? turn.content) : undefined;
  return typeof value === 'string' && /<tool_call>|<tool_response>|<tools>/.test(value);
}

/** OpenAI's arguments are JSON text; TRL's are objects, and its results name their tool. */
function isOfTrl(message: unknown): boolean {
  if (!isObject(message)) return false;
  if (message.role === 'tool') return 'name' in message;
  return (
    Array.isArray(message.tool_calls) &&
    message.tool_calls.some((call) => isObject(call) && isObject(call.function) && isObject(call.function.arguments))
  );
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
