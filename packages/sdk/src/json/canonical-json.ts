import { TooltuneError } from '../errors/index.js';
import { escapePointer } from '../schemas/index.js';

/**
 * JSON text that is the same for equal values: property names sorted by UTF-16 code units, no white space, numbers and
 * strings as ECMAScript writes them (RFC 8785). Properties that are undefined are left out, as JSON.stringify does.
 * @throws TooltuneError `json/not-canonical` for what JSON cannot hold: NaN, infinities, lone surrogates, functions.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '');
}

function write(value: unknown, pointer: string): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, pointer);
    case 'number':
      if (!Number.isFinite(value)) return refuse(String(value), pointer);
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item, index) => write(item, `${pointer}/${index}`)).join(',')}]`;
      const object = value as Record<string, unknown>;
      const members = Object.keys(object)
        .filter((name) => object[name] !== undefined)
        .sort()
        .map((name) => {
          const inside = `${pointer}/${escapePointer(name)}`;
          return `${writeString(name, inside)}:${write(object[name], inside)}`;
        });
      return `{${members.join(',')}}`;
    }
    default:
      return refuse(typeof value, pointer);
  }
}

function writeString(text: string, pointer: string): string {
  if (/\p{Surrogate}/u.test(text)) return refuse('a string with half a surrogate pair', pointer);
  return JSON.stringify(text);
}

function refuse(what: string, pointer: string): never {
  throw new TooltuneError('json/not-canonical', `JSON has no canonical form of ${what}`, {
    location: { file: 'value', pointer },
  });
}
