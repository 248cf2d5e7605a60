import type { JsonValue, ToolCall } from '../toolset/index.js';

/** Equal texts for values that count as equal: strings without case and surrounding space, numbers by value. */
export function valueKey(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value.trim().toLowerCase());
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueKey).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${valueKey(value[name]!)}`).join(',')}}`;
}

/** Equal texts for calls that count as equal. */
export function callKey(call: Pick<ToolCall, 'name' | 'arguments'>): string {
  return `${JSON.stringify(call.name)}${valueKey(call.arguments)}`;
}
