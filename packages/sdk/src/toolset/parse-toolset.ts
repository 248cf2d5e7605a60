import type { SourceLocation } from '../errors/index.js';
import { describeSchemaErrors, isToolFileEntry, type Problem } from '../schemas/index.js';
import { fingerprintTools } from './fingerprint.js';
import { compileJsonSchema } from './json-schema-compiler.js';
import type { JsonObject, Tool, Toolset } from './tool.js';
import { ToolsetError } from './toolset-error.js';

/** How errors call the toolset. */
export interface ParseToolsetOptions {
  /** Path or name of the file, as the user gave it. Default: `tools.json`. */
  file?: string;
}

/**
 * Checks a toolset: an array of tools or `{tools}`, each tool plain or wrapped as OpenAI does (`{type, function}`).
 * A tool without parameters takes an empty object.
 * @throws ToolsetError `toolset/invalid`, with every problem's file and JSON pointer
 */
export function parseToolset(value: unknown, options: ParseToolsetOptions = {}): Toolset {
  const { file = 'tools.json' } = options;
  const fail = (pointer: string, message: string): never => {
    throw new ToolsetError([{ location: { file, pointer }, message }]);
  };
  const wrapped = isObject(value) && !Array.isArray(value);
  const listPointer = wrapped ? '/tools' : '';
  const list = wrapped ? value.tools : value;
  if (wrapped && list === undefined) fail('', '"tools" is missing; write an array of tools, or an object with "tools"');
  if (!Array.isArray(list)) return fail(listPointer, 'must be an array of tools');
  if (list.length === 0) fail(listPointer, 'holds no tool; add at least one');

  const problems: Problem[] = [];
  const places = new Map<string, string>();
  const tools: Tool[] = [];
  for (const [index, entry] of list.entries()) {
    const place = `${listPointer}/${index}`;
    const report = (pointer: string, message: string) => problems.push({ location: { file, pointer }, message });
    const tool = parseTool(entry, place, report);
    if (tool === undefined) continue;
    const earlier = places.get(tool.name);
    if (earlier !== undefined) report(place, `the tool "${tool.name}" is already at ${earlier}; names must be unique`);
    places.set(tool.name, place);
    tools.push(tool);
  }
  if (problems.length > 0) throw new ToolsetError(problems);
  return { tools, fingerprint: fingerprintTools(tools) };
}

function parseTool(
  entry: unknown,
  place: string,
  report: (pointer: NonNullable<SourceLocation['pointer']>, message: string) => void,
): Tool | undefined {
  const wrapped = isObject(entry) && 'function' in entry && !('name' in entry);
  if (wrapped && entry.type !== 'function') {
    report(`${place}/type`, 'must be "function", which is the only kind of tool that tooltune knows');
    return undefined;
  }
  const tool = wrapped ? entry.function : entry;
  const pointer = wrapped ? `${place}/function` : place;
  if (!isToolFileEntry(tool)) {
    for (const problem of describeSchemaErrors(isToolFileEntry.errors)) {
      report(`${pointer}${problem.pointer}`, problem.message);
    }
    return undefined;
  }
  const misnamed = ['inputSchema', 'input_schema', 'schema'].find((key) => key in tool);
  if (misnamed !== undefined && tool.parameters === undefined) {
    report(`${pointer}/${misnamed}`, 'not read: name the JSON Schema of the arguments "parameters"');
    return undefined;
  }
  const { name, description } = tool;
  const parameters = parametersOf(tool.parameters as JsonObject | undefined);
  const parametersPointer = `${pointer}/parameters`;
  if (parameters.type !== 'object') {
    report(`${parametersPointer}/type`, `must be "object": the arguments of "${name}" are an object's properties`);
    return undefined;
  }
  const { problems } = compileJsonSchema(parameters);
  for (const problem of problems) {
    report(`${parametersPointer}${problem.pointer}`, `not a usable JSON Schema: ${problem.message}`);
  }
  return problems.length > 0 ? undefined : { name, ...(description === undefined ? {} : { description }), parameters };
}

/** No parameters, or an empty object for them, means that the tool takes no arguments. */
function parametersOf(parameters: JsonObject | undefined): JsonObject {
  if (parameters !== undefined && Object.keys(parameters).length > 0) return parameters;
  return { type: 'object', properties: {}, additionalProperties: false };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
