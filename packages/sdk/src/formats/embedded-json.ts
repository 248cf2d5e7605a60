import { parseJson } from '../json/index.js';
import type { JsonValue } from '../toolset/index.js';

/**
 * A tool's result as a JSON value that stands inside of other JSON: itself where its text is what JSON.stringify would
 * write again, so that nothing is lost, else a string. contentOf gives the text back.
 */
export function embedded(content: string): JsonValue {
  const { value, problem } = parseJson(content);
  if (problem !== undefined || typeof value === 'string') return content;
  return JSON.stringify(value) === content ? value : content;
}

/** The text of a result that stands inside of other JSON. */
export function contentOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
