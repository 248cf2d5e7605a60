import type { JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';
import { isDeeperThan } from './json-depth.js';
import {
  ALL_TYPES,
  ARRAY,
  BOOLEAN,
  INTEGER,
  NULL,
  NUMBER,
  OBJECT,
  type SchemaNode,
  type SchemaPattern,
  STRING,
} from './schema-node.js';
import { isObject, type SchemaObject } from './schema-object.js';
import { compilePattern } from './schema-pattern.js';

/** Deepest value of `enum` and `const`, in lists and objects. */
const MAXIMUM_VALUE_DEPTH = 256;

/** Reads the values of keywords, and refuses what JSON Schema does not allow there. */
export class KeywordReader {
  private readonly schemaName: string;

  constructor(schemaName: string) {
    this.schemaName = schemaName;
  }

  count(value: JsonValue, node: SchemaNode, keyword: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw this.invalid(node, keyword, 'must be a whole number from 0');
  }

  number(value: JsonValue, node: SchemaNode, keyword: string): number {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.invalid(node, keyword, 'must be a number');
  }

  flag(value: JsonValue, node: SchemaNode, keyword: string): boolean {
    if (typeof value === 'boolean') return value;
    throw this.invalid(node, keyword, 'must be true or false');
  }

  text(value: JsonValue, node: SchemaNode, keyword: string): string {
    if (typeof value === 'string') return value;
    throw this.invalid(node, keyword, 'must be a text');
  }

  texts(value: JsonValue, node: SchemaNode, keyword: string): readonly string[] {
    if (!Array.isArray(value)) throw this.invalid(node, keyword, 'must be a list of texts');
    for (const entry of value) {
      if (typeof entry !== 'string') throw this.invalid(node, keyword, 'must be a list of texts');
    }
    return value as string[];
  }

  object(value: JsonValue, node: SchemaNode, keyword: string): SchemaObject {
    if (isObject(value)) return value;
    throw this.invalid(node, keyword, 'must be an object');
  }

  schemas(value: JsonValue, node: SchemaNode, keyword: string): readonly JsonValue[] {
    if (Array.isArray(value) && value.length > 0) return value;
    throw this.invalid(node, keyword, 'must be a list of schemas, and not empty');
  }

  /** Bits of the named types. */
  types(value: JsonValue, node: SchemaNode): number {
    if (!Array.isArray(value)) return this.type(value, node);
    let types = 0;
    for (const entry of value) types |= this.type(entry, node);
    return types;
  }

  pattern(value: JsonValue, node: SchemaNode, keyword: string): SchemaPattern {
    const pattern = compilePattern(this.text(value, node, keyword));
    if (pattern !== undefined) return pattern;
    throw this.invalid(node, keyword, `is ${JSON.stringify(value)}, which is no regular expression`);
  }

  /** Values of an enum or a const, which may not be nested too deeply. */
  values<Values extends readonly JsonValue[]>(values: Values, node: SchemaNode, keyword: string): Values {
    for (const value of values) {
      const isDeep = typeof value === 'object' && value !== null && isDeeperThan(value, MAXIMUM_VALUE_DEPTH);
      if (!isDeep && !isJson(value)) throw this.invalid(node, keyword, 'holds a value that JSON does not have');
      if (!isDeep) continue;
      throw this.error(
        'constraint/too-deep',
        node,
        keyword,
        `has a value nested more than ${MAXIMUM_VALUE_DEPTH} deep`,
      );
    }
    return values;
  }

  invalid(node: SchemaNode, keyword: string, problem: string): ConstraintError {
    return this.error('constraint/invalid-schema', node, keyword, problem);
  }

  error(code: ConstraintError['code'], node: SchemaNode, keyword: string, problem: string): ConstraintError {
    const place = { keyword, pointer: `${node.pointer}/${keyword}`, schemaName: this.schemaName };
    return new ConstraintError(code, `\`${keyword}\` ${problem}`, place);
  }

  private type(value: JsonValue, node: SchemaNode): number {
    switch (value) {
      case 'string':
        return STRING;
      case 'object':
        return OBJECT;
      case 'array':
        return ARRAY;
      case 'integer':
        return INTEGER;
      case 'number':
        return INTEGER | NUMBER;
      case 'boolean':
        return BOOLEAN;
      case 'null':
        return NULL;
      // Of draft 3, and still met.
      case 'any':
        return ALL_TYPES;
    }
    throw this.invalid(node, 'type', `is ${JSON.stringify(value)}, which is no type`);
  }
}

/** Whether JSON can write a value, of at most MAXIMUM_VALUE_DEPTH, as it is. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of other realms too.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain && Object.values(value).every(isJson);
}
