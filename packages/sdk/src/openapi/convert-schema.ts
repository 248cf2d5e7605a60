import type { JsonObject, JsonValue } from '../toolset/index.js';
import { asList, asObject, lookUp } from './document.js';

/** Formats that say how a number is stored, or that a string is anything. */
const meaninglessFormats = new Set(['int32', 'int64', 'float', 'double', 'byte', 'binary', 'password', 'string']);

/** Keywords of OpenAPI that are none of JSON Schema's. */
const foreign = new Set([
  'nullable',
  'discriminator',
  'xml',
  'externalDocs',
  'example',
  'readOnly',
  'writeOnly',
  'deprecated',
]);

/**
 * Makes the schemas of one request JSON Schemas 2020-12. What they refer to is gathered in `definitions`, under names of
 * its own, so that recursive schemas stay what they are. Properties that only answers have (`readOnly`) are left out.
 */
export class SchemaConverter {
  /** For `$defs` of the tool's parameters. */
  readonly definitions: Record<string, JsonObject | boolean> = {};
  readonly #document: JsonObject;
  readonly #isOld: boolean;
  readonly #names = new Map<string, string>();

  constructor(document: JsonObject) {
    this.#document = document;
    this.#isOld = typeof document.openapi === 'string' && document.openapi.startsWith('3.0');
  }

  /** @throws UnresolvedReference */
  convert(schema: JsonValue | undefined): JsonObject | boolean {
    if (typeof schema === 'boolean') return schema;
    const object = asObject(schema) ?? {};
    if (typeof object.$ref === 'string') return this.#refer(object as JsonObject & { $ref: string });
    const converted: JsonObject = {};
    for (const [keyword, value] of Object.entries(object)) {
      if (foreign.has(keyword) || keyword.startsWith('x-')) continue;
      if (keyword === 'format' && meaninglessFormats.has(value as string)) continue;
      converted[keyword] = this.#convertKeyword(keyword, value, object);
    }
    if (this.#isOld) this.#modernise(converted, object);
    if (object.example !== undefined && object.examples === undefined) converted.examples = [object.example];
    return converted;
  }

  #refer({ $ref, ...beside }: JsonObject & { $ref: string }): JsonObject {
    let name = this.#names.get($ref);
    if (name === undefined) {
      const target = lookUp(this.#document, $ref);
      name = this.#newName($ref);
      this.#names.set($ref, name);
      // Named before it is converted: it may refer to itself.
      this.definitions[name] = this.convert(target);
    }
    // Beside a reference OpenAPI 3.0 reads nothing.
    const others = this.#isOld ? {} : (this.convert(beside) as JsonObject);
    return { $ref: `#/$defs/${name}`, ...others };
  }

  #newName(reference: string): string {
    const last = decodeURIComponent(reference.split('/').at(-1)!).replaceAll(/[^\w.-]/g, '_');
    let name = last;
    for (let count = 2; [...this.#names.values()].includes(name); count++) name = `${last}_${count}`;
    return name;
  }

  #convertKeyword(keyword: string, value: JsonValue, parent: JsonObject): JsonValue {
    switch (keyword) {
      case 'properties':
      case 'patternProperties':
      case '$defs':
      case 'definitions':
      case 'dependentSchemas': {
        const members = Object.entries(asObject(value) ?? {});
        const kept = keyword === 'properties' ? members.filter(([, member]) => !this.#isReadOnly(member)) : members;
        return Object.fromEntries(kept.map(([name, member]) => [name, this.convert(member)]));
      }
      case 'required': {
        const properties = asObject(parent.properties) ?? {};
        return asList(value).filter((name) => !this.#isReadOnly(properties[name as string]));
      }
      case 'items':
      case 'additionalProperties':
      case 'not':
      case 'if':
      case 'then':
      case 'else':
      case 'contains':
      case 'propertyNames':
      case 'unevaluatedProperties':
      case 'unevaluatedItems':
        return this.convert(value);
      case 'allOf':
      case 'anyOf':
      case 'oneOf':
      case 'prefixItems':
        return asList(value).map((member) => this.convert(member));
      default:
        return value;
    }
  }

  #isReadOnly(schema: JsonValue | undefined): boolean {
    return asObject(schema)?.readOnly === true;
  }

  /** What OpenAPI 3.0 writes differently from JSON Schema 2020-12. */
  #modernise(converted: JsonObject, original: JsonObject): void {
    for (const [exclusive, inclusive] of [
      ['exclusiveMinimum', 'minimum'],
      ['exclusiveMaximum', 'maximum'],
    ] as const) {
      if (typeof original[exclusive] !== 'boolean') continue;
      delete converted[exclusive];
      if (!original[exclusive] || original[inclusive] === undefined) continue;
      converted[exclusive] = original[inclusive];
      delete converted[inclusive];
    }
    if (original.nullable !== true) return;
    if (typeof converted.type === 'string') converted.type = [converted.type, 'null'];
    if (Array.isArray(converted.enum) && !converted.enum.includes(null)) converted.enum = [...converted.enum, null];
  }
}
