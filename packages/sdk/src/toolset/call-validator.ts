import type { SchemaProblem } from '../schemas/index.js';
import { compileJsonSchema, type JsonSchemaValidator } from './json-schema-compiler.js';
import { suggestion } from './nearest-name.js';
import type { Tool, ToolCall, Toolset } from './tool.js';
import { ToolsetError } from './toolset-error.js';

/** Says what is wrong with a call, with JSON pointers inside the call (`/name`, `/arguments/city`); nothing if valid. */
export type CallValidator = (call: Pick<ToolCall, 'name' | 'arguments'>) => SchemaProblem[];

/**
 * Compiles a tool's parameters with Ajv, formats included. The validator gives JSON pointers inside the arguments.
 * @throws ToolsetError `toolset/invalid` if they are not a JSON Schema (parseToolset has checked that)
 */
export function createArgumentsValidator(tool: Tool): JsonSchemaValidator {
  const { validate, problems } = compileJsonSchema(tool.parameters);
  if (validate !== undefined) return validate;
  throw new ToolsetError(
    problems.map(({ pointer, message }) => ({
      location: { file: tool.name, pointer: `/parameters${pointer}` },
      message,
    })),
  );
}

/** A validator of calls of these tools; each tool is compiled when it is first called. */
export function createCallValidator(toolset: Pick<Toolset, 'tools'>): CallValidator {
  const tools = new Map(toolset.tools.map((tool) => [tool.name, tool]));
  const validators = new Map<string, JsonSchemaValidator>();
  return (call) => {
    const tool = tools.get(call.name);
    if (tool === undefined) {
      return [{ pointer: '/name', message: `no tool is called "${call.name}"${suggestion(call.name, tools.keys())}` }];
    }
    let validate = validators.get(tool.name);
    if (validate === undefined) {
      validate = createArgumentsValidator(tool);
      validators.set(tool.name, validate);
    }
    return validate(call.arguments).map(({ pointer, message }) => ({ pointer: `/arguments${pointer}`, message }));
  };
}
