import { parseJson } from '../../json/index.js';
import type { JsonObject } from '../../toolset/index.js';

/** A request and its arguments as a teacher wrote them. */
export interface WrittenRequest {
  request: string;
  arguments: JsonObject;
}

/** Reads a teacher's lines of JSON, or a list of them (`requests`), fenced or not; what cannot be read is counted. */
export function readTeacherAnswer(answer: string): { written: WrittenRequest[]; unreadable: number } {
  const bare = answer.replaceAll(/^\s*```\w*\s*$/gm, '').trim();
  const whole = parseJson(bare);
  if (whole.problem === undefined) return readAll(listOf(whole.value));
  const lines = bare
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^(?:[-*]|\d+[.)])\s+/, '')
        .replace(/,$/, ''),
    )
    .filter((line) => line !== '' && line !== '[' && line !== ']');
  return readAll(
    lines.map((line) => {
      const { value, problem } = parseJson(line);
      return problem === undefined ? value : undefined;
    }),
  );
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) && Array.isArray(value.requests) ? value.requests : [value];
}

function readAll(values: readonly unknown[]): { written: WrittenRequest[]; unreadable: number } {
  const written = values.flatMap((value) => {
    const { request, arguments: given } = (value ?? {}) as Record<string, unknown>;
    const isRead = typeof request === 'string' && request.trim() !== '' && isObject(given);
    return isRead ? [{ request: request.trim(), arguments: given }] : [];
  });
  return { written, unreadable: values.length - written.length };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
