import type { JsonValue } from '@tooltune/sdk';
import { escapeStep } from './json-pointer.js';
import { isObject, type SchemaObject } from './schema-object.js';

type Visit = (source: JsonValue, pointer: string) => void;

/** Calls `visit` for each schema directly inside of a schema, those that only references reach included. */
export function visitSubschemas(schema: SchemaObject, pointer: string, visit: Visit): void {
  for (const keyword of Object.keys(schema)) {
    switch (keyword) {
      case '$defs':
      case 'definitions':
      case 'dependencies':
      case 'dependentSchemas':
      case 'patternProperties':
      case 'properties':
        visitNamed(schema[keyword]!, `${pointer}/${keyword}`, visit);
        break;
      case 'allOf':
      case 'anyOf':
      case 'items':
      case 'oneOf':
      case 'prefixItems':
        visitListed(schema[keyword]!, `${pointer}/${keyword}`, visit);
        break;
      case 'additionalItems':
      case 'additionalProperties':
      case 'contains':
      case 'contentSchema':
      case 'else':
      case 'if':
      case 'not':
      case 'propertyNames':
      case 'then':
      case 'unevaluatedItems':
      case 'unevaluatedProperties':
        visit(schema[keyword]!, `${pointer}/${keyword}`);
        break;
    }
  }
}

function visitNamed(schemas: JsonValue, pointer: string, visit: Visit): void {
  if (!isObject(schemas)) return;
  for (const name of Object.keys(schemas)) visit(schemas[name]!, `${pointer}/${escapeStep(name)}`);
}

function visitListed(schemas: JsonValue, pointer: string, visit: Visit): void {
  if (!Array.isArray(schemas)) visit(schemas, pointer);
  else for (const [index, schema] of schemas.entries()) visit(schema, `${pointer}/${index}`);
}
