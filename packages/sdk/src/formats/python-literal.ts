import { type ParsedJson, parseJson } from '../json/index.js';
import type { JsonValue } from '../toolset/index.js';

const space = /[\s]*/y;
const number = /[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const word = /[A-Za-z]+/y;
const words: Record<string, JsonValue> = { True: true, False: false, None: null, true: true, false: false, null: null };
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0' };
const deepest = 256;

/** JSON, or what Python prints of a value that is as good as JSON: several published data sets hold `{'name': …}`. */
export function parseJsonOrPython(text: string): ParsedJson {
  const json = parseJson(text);
  if (json.problem === undefined) return json;
  const value = parsePythonLiteral(text);
  return value === undefined ? json : { value };
}

/** A literal of Python (str, int, float, bool, None, list, tuple, dict) as JSON; undefined for anything else. */
export function parsePythonLiteral(text: string): JsonValue | undefined {
  let offset = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = offset;
    const found = pattern.exec(text)?.[0] ?? '';
    offset += found.length;
    return found;
  };
  const takeCharacter = (character: string): boolean => {
    take(space);
    if (text[offset] !== character) return false;
    offset++;
    return true;
  };

  /** Throws a RangeError where there is no value. */
  const value = (depth: number): JsonValue => {
    if (depth > deepest) throw new RangeError('too deep');
    take(space);
    const first = text[offset] ?? '';
    if (first === '"' || first === "'") return string();
    if (takeCharacter('[')) return items(']', depth);
    if (takeCharacter('(')) return items(')', depth);
    if (takeCharacter('{')) return members(depth);
    const written = take(number);
    if (written !== '') {
      const read = Number(written.replaceAll('_', ''));
      if (Number.isFinite(read)) return read;
    }
    const name = take(word);
    if (Object.hasOwn(words, name)) return words[name]!;
    throw new RangeError('no value');
  };
  const items = (end: string, depth: number): JsonValue[] => {
    const list: JsonValue[] = [];
    while (!takeCharacter(end)) {
      list.push(value(depth + 1));
      if (takeCharacter(',')) continue;
      if (takeCharacter(end)) break;
      throw new RangeError('no end');
    }
    return list;
  };
  const members = (depth: number): JsonValue => {
    const entries: [string, JsonValue][] = [];
    while (!takeCharacter('}')) {
      const name = value(depth + 1);
      if (typeof name !== 'string' || !takeCharacter(':')) throw new RangeError('no name');
      entries.push([name, value(depth + 1)]);
      if (takeCharacter(',')) continue;
      if (takeCharacter('}')) break;
      throw new RangeError('no end');
    }
    return Object.fromEntries(entries);
  };
  const string = (): string => {
    const quote = text[offset++];
    let read = '';
    for (;;) {
      const character = text[offset++];
      if (character === undefined || character === '\n') throw new RangeError('no end');
      if (character === quote) return read;
      read += character === '\\' ? escapedCharacter() : character;
    }
  };
  const escapedCharacter = (): string => {
    const character = text[offset++] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[character];
    if (digits === undefined) return escapes[character] ?? (/[\\'"]/.test(character) ? character : `\\${character}`);
    const code = text.slice(offset, offset + digits);
    if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(code)) throw new RangeError('no character');
    offset += digits;
    return String.fromCodePoint(Number.parseInt(code, 16));
  };

  try {
    const read = value(0);
    take(space);
    return offset === text.length ? read : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
