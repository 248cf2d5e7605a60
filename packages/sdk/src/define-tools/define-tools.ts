import type { StandardSchemaV1 } from '@standard-schema/spec';
import { escapePointer, type Problem } from '../schemas/index.js';
import {
  createCallValidator,
  type JsonObject,
  type JsonValue,
  parseToolset,
  suggestion,
  type Tool,
  type ToolCall,
  type Toolset,
  ToolsetError,
} from '../toolset/index.js';
import type { StandardParameters, ToolDefinition, ToolHandlers, TypedToolCall } from './argument-types.js';
import { ToolCallError } from './tool-call-error.js';

/** Tools of a program, with the types of their arguments. */
export interface DefinedTools<Definitions extends Record<string, ToolDefinition>> {
  /** For generation, training and the runtime. */
  readonly toolset: Toolset;
  /**
   * Checks a call and gives it its type; of a schema library, with its defaults and transforms.
   * @throws ToolCallError `tool-call/unknown-tool`, `tool-call/invalid-arguments`
   */
  parse(call: Pick<ToolCall, 'name' | 'arguments'>): Promise<TypedToolCall<Definitions>>;
  /** Checks a call and hands it to its tool's handler. @throws ToolCallError, and what the handler throws */
  handle<Result>(
    call: Pick<ToolCall, 'name' | 'arguments'>,
    handlers: ToolHandlers<Definitions, Result>,
  ): Promise<Result>;
}

/**
 * Defines tools in TypeScript: what a model is told and what a handler gets come from the same schemas. Parameters are
 * JSON Schemas written in place (their types are inferred), or schemas of a library that follows Standard Schema and
 * gives JSON Schema (Standard JSON Schema: Zod 4.2 and later, ArkType, Valibot).
 *
 * @example
 * const tools = defineTools({
 *   set_light: { description: 'Turn a light on or off.', parameters: z.object({ room: z.string(), on: z.boolean() }) },
 * });
 * await tools.handle(call, { set_light: ({ room, on }) => lights.set(room, on) });
 *
 * @throws ToolsetError `toolset/invalid`
 */
export function defineTools<const Definitions extends Record<string, ToolDefinition>>(
  definitions: Definitions,
): DefinedTools<Definitions> {
  const tools = Object.entries(definitions).map(([name, definition]) => toolOf(name, definition));
  const toolset = parseToolset(tools, { file: 'defineTools' });
  const validate = createCallValidator(toolset);

  async function parse(call: Pick<ToolCall, 'name' | 'arguments'>): Promise<TypedToolCall<Definitions>> {
    const definition = Object.hasOwn(definitions, call.name) ? definitions[call.name] : undefined;
    if (definition === undefined) {
      const message = `no tool is called "${call.name}"${suggestion(call.name, Object.keys(definitions))}`;
      throw new ToolCallError('tool-call/unknown-tool', [{ location: { file: 'call', pointer: '/name' }, message }]);
    }
    const { parameters } = definition;
    const checked = isStandard(parameters)
      ? await check(parameters, call.arguments)
      : {
          value: call.arguments,
          problems: validate(call).map(
            ({ pointer, message }): Problem => ({ location: { file: call.name, pointer }, message }),
          ),
        };
    if (checked.problems.length > 0) {
      const problems = checked.problems.map(({ location, message }) => ({
        location: { ...location, file: call.name },
        message,
      }));
      throw new ToolCallError('tool-call/invalid-arguments', problems);
    }
    return { name: call.name, arguments: checked.value } as TypedToolCall<Definitions>;
  }

  return {
    toolset,
    parse,
    async handle(call, handlers) {
      const parsed = await parse(call);
      const handler = handlers[parsed.name] as (values: unknown) => unknown;
      return (await handler(parsed.arguments)) as never;
    },
  };
}

function toolOf(name: string, { description, parameters }: ToolDefinition): Pick<Tool, 'name'> & Partial<Tool> {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined
      ? {}
      : { parameters: isStandard(parameters) ? jsonSchemaOf(name, parameters) : (parameters as JsonObject) }),
  };
}

/** Schemas of libraries are objects or functions (ArkType). */
function isStandard(parameters: unknown): parameters is StandardSchemaV1 & Partial<StandardParameters> {
  return (
    ((typeof parameters === 'object' && parameters !== null) || typeof parameters === 'function') &&
    '~standard' in parameters
  );
}

function jsonSchemaOf(name: string, parameters: StandardSchemaV1 & Partial<StandardParameters>): JsonObject {
  const standard = parameters['~standard'] as Partial<StandardParameters['~standard']>;
  const fail = (message: string, cause?: unknown): never => {
    throw new ToolsetError(
      [{ location: { file: 'defineTools', pointer: `/${escapePointer(name)}/parameters` }, message }],
      { cause },
    );
  };
  const converter = standard.jsonSchema;
  if (converter === undefined) {
    return fail(
      `${standard.vendor ?? 'this library'} gives no JSON Schema here (Standard JSON Schema); take a newer version (Zod: 4.2), or give a JSON Schema`,
    );
  }
  try {
    const { $schema: _, ...schema } = converter.input({ target: 'draft-2020-12' }) as JsonObject;
    return withoutSafeBounds(schema) as JsonObject;
  } catch (cause) {
    return fail(`cannot be written as JSON Schema: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

/** Zod bounds every integer by what a double holds, which says nothing and costs a model's constraint much. */
function withoutSafeBounds(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutSafeBounds);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([keyword, bound]) =>
      !(keyword === 'minimum' && bound === Number.MIN_SAFE_INTEGER) &&
      !(keyword === 'maximum' && bound === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(members.map(([keyword, member]) => [keyword, withoutSafeBounds(member)]));
}

async function check(schema: StandardSchemaV1, values: JsonObject): Promise<{ value: unknown; problems: Problem[] }> {
  const result = await schema['~standard'].validate(values);
  if (result.issues === undefined) return { value: result.value, problems: [] };
  const problems = result.issues.map(({ message, path = [] }): Problem => {
    const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    return {
      location: { file: '', pointer: `/arguments${keys.map((key) => `/${escapePointer(key)}`).join('')}` },
      message,
    };
  });
  return { value: undefined, problems };
}
