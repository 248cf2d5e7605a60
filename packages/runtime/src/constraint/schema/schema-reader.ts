import type { JsonValue } from '@tooltune/sdk';
import type { KeywordReader } from './keyword-reader.js';
import type { SchemaNode, SchemaPattern } from './schema-node.js';
import type { SchemaObject } from './schema-object.js';

/** Makes nodes of the schemas inside of the one that is read. */
export interface NodeOpener {
  readonly values: KeywordReader;
  open(source: JsonValue, keyword: string, key?: string | number): SchemaNode;
  openReference(reference: string, keyword: string): SchemaNode;
}

/**
 * Reads the keywords of one schema into its node (JSON Schema 2020-12 validation and core; for older drafts see
 * `SchemaNode`). Unknown keywords are annotations.
 * @param ignored Known keywords that are annotations too.
 */
export function readSchema(
  node: SchemaNode,
  schema: SchemaObject,
  ignored: ReadonlySet<string>,
  opener: NodeOpener,
): void {
  const { values } = opener;
  for (const keyword of Object.keys(schema)) {
    if (ignored.size > 0 && ignored.has(keyword)) continue;
    const value = schema[keyword]!;
    switch (keyword) {
      case 'type':
        node.types = values.types(value, node);
        break;
      case 'description':
      case 'title':
        break;
      case 'properties':
        node.properties = openNamed(node, value, keyword, opener);
        break;
      case 'required':
        // `required: true` of draft 3 says something about the object around this value, and is not known since draft 4.
        if (typeof value !== 'boolean') node.required = values.texts(value, node, keyword);
        break;
      case 'additionalProperties':
        node.additionalProperties = opener.open(value, keyword);
        break;
      case 'items':
        if (!Array.isArray(value)) node.items = opener.open(value, keyword);
        else if (!Array.isArray(schema.prefixItems)) node.prefixItems = openListed(value, keyword, opener);
        else throw values.invalid(node, keyword, 'cannot be a list beside `prefixItems`');
        break;
      case 'additionalItems':
        if (Array.isArray(schema.items)) node.items = opener.open(value, keyword);
        break;
      case 'prefixItems':
        node.prefixItems = openListed(values.schemas(value, node, keyword), keyword, opener);
        break;
      case '$ref':
        node.ref = opener.openReference(values.text(value, node, keyword), keyword);
        break;
      case '$dynamicRef':
      case '$recursiveRef':
        node.dynamicRef = opener.openReference(values.text(value, node, keyword), keyword);
        break;
      case 'enum':
        if (!Array.isArray(value)) throw values.invalid(node, keyword, 'must be a list');
        node.enum = values.values(value, node, keyword);
        break;
      case 'const':
        node.const = values.values<[JsonValue]>([value], node, keyword);
        break;
      case 'minimum':
        node.minimum = values.number(value, node, keyword);
        break;
      case 'maximum':
        node.maximum = values.number(value, node, keyword);
        break;
      case 'exclusiveMinimum':
        if (typeof value !== 'boolean') node.exclusiveMinimum = values.number(value, node, keyword);
        break;
      case 'exclusiveMaximum':
        if (typeof value !== 'boolean') node.exclusiveMaximum = values.number(value, node, keyword);
        break;
      case 'multipleOf':
        node.multipleOf = values.number(value, node, keyword);
        if (node.multipleOf <= 0) throw values.invalid(node, keyword, 'must be more than 0');
        break;
      case 'minLength':
        node.minLength = values.count(value, node, keyword);
        break;
      case 'maxLength':
        node.maxLength = values.count(value, node, keyword);
        break;
      case 'pattern':
        node.pattern = values.pattern(value, node, keyword);
        break;
      case 'format':
        node.format = values.text(value, node, keyword);
        break;
      case 'minItems':
        node.minItems = values.count(value, node, keyword);
        break;
      case 'maxItems':
        node.maxItems = values.count(value, node, keyword);
        break;
      case 'uniqueItems':
        node.uniqueItems = values.flag(value, node, keyword);
        break;
      case 'contains':
        node.contains = opener.open(value, keyword);
        break;
      case 'minContains':
        node.minContains = values.count(value, node, keyword);
        break;
      case 'maxContains':
        node.maxContains = values.count(value, node, keyword);
        break;
      case 'unevaluatedItems':
        node.unevaluatedItems = opener.open(value, keyword);
        break;
      case 'patternProperties':
        node.patternProperties = openPatterns(node, value, opener);
        break;
      case 'propertyNames':
        node.propertyNames = opener.open(value, keyword);
        break;
      case 'minProperties':
        node.minProperties = values.count(value, node, keyword);
        break;
      case 'maxProperties':
        node.maxProperties = values.count(value, node, keyword);
        break;
      case 'dependentRequired':
      case 'dependentSchemas':
      case 'dependencies':
        readDependencies(node, value, keyword, opener);
        break;
      case 'unevaluatedProperties':
        node.unevaluatedProperties = opener.open(value, keyword);
        break;
      case 'allOf':
        node.allOf = openListed(values.schemas(value, node, keyword), keyword, opener);
        break;
      case 'anyOf':
        node.anyOf = openListed(values.schemas(value, node, keyword), keyword, opener);
        break;
      case 'oneOf':
        node.oneOf = openListed(values.schemas(value, node, keyword), keyword, opener);
        break;
      case 'not':
        node.not = opener.open(value, keyword);
        break;
      case 'if':
        node.if = opener.open(value, keyword);
        break;
      case 'then':
        if (schema.if !== undefined) node.then = opener.open(value, keyword);
        break;
      case 'else':
        if (schema.if !== undefined) node.else = opener.open(value, keyword);
        break;
      case 'x-grounded':
        if (value !== 'span' && value !== 'span-ci' && value !== 'optional') {
          throw values.invalid(node, keyword, 'is "span", "span-ci" or "optional"');
        }
        node.grounded = value;
        break;
    }
  }
  if (schema.exclusiveMinimum === true) [node.exclusiveMinimum, node.minimum] = [node.minimum, undefined];
  if (schema.exclusiveMaximum === true) [node.exclusiveMaximum, node.maximum] = [node.maximum, undefined];
}

function openListed(schemas: readonly JsonValue[], keyword: string, opener: NodeOpener): SchemaNode[] {
  const nodes: SchemaNode[] = [];
  for (let index = 0; index < schemas.length; index++) nodes.push(opener.open(schemas[index]!, keyword, index));
  return nodes;
}

function openNamed(
  node: SchemaNode,
  value: JsonValue,
  keyword: string,
  opener: NodeOpener,
): ReadonlyMap<string, SchemaNode> {
  const schemas = opener.values.object(value, node, keyword);
  const nodes = new Map<string, SchemaNode>();
  for (const name of Object.keys(schemas)) nodes.set(name, opener.open(schemas[name]!, keyword, name));
  return nodes;
}

function openPatterns(
  node: SchemaNode,
  value: JsonValue,
  opener: NodeOpener,
): { pattern: SchemaPattern; schema: SchemaNode }[] {
  const schemas = opener.values.object(value, node, 'patternProperties');
  return Object.keys(schemas).map((source) => ({
    pattern: opener.values.pattern(source, node, 'patternProperties'),
    schema: opener.open(schemas[source]!, 'patternProperties', source),
  }));
}

/** What depends on a property: a list of names or a schema; both stood under `dependencies` up to draft 7. */
function readDependencies(node: SchemaNode, value: JsonValue, keyword: string, opener: NodeOpener): void {
  const { values } = opener;
  const dependencies = values.object(value, node, keyword);
  const required = new Map(node.dependentRequired);
  const schemas = new Map(node.dependentSchemas);
  for (const name of Object.keys(dependencies)) {
    const dependency = dependencies[name]!;
    if (keyword === 'dependentRequired' || (keyword === 'dependencies' && Array.isArray(dependency))) {
      required.set(name, values.texts(dependency, node, keyword));
    } else {
      schemas.set(name, opener.open(dependency, keyword, name));
    }
  }
  if (required.size > 0) node.dependentRequired = required;
  if (schemas.size > 0) node.dependentSchemas = schemas;
}
