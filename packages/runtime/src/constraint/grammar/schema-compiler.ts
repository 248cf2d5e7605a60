import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';
import { someJson } from '../schema/json-depth.js';
import { isScalarValid } from '../schema/scalar-validation.js';
import { ENFORCED_KEYWORDS, isAnnotation, type KeywordReport } from '../schema/schema-keywords.js';
import {
  child,
  requireCount,
  requireNumber,
  requireStrings,
  type SchemaObject,
  type SchemaPlace,
} from '../schema/schema-place.js';
import { jsonPattern } from '../strings/json-pattern.js';
import { jsonString } from '../strings/json-string.js';
import { PatternError } from '../strings/regular-expression.js';
import { type ExpressionArena, NOTHING, UNBOUNDED } from './expression-arena.js';
import { type GroundedMode, groundedString, hasWord } from './grounded-automaton.js';
import { jsonInteger, jsonNumber, type NumberBounds } from './json-number.js';
import { literal, literals } from './literal-automaton.js';
import { jsonObject, type ObjectProperty, type PropertyOrder } from './object-automaton.js';

/** How JSON is written and bounded. */
export interface SchemaOptions {
  /** Order of an object's properties. Default 'any'. */
  propertyOrder?: PropertyOrder;
  /** Most code points of a string that has no `maxLength`. Default 2,000; Infinity for no bound. */
  maximumStringLength?: number;
  /** What the schema is called in error messages. Default 'schema'. */
  schemaName?: string;
}

/** Steps of the JSON pointer; an object in an object takes two. */
const MAXIMUM_DEPTH = 256;
const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

type Bounds = Pick<SchemaObject, 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'>;

/** Compiles JSON Schemas to expressions over the bytes of compact JSON. */
export class SchemaCompiler {
  private readonly arena: ExpressionArena;
  private readonly options: Required<SchemaOptions>;
  private readonly groundingTexts: readonly string[];
  private readonly report: KeywordReport[] | undefined;

  /**
   * @param groundingTexts Texts that `x-grounded` strings are copied from.
   * @param report Takes what is done about each keyword; nothing is then thrown for what is refused.
   */
  constructor(
    arena: ExpressionArena,
    options: SchemaOptions = {},
    groundingTexts: readonly string[] = [],
    report?: KeywordReport[],
  ) {
    this.arena = arena;
    this.options = { propertyOrder: 'any', maximumStringLength: 2000, schemaName: 'schema', ...options };
    this.groundingTexts = groundingTexts.some(hasWord) ? groundingTexts : [];
    this.report = report;
  }

  /** Throws a ConstraintError for what is not supported. */
  compile(schema: JsonSchema): number {
    return this.value(schema, { pointer: '', keyword: '', depth: 0 });
  }

  private value(schema: JsonValue | undefined, place: SchemaPlace): number {
    if (place.depth > MAXIMUM_DEPTH) {
      throw this.error(
        'constraint/too-deep',
        place,
        `nested too deeply: pointers may have at most ${MAXIMUM_DEPTH} steps`,
      );
    }
    if (schema === false) return NOTHING;
    if (schema === true) return this.refuse(place, 'a schema that allows any value is not supported; give it a type');
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      throw this.error('constraint/invalid-schema', place, 'a schema is an object or a boolean');
    }
    for (const keyword of Object.keys(schema)) {
      const at = child(place, keyword);
      if (ENFORCED_KEYWORDS.has(keyword)) this.note(at, 'enforced');
      else if (isAnnotation(keyword)) this.note(at, 'annotation');
      else this.refuse(at, `\`${keyword}\` is not supported`);
    }
    if (schema.anyOf !== undefined) return this.anyOf(schema, place);
    if (schema.enum !== undefined || schema.const !== undefined) return this.finite(schema, place);
    const types = this.types(schema, place);
    return this.arena.alternation(types.map((type) => this.typed(type, schema, place)));
  }

  private types(schema: SchemaObject, place: SchemaPlace): string[] {
    if (schema.type === undefined) {
      this.refuse(
        place,
        'a schema without `type`, `enum`, `const` or `anyOf` allows any value; give it a type',
        'type',
      );
      return [];
    }
    const at = child(place, 'type');
    const types = typeof schema.type === 'string' ? [schema.type] : requireStrings(schema.type, at);
    const wrong = types.find((type) => !TYPES.includes(type));
    if (wrong !== undefined) throw this.error('constraint/invalid-schema', at, `${JSON.stringify(wrong)} is no type`);
    return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
  }

  private typed(type: string, schema: SchemaObject, place: SchemaPlace): number {
    switch (type) {
      case 'object':
        return this.object(schema, place);
      case 'array':
        return this.array(schema, place);
      case 'string':
        return this.string(schema, place);
      case 'boolean':
        return this.arena.alternation([literal(this.arena, 'true'), literal(this.arena, 'false')]);
      case 'null':
        return literal(this.arena, 'null');
      default:
        return this.number(type, schema, place);
    }
  }

  private anyOf(schema: SchemaObject, place: SchemaPlace): number {
    const at = child(place, 'anyOf');
    const beside = Object.keys(schema).find((keyword) => keyword !== 'anyOf' && ENFORCED_KEYWORDS.has(keyword));
    if (beside !== undefined) return this.refuse(at, `\`anyOf\` beside \`${beside}\` is not supported; move it inside`);
    if (!Array.isArray(schema.anyOf) || schema.anyOf.length === 0) {
      throw this.error('constraint/invalid-schema', at, '`anyOf` must be a list of schemas, and not empty');
    }
    return this.arena.alternation(schema.anyOf.map((option, index) => this.value(option, child(at, String(index)))));
  }

  /** enum and const: the values that the other keywords let through, written as JSON.stringify writes them. */
  private finite(schema: SchemaObject, place: SchemaPlace): number {
    let values: JsonValue[];
    if (schema.enum !== undefined) {
      if (!Array.isArray(schema.enum))
        throw this.error('constraint/invalid-schema', child(place, 'enum'), 'not a list');
      values = schema.enum;
    } else {
      values = [schema.const!];
    }
    if (someJson(values, (_, depth) => depth > MAXIMUM_DEPTH)) {
      throw this.error('constraint/too-deep', place, `a value is nested more than ${MAXIMUM_DEPTH} deep`);
    }
    if (schema.enum !== undefined && schema.const !== undefined) {
      const only = JSON.stringify(schema.const);
      values = values.filter((value) => JSON.stringify(value) === only);
    }
    const types = schema.type === undefined ? undefined : this.types(schema, place);
    for (const keyword of ['properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems']) {
      if (schema[keyword] !== undefined)
        this.refuse(child(place, keyword), `\`${keyword}\` beside enum is not supported`);
    }
    const valid = values.filter((value) => isScalarValid(value, schema, types, place));
    return literals(
      this.arena,
      valid.map((value) => ({ text: JSON.stringify(value), then: 1 })),
    );
  }

  private object(schema: SchemaObject, place: SchemaPlace): number {
    const { properties, required, additionalProperties } = schema;
    if (additionalProperties !== undefined && additionalProperties !== false) {
      const reason = 'only `additionalProperties: false` is supported';
      return this.refuse(child(place, 'additionalProperties'), reason);
    }
    if (properties === undefined && additionalProperties === undefined) {
      return this.refuse(place, 'an object needs `properties`, or `additionalProperties: false`', 'properties');
    }
    const at = child(place, 'properties');
    if (
      properties !== undefined &&
      (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    ) {
      throw this.error('constraint/invalid-schema', at, '`properties` must be an object');
    }
    if (additionalProperties === undefined) {
      this.note(
        at,
        'narrowed',
        'without `additionalProperties: false` only declared properties are written all the same',
      );
    }
    const names = required === undefined ? [] : requireStrings(required, child(place, 'required'));
    const declared: SchemaObject = properties ?? {};
    const undeclared = names.find((name) => !Object.hasOwn(declared, name));
    if (undeclared !== undefined) {
      return this.refuse(
        child(place, 'required'),
        `${JSON.stringify(undeclared)} is required but not in \`properties\``,
      );
    }
    if (Object.hasOwn(declared, '__proto__')) {
      // Ajv passes over it, and so would call invalid what is written here.
      return this.refuse(child(at, '__proto__'), 'a property of this name is not supported');
    }
    const requiredNames = new Set(names);
    const list: ObjectProperty[] = Object.keys(declared).map((name) => ({
      name,
      value: this.value(declared[name], child(at, name)),
      required: requiredNames.has(name),
    }));
    return jsonObject(this.arena, list, this.options.propertyOrder);
  }

  private array(schema: SchemaObject, place: SchemaPlace): number {
    const minimum = requireCount(schema, 'minItems', place) ?? 0;
    const maximum = requireCount(schema, 'maxItems', place) ?? UNBOUNDED;
    const { arena } = this;
    const open = literal(arena, '[');
    const close = literal(arena, ']');
    if (Array.isArray(schema.items)) return this.refuse(child(place, 'items'), 'a list of `items` is not supported');
    if (schema.items === undefined && maximum !== 0) return this.refuse(place, 'an array needs `items`', 'items');
    const item = schema.items === undefined ? NOTHING : this.value(schema.items, child(place, 'items'));
    const more = arena.repetition(
      arena.sequence(literal(arena, ','), item),
      Math.max(minimum - 1, 0),
      maximum === UNBOUNDED ? UNBOUNDED : Math.max(maximum - 1, 0),
    );
    const filled = maximum === 0 || more === NOTHING ? NOTHING : arena.sequence(item, more);
    const inside = minimum > 0 ? filled : arena.optional(filled);
    return arena.sequence(open, inside, close);
  }

  private string(schema: SchemaObject, place: SchemaPlace): number {
    const minimum = requireCount(schema, 'minLength', place);
    const maximum = requireCount(schema, 'maxLength', place);
    const bounded = minimum !== undefined ? 'minLength' : maximum !== undefined ? 'maxLength' : undefined;
    if (schema['x-grounded'] !== undefined) {
      const grounded = this.grounded(schema, place, minimum, maximum);
      if (grounded !== undefined) return grounded;
    }
    if (schema.pattern !== undefined) {
      const at = child(place, 'pattern');
      if (typeof schema.pattern !== 'string') throw this.error('constraint/invalid-schema', at, 'not a text');
      if (bounded !== undefined)
        return this.refuse(child(place, bounded), `\`${bounded}\` beside \`pattern\` is not supported`);
      return this.pattern(schema.pattern, at);
    }
    const limit = maximum ?? Math.max(this.options.maximumStringLength, minimum ?? 0);
    return jsonString(this.arena, minimum ?? 0, limit === Number.POSITIVE_INFINITY ? UNBOUNDED : limit);
  }

  private pattern(source: string, at: SchemaPlace): number {
    const limit = this.options.maximumStringLength;
    try {
      return jsonPattern(this.arena, source, limit === Number.POSITIVE_INFINITY ? UNBOUNDED : limit);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      if (!error.supported) throw this.error('constraint/invalid-schema', at, error.message, error);
      return this.refuse(at, `${JSON.stringify(source)}: ${error.message}`);
    }
  }

  /** Undefined for an ordinary string: one that only prefers its texts, or one without any text to copy from. */
  private grounded(
    schema: SchemaObject,
    place: SchemaPlace,
    minimum = 0,
    maximum = Number.POSITIVE_INFINITY,
  ): number | undefined {
    const at = child(place, 'x-grounded');
    const mode = schema['x-grounded'];
    if (mode === 'optional') return undefined;
    if (mode !== 'span' && mode !== 'span-ci') {
      throw this.error('constraint/invalid-schema', at, '`x-grounded` is "span", "span-ci" or "optional"');
    }
    if (schema.pattern !== undefined) {
      return this.refuse(child(place, 'pattern'), '`pattern` beside `x-grounded` is not supported');
    }
    if (this.groundingTexts.length === 0) return undefined;
    return groundedString(this.arena, this.groundingTexts, mode satisfies GroundedMode, { minimum, maximum });
  }

  private number(type: string, schema: SchemaObject, place: SchemaPlace): number {
    const bounds: NumberBounds = {};
    for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] satisfies (keyof Bounds)[]) {
      const bound = requireNumber(schema, keyword, place);
      if (bound === undefined) continue;
      if (type === 'integer' && keyword.startsWith('exclusive') && Math.abs(bound) > Number.MAX_SAFE_INTEGER) {
        return this.refuse(child(place, keyword), `\`${keyword}\` beyond 2^53 is not supported`);
      }
      bounds[keyword] = bound;
    }
    if (type === 'integer') return jsonInteger(this.arena, bounds);
    const expression = jsonNumber(this.arena, bounds);
    if (expression !== undefined) return expression;
    const keyword = Object.keys(bounds)[0]!;
    return this.refuse(
      child(place, keyword),
      'bounds of a number beyond 1e15 or with more than 25 decimals are not supported',
    );
  }

  private note(place: SchemaPlace, status: KeywordReport['status'], reason?: string): void {
    if (this.report === undefined) return;
    const entry = {
      pointer: place.pointer,
      keyword: place.keyword,
      status,
      ...(reason === undefined ? {} : { reason }),
    };
    const known = this.report.findIndex(({ pointer }) => pointer === entry.pointer);
    if (known < 0) this.report.push(entry);
    else if (this.report[known]!.status !== 'refused') this.report[known] = entry;
  }

  private refuse(place: SchemaPlace, reason: string, keyword: string = place.keyword): number {
    if (this.report === undefined) {
      throw this.error('constraint/unsupported-keyword', { ...place, keyword }, reason);
    }
    this.note({ ...place, keyword }, 'refused', reason);
    return NOTHING;
  }

  private error(code: ConstraintError['code'], place: SchemaPlace, message: string, cause?: unknown): ConstraintError {
    const { pointer, keyword } = place;
    return new ConstraintError(code, message, { pointer, keyword, schemaName: this.options.schemaName, cause });
  }
}
