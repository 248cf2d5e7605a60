import type { JsonObject, JsonSchema, JsonValue } from '@tooltune/sdk';

/** Whole numbers between two bounds are listed up to this many. */
const maximumListed = 256;
/** Longest repetition that is counted; llama.cpp refuses grammars that are much larger. */
const maximumRepetition = 256;

const basicRules: Readonly<Record<string, string>> = {
  char: String.raw`[^"\\\x00-\x1f] | "\\" ["\\bfnrt]`,
  string: String.raw`"\"" char* "\""`,
  integer: '"-"? ("0" | [1-9] [0-9]{0,15})',
  natural: '"0" | [1-9] [0-9]{0,15}',
  number: 'integer ("." [0-9]{1,16})?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: 'object | array | string | number | boolean | null',
  object: '"{" (string ":" value ("," string ":" value)*)? "}"',
  array: '"[" (value ("," value)*)? "]"',
  date: String.raw`"\"" [0-9]{4} "-" [01] [0-9] "-" [0-3] [0-9] "\""`,
  time: String.raw`"\"" [0-2] [0-9] ":" [0-5] [0-9] ":" [0-6] [0-9] ("." [0-9]{1,9})? ("Z" | [-+] [0-2] [0-9] ":" [0-5] [0-9]) "\""`,
};

/** Rules that a rule of basicRules needs. */
const needs: Readonly<Record<string, readonly string[]>> = {
  string: ['char'],
  number: ['integer'],
  value: ['object', 'array', 'string', 'number', 'boolean', 'null', 'char', 'integer'],
};

/**
 * Writes JSON Schemas as rules of GBNF (llama.cpp), which xgrammar (vLLM, SGLang) reads too. Compact JSON, an object's members
 * in the order of its schema. What the form has no words for (`pattern`, `not`, most formats, bounds of many values) is let
 * through, so that a server allows too much rather than too little; the constraint engine decides.
 */
export class GrammarWriter {
  readonly #rules = new Map<string, string>();
  #root: JsonSchema = {};
  #prefix = '';
  #references = new Map<string, string>();
  #count = 0;

  /** All rules, `root` first. */
  toString(): string {
    return [...this.#rules].map(([name, body]) => `${name} ::= ${body}\n`).join('');
  }

  /** Adds a rule. */
  rule(name: string, body: string): string {
    this.#rules.set(name, body);
    return name;
  }

  /** Adds the rules of a schema, whose references are its own. @returns the name of its rule */
  schema(schema: JsonSchema, name: string): string {
    this.#root = schema;
    this.#prefix = name;
    this.#references = new Map();
    this.#count = 0;
    return this.rule(name, this.#value(schema));
  }

  #value(schema: JsonValue | undefined): string {
    if (!isObject(schema)) return this.#basic('value');
    const { $ref } = schema;
    if (typeof $ref === 'string') return this.#reference($ref);
    if ('const' in schema) return literal(JSON.stringify(schema.const));
    if (Array.isArray(schema.enum)) return alternatives(schema.enum.map((value) => literal(JSON.stringify(value))));
    const { anyOf, oneOf, allOf, ...rest } = schema;
    const options = [anyOf, oneOf].find((value) => Array.isArray(value)) as JsonValue[] | undefined;
    if (options !== undefined) {
      return alternatives(options.map((option) => this.#value(isObject(option) ? merge(rest, option) : option)));
    }
    if (Array.isArray(allOf))
      return this.#value(allOf.reduce<JsonObject>((all, part) => merge(all, this.#resolve(part)), rest));
    if (Array.isArray(schema.type)) {
      return alternatives(schema.type.map((type) => this.#value({ ...schema, type })));
    }
    return this.#typed(schema);
  }

  #typed(schema: JsonObject): string {
    const type = schema.type ?? (isObject(schema.properties) ? 'object' : undefined);
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema);
      case 'string':
        return this.#string(schema);
      case 'integer':
        return this.#integer(schema);
      case 'number':
      case 'boolean':
      case 'null':
        return this.#basic(type);
      default:
        return this.#basic('value');
    }
  }

  #object({ properties, required, additionalProperties }: JsonObject): string {
    const members = Object.entries(isObject(properties) ? properties : {});
    if (members.length === 0) {
      if (additionalProperties === undefined || additionalProperties === false) return '"{}"';
      const value = this.#value(additionalProperties);
      const member = `${this.#basic('string')} ":" ${value}`;
      return `"{" (${member} ("," ${member})*)? "}"`;
    }
    const isRequired = new Set(Array.isArray(required) ? required : []);
    const id = `${this.#prefix}-o${++this.#count}`;
    const written = members.map(([name, schema], index) =>
      this.rule(`${id}-m${index}`, `${literal(`${JSON.stringify(name)}:`)} ${this.#value(schema)}`),
    );
    const firstRequired = members.findIndex(([name]) => isRequired.has(name));
    // `n`: this member and later ones after another; `f`: where none has come yet, which a required one ends.
    for (const [index, [name]] of members.entries()) {
      const optional = !isRequired.has(name);
      const isLast = index + 1 === members.length;
      const then = isLast ? '' : ` ${id}-n${index + 1}`;
      if (index > 0) {
        this.rule(`${id}-n${index}`, optional ? `("," ${written[index]})?${then}` : `"," ${written[index]}${then}`);
      }
      if (firstRequired >= 0 && index > firstRequired) continue;
      const later = isLast ? '""' : `${id}-f${index + 1}`;
      this.rule(`${id}-f${index}`, optional ? `${written[index]}${then} | ${later}` : `${written[index]}${then}`);
    }
    return `"{" ${id}-f0 "}"`;
  }

  #array({ items, minItems, maxItems, prefixItems }: JsonObject): string {
    const item = Array.isArray(prefixItems) ? this.#basic('value') : this.#value(items);
    const name = this.rule(`${this.#prefix}-i${++this.#count}`, item);
    const least = typeof minItems === 'number' ? minItems : 0;
    const most = typeof maxItems === 'number' && maxItems <= maximumRepetition ? maxItems : undefined;
    if (most === 0) return '"[]"';
    const some = `${name} ("," ${name})${times(Math.max(0, least - 1), most === undefined ? undefined : most - 1)}`;
    return least > 0 ? `"[" ${some} "]"` : `"[" (${some})? "]"`;
  }

  #string({ minLength, maxLength, format }: JsonObject): string {
    if (format === 'date' || format === 'time') return this.#basic(format);
    const least = typeof minLength === 'number' && minLength <= maximumRepetition ? minLength : 0;
    const most = typeof maxLength === 'number' && maxLength <= maximumRepetition ? maxLength : undefined;
    if (least === 0 && most === undefined) return this.#basic('string');
    return `"\\"" ${this.#basic('char')}${times(least, most)} "\\""`;
  }

  #integer({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
    const least = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity) + 1);
    const most = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity) - 1);
    const first = Math.ceil(least);
    if (most - first < maximumListed && most >= first) {
      const count = Math.floor(most) - first + 1;
      return alternatives(Array.from({ length: count }, (_, index) => literal(String(first + index))));
    }
    return this.#basic(least >= 0 ? 'natural' : 'integer');
  }

  #reference(reference: string): string {
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    const name = `${this.#prefix}-r${this.#references.size}`;
    this.#references.set(reference, name);
    return this.rule(name, this.#value(this.#resolve({ $ref: reference })));
  }

  /** The schema that a reference means; the empty one, which allows all, where it leads out of this document. */
  #resolve(schema: JsonValue | undefined): JsonObject {
    if (!isObject(schema)) return {};
    const { $ref, ...rest } = schema;
    if (typeof $ref !== 'string') return schema;
    if (!$ref.startsWith('#')) return {};
    let found: JsonValue | undefined = this.#root as JsonValue;
    for (const part of decodeURIComponent($ref.slice(1)).split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      found = Array.isArray(found) ? found[Number(key)] : isObject(found) ? found[key] : undefined;
    }
    return isObject(found) ? merge(rest, found) : {};
  }

  #basic(name: string): string {
    if (!this.#rules.has(name)) this.rule(name, basicRules[name]!);
    for (const needed of needs[name] ?? []) if (!this.#rules.has(needed)) this.rule(needed, basicRules[needed]!);
    return name;
  }
}

/** A text as GBNF writes it. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\\n\r\t]/g, (unit) => {
    return { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }[unit]!;
  });
  return `"${escaped}"`;
}

function alternatives(options: readonly string[]): string {
  return options.length === 1 ? options[0]! : `(${options.join(' | ')})`;
}

function times(least: number, most: number | undefined): string {
  if (most === undefined) return least === 0 ? '*' : `{${least},}`;
  return `{${least},${most}}`;
}

/** Both schemas at once, members of objects joined; of other keywords the latter's. */
function merge(first: JsonObject, second: JsonObject): JsonObject {
  const merged: JsonObject = { ...first, ...second };
  if (isObject(first.properties) && isObject(second.properties)) {
    merged.properties = { ...first.properties, ...second.properties };
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = [...new Set([...first.required, ...second.required])];
  }
  return merged;
}

function numberOr(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
