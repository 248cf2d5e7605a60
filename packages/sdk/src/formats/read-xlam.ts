import { escapePointer } from '../schemas/index.js';
import type { JsonObject, JsonValue } from '../toolset/index.js';
import { isObject } from './dataset-format.js';
import { parseJsonOrPython } from './python-literal.js';
import { pythonTypeSchema } from './python-type.js';
import { type Report, readCall, toolCall } from './read-share-gpt.js';
import type { RowReader } from './row-reader.js';

/**
 * A row of Salesforce's xLAM (APIGen): `query`, with `answers` and `tools` as JSON text or as values. Parameters are JSON
 * Schema, or by name `{type, description, default}` with types of Python. An empty list of answers wants no call.
 */
export const readXlam: RowReader = (row, report) => {
  let fine = true;
  const refuse: Report = (pointer, message) => {
    fine = false;
    report(pointer, message);
  };
  if (typeof row.query !== 'string') refuse('/query', 'must be a string');
  const answers = readList(row.answers, '/answers', refuse).flatMap((answer, index) => {
    const call = readCall(answer);
    if (call === undefined) refuse('/answers', `call ${index + 1}: must be {"name", "arguments"}`);
    return call === undefined ? [] : [toolCall(call)];
  });
  const tools =
    row.tools === undefined || row.tools === null
      ? undefined
      : readList(row.tools, '/tools', refuse).map((tool) => readTool(tool, refuse));
  if (!fine) return undefined;
  const answer: JsonObject = {
    role: 'assistant',
    content: null,
    ...(answers.length > 0 ? { tool_calls: answers } : {}),
  };
  return {
    row: { messages: [{ role: 'user', content: row.query as string }, answer] },
    pointerOf: (pointer) => (/^\/messages\/0/.test(pointer) ? '/query' : '/answers'),
    tools,
    toolsPointer: '/tools',
    toolsAreText: typeof row.tools === 'string',
  };
};

function readList(value: unknown, pointer: string, report: Report): JsonValue[] {
  const { value: read, problem } = typeof value === 'string' ? parseJsonOrPython(value) : { value: value as JsonValue };
  if (Array.isArray(read)) return read;
  report(
    pointer,
    problem === undefined
      ? 'must be a list, or its JSON text'
      : `${problem.message} at column ${problem.column} of the string`,
  );
  return [];
}

function readTool(tool: JsonValue, report: Report): JsonValue {
  if (!isObject(tool) || !isObject(tool.parameters) || isSchema(tool.parameters)) return tool;
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const [name, parameter] of Object.entries(tool.parameters)) {
    const pointer = `/${escapePointer(String(tool.name))}/${escapePointer(name)}`;
    if (!isObject(parameter)) {
      report('/tools', `in the JSON text, parameter ${pointer}: must be an object with a type`);
      continue;
    }
    const { type, required: isRequired, ...others } = parameter as JsonObject;
    const known = typeof type === 'string' ? pythonTypeSchema(type) : undefined;
    if (known === undefined) {
      report(
        '/tools',
        `in the JSON text, parameter ${pointer}: no type of Python that is known: ${JSON.stringify(type)}`,
      );
      continue;
    }
    properties[name] = { ...known.schema, ...others };
    if (isRequired === true || (!known.optional && !('default' in others))) required.push(name);
  }
  const parameters = { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
  return { ...tool, parameters } as JsonObject;
}

/** JSON Schema, where parameters are not called "type" and "properties" themselves. */
function isSchema(parameters: Record<string, unknown>): boolean {
  return parameters.type === 'object' && (parameters.properties === undefined || isObject(parameters.properties));
}
