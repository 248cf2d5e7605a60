import type { JsonValue } from '../toolset/index.js';

/** Where a text stops being JSON. Line and column count from 1; a column is a UTF-16 code unit. */
export interface JsonSyntaxProblem {
  line: number;
  column: number;
  message: string;
}

/** A value, or why there is none. */
export type ParsedJson = { value: JsonValue; problem?: never } | { value?: never; problem: JsonSyntaxProblem };

/** Deeper nesting is refused: no tool needs it, and what visits a value recursively would run out of stack. */
const maximumDepth = 256;

/**
 * Parses JSON (RFC 8259) that is nested at most 256 deep; a byte order mark is skipped. Never throws: says where the text
 * stops being JSON.
 */
export function parseJson(text: string): ParsedJson {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let value: JsonValue;
  try {
    value = JSON.parse(source) as JsonValue;
  } catch {
    return { problem: locate(source) };
  }
  const tooDeep = offsetBeyondDepth(source);
  if (tooDeep === undefined) return { value };
  return { problem: { ...placeOf(source, tooDeep), message: `nested more than ${maximumDepth} deep` } };
}

/** Where valid JSON opens one array or object too many inside of each other. */
function offsetBeyondDepth(source: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let offset = 0; offset < source.length; offset++) {
    const character = source[offset];
    if (inString) {
      if (character === '\\') offset++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > maximumDepth) return offset;
    } else if (character === ']' || character === '}') depth--;
  }
  return undefined;
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** JSON.parse's messages differ from engine to engine, and not all of them tell the place: scan for it. */
function locate(source: string): JsonSyntaxProblem {
  const { offset, expected } = scan(source);
  const found =
    offset >= source.length ? 'the end of the text' : JSON.stringify(String.fromCodePoint(source.codePointAt(offset)!));
  return { ...placeOf(source, offset), message: `not JSON: expected ${expected}, found ${found}` };
}

const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what RFC 8259 section 7 says may stand in a string
const stringBody = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

type Expectation = 'value' | 'first value or ]' | 'first name or }' | 'name' | 'colon' | 'comma or end';

const expectations: Record<Exclude<Expectation, 'comma or end'>, string> = {
  value: 'a value',
  'first value or ]': 'a value or "]"',
  'first name or }': 'a property name in double quotes or "}"',
  name: 'a property name in double quotes',
  colon: '":"',
};

/** The first place where a text that is not JSON goes wrong, and what could have stood there. */
function scan(source: string): { offset: number; expected: string } {
  const open: ('[' | '{')[] = [];
  let expectation: Expectation = 'value';
  let offset = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    if (!pattern.test(source)) return false;
    offset = pattern.lastIndex;
    return true;
  };
  const takeString = (): boolean => {
    if (!take(stringBody) || source[offset] !== '"') return false;
    offset++;
    return true;
  };

  for (;;) {
    take(space);
    const character = source[offset];
    switch (expectation) {
      case 'first value or ]':
      case 'value':
        if (character === '[' || character === '{') {
          open.push(character);
          offset++;
          expectation = character === '[' ? 'first value or ]' : 'first name or }';
        } else if (character === ']' && expectation === 'first value or ]') {
          open.pop();
          offset++;
          expectation = 'comma or end';
        } else if (character === '"') {
          if (!takeString()) return { offset, expected: 'a string that is closed, without raw control characters' };
          expectation = 'comma or end';
        } else if (take(literal)) expectation = 'comma or end';
        else return { offset, expected: expectations[expectation] };
        break;
      case 'first name or }':
      case 'name':
        if (character === '}' && expectation === 'first name or }') {
          open.pop();
          offset++;
          expectation = 'comma or end';
        } else if (character === '"') {
          if (!takeString()) return { offset, expected: 'a string that is closed, without raw control characters' };
          expectation = 'colon';
        } else return { offset, expected: expectations[expectation] };
        break;
      case 'colon':
        if (character !== ':') return { offset, expected: expectations.colon };
        offset++;
        expectation = 'value';
        break;
      case 'comma or end': {
        const container = open.at(-1);
        if (container === undefined) return { offset, expected: 'the end of the text' };
        const end = container === '[' ? ']' : '}';
        if (character === end) open.pop();
        else if (character === ',') expectation = container === '[' ? 'value' : 'name';
        else return { offset, expected: `"," or "${end}"` };
        offset++;
        break;
      }
    }
  }
}
