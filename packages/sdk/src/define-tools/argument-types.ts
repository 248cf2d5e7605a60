import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import type { JsonObject } from '../toolset/index.js';

/** A schema library's object that validates and gives its JSON Schema: Zod 4.2, Valibot with its converter, ArkType. */
export type StandardParameters = StandardSchemaV1 & StandardJSONSchemaV1;

/** What describes a tool's arguments: a JSON Schema written `as const`, or a Standard Schema that gives one. */
export type ToolParameters = StandardParameters | JSONSchema;

/** A tool as `defineTools` takes it; its name is its key. */
export interface ToolDefinition {
  description?: string;
  /** Left out: no arguments. */
  parameters?: ToolParameters;
}

/** The arguments that a model writes, before a schema library changes them. */
export type ArgumentsInput<Definition extends ToolDefinition> = Definition extends { parameters: infer Parameters }
  ? Parameters extends StandardSchemaV1<infer Input, unknown>
    ? Input
    : Parameters extends JSONSchema
      ? FromSchema<Parameters>
      : JsonObject
  : Record<string, never>;

/** The arguments that a handler gets: checked, with a schema library's defaults and transforms. */
export type ArgumentsOf<Definition extends ToolDefinition> = Definition extends { parameters: infer Parameters }
  ? Parameters extends StandardSchemaV1<unknown, infer Output>
    ? Output
    : Parameters extends JSONSchema
      ? FromSchema<Parameters>
      : JsonObject
  : Record<string, never>;

/** A call of one of the tools; `name` tells which `arguments` it has. */
export type TypedToolCall<Definitions extends Record<string, ToolDefinition>> = {
  [Name in keyof Definitions & string]: { name: Name; arguments: ArgumentsOf<Definitions[Name]> };
}[keyof Definitions & string];

/** What carries out each tool. */
export type ToolHandlers<Definitions extends Record<string, ToolDefinition>, Result = unknown> = {
  [Name in keyof Definitions & string]: (args: ArgumentsOf<Definitions[Name]>) => Result | Promise<Result>;
};
