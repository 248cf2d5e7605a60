import type { JsonSchema, Tool } from '../toolset/index.js';

/** A tool in one line: `get_weather(city: string, unit?: "c"|"f")  // Current weather`. */
export function toolSignature(tool: Tool): string {
  const comment = tool.description?.replace(/\s+/g, ' ').trim();
  return `${tool.name}(${members(tool.parameters, tool.parameters, 0)})${comment ? `  // ${comment}` : ''}`;
}

function members(schema: Readonly<Record<string, unknown>>, root: JsonSchema, depth: number): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(asRecord(schema.properties) ?? {})
    .map(([name, property]) => `${name}${required.includes(name) ? '' : '?'}: ${typeText(property, root, depth)}`)
    .join(', ');
}

/** Deeper than this a type is only named: `object`, `array`. Also where a schema that refers to itself ends. */
const deepest = 4;

function typeText(schema: unknown, root: JsonSchema, depth: number): string {
  const keywords = asRecord(schema);
  if (keywords === undefined) return 'any';
  if (typeof keywords.$ref === 'string') {
    return depth < deepest ? typeText(resolve(keywords.$ref, root), root, depth + 1) : 'any';
  }
  if ('const' in keywords) return JSON.stringify(keywords.const);
  if (Array.isArray(keywords.enum)) return keywords.enum.map((value) => JSON.stringify(value)).join('|');
  const choices = keywords.anyOf ?? keywords.oneOf;
  if (Array.isArray(choices)) return union(choices.map((choice) => typeText(choice, root, depth)));
  const type = keywords.type ?? (keywords.properties === undefined ? undefined : 'object');
  if (Array.isArray(type)) return union(type.map((one) => typeText({ ...keywords, type: one }, root, depth)));
  if (type === 'array' && keywords.items !== undefined && depth < deepest) {
    const item = typeText(keywords.items, root, depth + 1);
    return item.includes('|') ? `(${item})[]` : `${item}[]`;
  }
  if (type === 'object' && keywords.properties !== undefined && depth < deepest) {
    return `{${members(keywords, root, depth + 1)}}`;
  }
  return typeof type === 'string' ? type : 'any';
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join('|');
}

/** What a JSON pointer inside of the tool's parameters (`#/$defs/time`) refers to. */
function resolve(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith('#')) return undefined;
  let value: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    value = asRecord(value)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
