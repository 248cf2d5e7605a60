import type { JsonValue } from '@tooltune/sdk';
import type { GroundedMode } from '../grammar/grounded-automaton.js';
import type { Dialect } from './dialect.js';
import { escapeStep } from './json-pointer.js';

/** Bits of `SchemaNode.types`. Every number has NUMBER; INTEGER alone allows only those without a fraction. */
export const NULL = 1;
export const BOOLEAN = 2;
export const INTEGER = 4;
export const NUMBER = 8;
export const STRING = 16;
export const ARRAY = 32;
export const OBJECT = 64;
/** Every type; NUMBER implies INTEGER. */
export const ALL_TYPES = 127;

/** Fields of a node that are no keywords, and those of a mere reference. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'source',
  'parent',
  'place',
  'key',
  'found',
  'ref',
  'types',
  'dialect',
]);

/** One `patternProperties` entry or `pattern`, compiled once. */
export interface SchemaPattern {
  readonly source: string;
  /** ECMA-262 with the `u` flag, or without it where the pattern is only then an expression. */
  readonly expression: { test(text: string): boolean };
}

/**
 * One schema of a document, read and checked: every keyword has the right kind of value, every reference is resolved.
 * What is absent is undefined. Older drafts are brought to the form of 2020-12: `items` lists are `prefixItems`,
 * `dependencies` are `dependentRequired` and `dependentSchemas`, boolean `exclusiveMinimum` is the number, a `$ref` of
 * draft 7 and earlier stands alone. All fields are set from the start, so that every node has one hidden class.
 */
export class SchemaNode {
  /** Position in `LoadedSchema.nodes`. */
  readonly id: number;
  /** The schema as it was written. */
  readonly source: JsonValue;
  private readonly parent: SchemaNode | undefined;
  private readonly place: string;
  private readonly key: string | number | undefined;

  /** How the keywords are read; undefined for a boolean schema. */
  dialect: Dialect | undefined = undefined;
  /** The schema `false`: nothing is valid. The schema `true` is a node without keywords. */
  never = false;
  /** Bits of the types that `type` allows; ALL_TYPES where it is absent. */
  types = ALL_TYPES;
  enum: readonly JsonValue[] | undefined = undefined;
  /** In a list of one, as the value may be null. */
  const: readonly [JsonValue] | undefined = undefined;

  minimum: number | undefined = undefined;
  maximum: number | undefined = undefined;
  exclusiveMinimum: number | undefined = undefined;
  exclusiveMaximum: number | undefined = undefined;
  multipleOf: number | undefined = undefined;

  minLength: number | undefined = undefined;
  maxLength: number | undefined = undefined;
  pattern: SchemaPattern | undefined = undefined;
  format: string | undefined = undefined;

  prefixItems: readonly SchemaNode[] | undefined = undefined;
  items: SchemaNode | undefined = undefined;
  minItems: number | undefined = undefined;
  maxItems: number | undefined = undefined;
  uniqueItems = false;
  contains: SchemaNode | undefined = undefined;
  minContains: number | undefined = undefined;
  maxContains: number | undefined = undefined;
  unevaluatedItems: SchemaNode | undefined = undefined;

  properties: ReadonlyMap<string, SchemaNode> | undefined = undefined;
  patternProperties: readonly { pattern: SchemaPattern; schema: SchemaNode }[] | undefined = undefined;
  additionalProperties: SchemaNode | undefined = undefined;
  propertyNames: SchemaNode | undefined = undefined;
  required: readonly string[] | undefined = undefined;
  minProperties: number | undefined = undefined;
  maxProperties: number | undefined = undefined;
  dependentRequired: ReadonlyMap<string, readonly string[]> | undefined = undefined;
  dependentSchemas: ReadonlyMap<string, SchemaNode> | undefined = undefined;
  unevaluatedProperties: SchemaNode | undefined = undefined;

  allOf: readonly SchemaNode[] | undefined = undefined;
  anyOf: readonly SchemaNode[] | undefined = undefined;
  oneOf: readonly SchemaNode[] | undefined = undefined;
  not: SchemaNode | undefined = undefined;
  if: SchemaNode | undefined = undefined;
  then: SchemaNode | undefined = undefined;
  else: SchemaNode | undefined = undefined;
  /** What `$ref` names. A recursive schema makes a cycle of nodes. */
  ref: SchemaNode | undefined = undefined;
  /**
   * What `$dynamicRef` or `$recursiveRef` names. A schema whose dynamic references mean different places, depending on
   * how it was reached, is several nodes: one for each way.
   */
  dynamicRef: SchemaNode | undefined = undefined;

  /** `x-grounded`: the string is copied from the texts of the request. */
  grounded: GroundedMode | undefined = undefined;

  /**
   * @param parent The schema that this one is written in; undefined for a root and for what only references reach.
   * @param place The keyword of `parent` that it is under; the whole pointer where there is no parent.
   * @param key Index or name under that keyword, where it holds several schemas.
   */
  constructor(
    id: number,
    source: JsonValue,
    parent: SchemaNode | undefined,
    place: string,
    key: string | number | undefined,
  ) {
    this.id = id;
    this.source = source;
    this.parent = parent;
    this.place = place;
    this.key = key;
  }

  /** The schema's own vocabulary says that formats are asserted, whatever the options say. */
  get formatAsserted(): boolean {
    return this.dialect?.formatAsserted === true;
  }

  private found: SchemaNode | undefined = undefined;

  /** The schema that says all that this one does: what a mere reference names, and otherwise itself. */
  get target(): SchemaNode {
    if (this.found !== undefined) return this.found;
    this.found = this;
    if (this.ref !== undefined && this.isReference()) this.found = this.ref.target;
    return this.found;
  }

  private isReference(): boolean {
    for (const key of Object.keys(this) as (keyof SchemaNode)[]) {
      if (OWN_FIELDS.has(key)) continue;
      const value = this[key];
      if (value !== undefined && value !== false) return false;
    }
    return this.types === ALL_TYPES;
  }

  /** The keyword of the schema around it that it is under; '' for a root and for what only references reach. */
  get keyword(): string {
    return this.parent === undefined ? '' : this.place;
  }

  /** JSON pointer (RFC 6901) from the root of the document; behind the URI and a `#` for other documents. */
  get pointer(): string {
    let pointer = '';
    let node: SchemaNode = this;
    while (node.parent !== undefined) {
      const last =
        typeof node.key === 'string' ? `/${escapeStep(node.key)}` : node.key === undefined ? '' : `/${node.key}`;
      pointer = `/${node.place}${last}${pointer}`;
      node = node.parent;
    }
    return node.place + pointer;
  }
}

/** The keyword of older drafts where a schema says by it what the node has under `keyword`. */
export function writtenKeyword(node: SchemaNode, keyword: string): string {
  const source = node.source as { [keyword: string]: JsonValue };
  switch (keyword) {
    case 'dependentRequired':
    case 'dependentSchemas':
      return source[keyword] === undefined ? 'dependencies' : keyword;
    case 'prefixItems':
      return source[keyword] === undefined ? 'items' : keyword;
    case 'items':
      return Array.isArray(source[keyword]) ? 'additionalItems' : keyword;
    case 'dynamicRef':
      return source.$dynamicRef === undefined ? '$recursiveRef' : '$dynamicRef';
    default:
      return keyword;
  }
}

/** A document with all its schemas that can be reached from the root. */
export interface LoadedSchema {
  readonly root: SchemaNode;
  readonly nodes: readonly SchemaNode[];
}
