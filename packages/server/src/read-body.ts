import type { z } from 'zod';
import { badRequest } from './api-error.js';

/** @throws ApiError that names the first field that is wrong */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const param = formatPath(path);
  throw badRequest(param === '' ? `the body: ${message}` : `${param}: ${message}`, param === '' ? {} : { param });
}

/** `messages[0].content`, as OpenAI writes it. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
