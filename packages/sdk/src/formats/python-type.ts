import type { JsonObject, JsonValue } from '../toolset/index.js';

const simple: Record<string, JsonObject> = {
  ...{ str: { type: 'string' }, string: { type: 'string' }, text: { type: 'string' }, callable: { type: 'string' } },
  ...{ int: { type: 'integer' }, integer: { type: 'integer' }, float: { type: 'number' }, number: { type: 'number' } },
  ...{ bool: { type: 'boolean' }, boolean: { type: 'boolean' } },
  ...{ any: {}, none: { type: 'null' } },
  // Undeclared properties are closed in decoding, unless they are allowed here.
  ...{ dict: { type: 'object', additionalProperties: true }, object: { type: 'object', additionalProperties: true } },
  ...{ mapping: { type: 'object', additionalProperties: true } },
  ...{ list: { type: 'array' }, array: { type: 'array' }, tuple: { type: 'array' }, sequence: { type: 'array' } },
  ...{ iterable: { type: 'array' }, set: { type: 'array', uniqueItems: true } },
};

/**
 * The JSON Schema of a type of Python as data sets write it (`List[Union[int, float]]`, `Dict[str, int]`,
 * `str, optional`), and whether it says that it may be left out; undefined where it is not understood.
 */
export function pythonTypeSchema(text: string): { schema: JsonObject; optional: boolean } | undefined {
  const [, type = '', note] = /^(.*?)\s*(,\s*optional\b.*)?$/is.exec(text.trim()) ?? [];
  const inner = /^Optional\[(.*)\]$/is.exec(type)?.[1];
  const schema = readType(inner ?? type, 0);
  return schema && { schema, optional: note !== undefined || inner !== undefined };
}

function readType(text: string, depth: number): JsonObject | undefined {
  if (depth > 16) return undefined;
  const [, name = '', inside] = /^(?:typing\.)?([A-Za-z]+)\s*(?:\[(.*)\])?$/s.exec(text.trim()) ?? [];
  const outer = simple[name.toLowerCase()];
  if (inside === undefined || name.toLowerCase() === 'callable') return outer && { ...outer };
  const parts = divide(inside).map((part) => (part === '...' ? {} : readType(part, depth + 1)));
  if (parts.some((part) => part === undefined)) return undefined;
  const types = parts as JsonObject[];
  switch (name.toLowerCase()) {
    case 'union':
      return anyOf(types);
    case 'optional':
      return anyOf([...types, { type: 'null' }]);
    case 'dict':
    case 'mapping':
      return { type: 'object', additionalProperties: types[1] ?? {} };
    case 'tuple': {
      const open = parts.length === 2 && inside.includes('...');
      if (open) return { type: 'array', items: types[0]! };
      return { type: 'array', prefixItems: types, minItems: types.length, maxItems: types.length };
    }
    default:
      return outer?.type === 'array' ? { ...outer, items: anyOf(types) } : undefined;
  }
}

function anyOf(types: readonly JsonObject[]): JsonObject {
  const different = [...new Map(types.map((type): [string, JsonValue] => [JSON.stringify(type), type])).values()];
  return different.length === 1 ? (different[0] as JsonObject) : { anyOf: different };
}

/** Divides at commas that stand outside of brackets. */
function divide(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '[') depth++;
    else if (character === ']') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
