import type { Problem } from '../schemas/index.js';
import {
  type JsonObject,
  type JsonValue,
  parseToolset,
  type Tool,
  ToolNames,
  type Toolset,
  ToolsetError,
} from '../toolset/index.js';
import { SchemaConverter } from './convert-schema.js';
import { asList, asObject, dereference, UnresolvedReference } from './document.js';
import { OpenApiError } from './openapi-error.js';
import type { ArgumentPlace, Operation } from './operation.js';

export interface OpenApiOptions {
  /** How errors call the description. Default: `openapi.json`. */
  file?: string;
  /** Which operations become tools. Default: all that are not deprecated. */
  include?: (operation: OperationSummary) => boolean;
  /** Whether deprecated operations become tools. Default false. */
  deprecated?: boolean;
}

/** What an operation is chosen by. */
export interface OperationSummary {
  /** As the tool would be called. */
  name: string;
  method: string;
  path: string;
  tags: readonly string[];
}

/** The tools of an API. */
export interface OpenApiToolset {
  toolset: Toolset;
  /** The request behind each tool, by its name. */
  operations: Record<string, Operation>;
  /** Operations that cannot be tools, and why. */
  skipped: readonly { method: string; path: string; reason: string }[];
  /** The API's address as the description has it; undefined where it has none. */
  server: string | undefined;
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];

/** Parameters that OpenAPI tells to ignore where they are described as headers. */
const ignoredHeaders = new Set(['accept', 'content-type', 'authorization']);

/**
 * Makes a toolset of an OpenAPI description 3.0 or 3.1: each operation becomes a tool, named by its `operationId`, or by
 * method and path. Parameters and the properties of a JSON body become its arguments; a body that is no object, or whose
 * properties are named like parameters, becomes the argument `body`.
 * @throws OpenApiError `openapi/invalid`, `openapi/no-operation`
 */
export function openApiToolset(description: unknown, options: OpenApiOptions = {}): OpenApiToolset {
  const { file = 'openapi.json', include = () => true, deprecated = false } = options;
  const document = asObject(description as JsonValue);
  const fail = (pointer: string, message: string, code?: string): never => {
    throw new OpenApiError([{ location: { file, pointer }, message }], code === undefined ? {} : { code });
  };
  if (document === undefined) return fail('', 'must be an object');
  if (typeof document.swagger === 'string')
    return fail('/swagger', `is version ${document.swagger}; convert it to OpenAPI 3 first`);
  if (typeof document.openapi !== 'string' || !/^3\.[01]\./.test(document.openapi)) {
    return fail('/openapi', `must be 3.0.x or 3.1.x, it is ${JSON.stringify(document.openapi)}`);
  }
  const names = new ToolNames();
  const tools: Tool[] = [];
  const operations: Record<string, Operation> = {};
  const skipped: { method: string; path: string; reason: string }[] = [];
  for (const [path, item] of Object.entries(asObject(document.paths) ?? {})) {
    for (const method of methods) {
      const operation = asObject(asObject(item)?.[method]);
      if (operation === undefined) continue;
      const id = operation.operationId;
      const name = names.give(typeof id === 'string' ? id : `${method}${path}`);
      const tags = asList(operation.tags).filter((tag) => typeof tag === 'string');
      if (operation.deprecated === true && !deprecated) continue;
      if (!include({ name, method: method.toUpperCase(), path, tags })) continue;
      try {
        const made = makeTool(document, name, method, path, asObject(item)!, operation);
        tools.push(parseToolset([made.tool], { file }).tools[0]!);
        operations[name] = made.operation;
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === undefined) throw error;
        skipped.push({ method: method.toUpperCase(), path, reason });
      }
    }
  }
  if (tools.length === 0) {
    const why = skipped.slice(0, 3).map(({ method, path, reason }) => `${method} ${path}: ${reason}`);
    fail(
      '/paths',
      `holds no operation that can be a tool${why.length === 0 ? '' : `: ${why.join('; ')}`}`,
      'openapi/no-operation',
    );
  }
  const server = asObject(asList(document.servers)[0])?.url;
  return {
    toolset: parseToolset(tools, { file }),
    operations,
    skipped,
    server: typeof server === 'string' ? server : undefined,
  };
}

/** Why one operation is left out; undefined for errors that are none of the description's. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof UnresolvedReference || error instanceof UnsupportedOperation) return error.message;
  if (!(error instanceof ToolsetError)) return undefined;
  return error.problems
    .map(({ location, message }: Problem) => `${location.pointer ?? ''} ${message}`.trim())
    .join('; ');
}

class UnsupportedOperation extends Error {}

function makeTool(
  document: JsonObject,
  name: string,
  method: string,
  path: string,
  item: JsonObject,
  operation: JsonObject,
): { tool: Tool; operation: Operation } {
  const converter = new SchemaConverter(document);
  const properties: Record<string, JsonValue> = {};
  const required: string[] = [];
  const places: Record<string, ArgumentPlace> = {};
  const add = (wish: string, schema: JsonValue, place: ArgumentPlace, isRequired: boolean) => {
    const argument = wish in properties ? `${wish}_in_${place.in}` : wish;
    properties[argument] = schema;
    places[argument] = place;
    if (isRequired) required.push(argument);
  };

  for (const parameter of parametersOf(document, item, operation)) {
    const place = parameter.in as ArgumentPlace['in'];
    const own = String(parameter.name);
    if (place === 'header' && ignoredHeaders.has(own.toLowerCase())) continue;
    const content = Object.values(asObject(parameter.content) ?? {})[0];
    const schema = describe(converter.convert(parameter.schema ?? asObject(content)?.schema), parameter.description);
    const { style, explode } = parameter;
    const written = { ...(typeof style === 'string' && { style }), ...(typeof explode === 'boolean' && { explode }) };
    add(own, schema, { in: place, name: own, ...written }, place === 'path' || parameter.required === true);
  }

  const made: Operation = { method: method.toUpperCase(), path, arguments: places };
  const body = dereference(document, operation.requestBody);
  if (body !== undefined) addBody(document, converter, body, made, { properties, required, add });

  const { definitions } = converter;
  const parameters: JsonObject = {
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...(Object.keys(definitions).length > 0 && { $defs: definitions as JsonObject }),
  };
  const description = descriptionOf(operation);
  return { tool: { name, ...(description === '' ? {} : { description }), parameters }, operation: made };
}

function addBody(
  document: JsonObject,
  converter: SchemaConverter,
  body: JsonObject,
  operation: Operation,
  target: {
    properties: JsonObject;
    required: string[];
    add(wish: string, schema: JsonValue, place: ArgumentPlace, isRequired: boolean): void;
  },
): void {
  const contents = Object.entries(asObject(body.content) ?? {});
  const isRequired = body.required === true;
  const [contentType, content] =
    contents.find(([type]) => /^application\/(.+\+)?json\b/i.test(type)) ??
    contents.find(([type]) => type === 'application/x-www-form-urlencoded' || type === '*/*') ??
    [];
  if (contentType === undefined) {
    if (!isRequired) return;
    throw new UnsupportedOperation(
      `its body is ${contents.map(([type]) => type).join(', ') || 'not described'}; only JSON and forms can be written`,
    );
  }
  operation.contentType = contentType === '*/*' ? 'application/json' : contentType;
  const schema = asObject(content)?.schema;
  const object = dereference(document, schema);
  const members = asObject(object?.properties);
  const others = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'patternProperties'];
  const isPlain =
    members !== undefined &&
    !others.some((keyword) => keyword in object!) &&
    object!.additionalProperties !== true &&
    asObject(object!.additionalProperties) === undefined &&
    !Object.keys(members).some((name) => name in target.properties);
  if (!isPlain) {
    const wish = 'body' in target.properties ? 'request_body' : 'body';
    target.properties[wish] = describe(converter.convert(schema), body.description);
    operation.bodyArgument = wish;
    if (isRequired) target.required.push(wish);
    return;
  }
  const converted = converter.convert(object) as JsonObject;
  const mandatory = asList(converted.required);
  for (const [name, member] of Object.entries(asObject(converted.properties) ?? {})) {
    target.add(name, member, { in: 'body', name }, isRequired && mandatory.includes(name));
  }
}

/** Those of the path and of the operation, which may replace them. */
function parametersOf(document: JsonObject, item: JsonObject, operation: JsonObject): JsonObject[] {
  const byPlace = new Map<string, JsonObject>();
  for (const list of [item.parameters, operation.parameters]) {
    for (const entry of asList(list)) {
      const parameter = dereference(document, entry);
      if (parameter !== undefined) byPlace.set(`${parameter.in}/${parameter.name}`, parameter);
    }
  }
  return [...byPlace.values()];
}

/** A parameter's description stands beside its schema, where a model looks for it in the schema. */
function describe(schema: JsonObject | boolean, description: JsonValue | undefined): JsonValue {
  if (typeof description !== 'string' || description.trim() === '' || typeof schema === 'boolean') return schema;
  return schema.description === undefined ? { ...schema, description: description.trim() } : schema;
}

function descriptionOf(operation: JsonObject): string {
  const summary = typeof operation.summary === 'string' ? operation.summary.trim() : '';
  const [paragraph = ''] =
    typeof operation.description === 'string' ? operation.description.trim().split(/\n\s*\n/) : [];
  if (summary === '' || paragraph.toLowerCase().startsWith(summary.toLowerCase())) return paragraph || summary;
  return paragraph === '' ? summary : `${summary.replace(/\.$/, '')}. ${paragraph}`;
}
