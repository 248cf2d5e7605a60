import type { ToolCall } from '../toolset/index.js';

/** Where the value of an argument goes. */
export interface ArgumentPlace {
  in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  /** Its name there; the argument's own may differ where names collide. */
  name: string;
  /** How lists and objects are written (OpenAPI's `style` and `explode`); not of what is in the body. */
  style?: string;
  explode?: boolean;
}

/** The request behind a tool. */
export interface Operation {
  /** In capitals. */
  method: string;
  /** With its parameters in braces: `/users/{id}`. */
  path: string;
  arguments: Record<string, ArgumentPlace>;
  /** The argument that is the whole body, where the body is not an object whose properties are arguments. */
  bodyArgument?: string;
  contentType?: string;
}

/** An HTTP request, for `fetch(url, { method, headers, body })`. */
export interface OperationRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * The request that carries out a call.
 * @param server The API's address, without a slash at its end: "https://api.example.com/v1".
 */
export function toRequest(operation: Operation, call: Pick<ToolCall, 'arguments'>, server: string): OperationRequest {
  const { method, path, contentType } = operation;
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const cookies: string[] = [];
  const body: Record<string, unknown> = {};
  let whole: unknown;
  let url = path;
  for (const [argument, value] of Object.entries(call.arguments)) {
    if (argument === operation.bodyArgument) {
      whole = value;
      continue;
    }
    const place = operation.arguments[argument];
    if (place === undefined) continue;
    const { name } = place;
    if (place.in === 'body') body[name] = value;
    else if (place.in === 'query') query.push(...queryPairs(value, place));
    else if (place.in === 'header') headers[name] = simple(value);
    else if (place.in === 'cookie') cookies.push(`${name}=${encodeURIComponent(simple(value))}`);
    else url = url.replaceAll(`{${name}}`, encodeURIComponent(simple(value)));
  }
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  const content = whole ?? (Object.keys(body).length > 0 ? body : undefined);
  const address = `${server.replace(/\/$/, '')}${url}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  if (content === undefined) return { method, url: address, headers };
  const type = contentType ?? 'application/json';
  headers['content-type'] = type;
  return { method, url: address, headers, body: type.includes('json') ? JSON.stringify(content) : formBody(content) };
}

/** Style `simple`: lists with commas. */
function simple(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  if (typeof value === 'object' && value !== null) return Object.entries(value).flat().map(String).join(',');
  return String(value);
}

function queryPairs(value: unknown, { name, style = 'form', explode = style === 'form' }: ArgumentPlace): string[] {
  const pair = (key: string, text: unknown) => `${encodeURIComponent(key)}=${encodeURIComponent(String(text))}`;
  if (Array.isArray(value)) {
    if (explode) return value.map((one) => pair(name, one));
    const separator = { spaceDelimited: '%20', pipeDelimited: '|' }[style] ?? ',';
    return [`${encodeURIComponent(name)}=${value.map((one) => encodeURIComponent(String(one))).join(separator)}`];
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (style === 'deepObject') return members.map(([key, member]) => pair(`${name}[${key}]`, member));
    if (explode) return members.map(([key, member]) => pair(key, member));
    return [pair(name, members.flat().map(String).join(','))];
  }
  return [pair(name, value)];
}

function formBody(content: unknown): string {
  const pairs = Object.entries(content as Record<string, unknown>).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [
      key,
      typeof one === 'object' ? JSON.stringify(one) : String(one),
    ]),
  );
  return new URLSearchParams(pairs).toString();
}
