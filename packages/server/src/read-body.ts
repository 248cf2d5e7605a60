import type { z } from 'zod';
import { badRequest, clientLeft } from './api-error.js';
import type { RequestContext } from './server-context.js';

/** Deeper values would overflow the stack of what reads them. */
const maximumDepth = 512;

/** @throws ApiError for a body that is no JSON or too deep, and `client_left` where it does not come whole */
export async function readJson(context: RequestContext): Promise<unknown> {
  let text: string;
  try {
    text = await context.req.text();
  } catch (cause) {
    throw clientLeft(cause);
  }
  try {
    return parseJson(text);
  } catch (error) {
    const { message } = error as Error;
    throw badRequest(error instanceof SyntaxError ? `the body is no JSON: ${message}` : `the body is ${message}`);
  }
}

/** @throws SyntaxError, RangeError for a value that is nested too deep */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maximumDepth) throw new RangeError(`nested more than ${maximumDepth} deep`);
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return value;
}

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
