import type { ExpressionArena } from '../grammar/expression-arena.js';
import { DATE, FORMAT_PATTERNS } from './format-patterns.js';
import { isIdnHostname } from './idn-hostname.js';
import { regularBody } from './pattern-body.js';
import { parsePattern, type RegularExpression } from './regular-expression.js';
import { isTimeOfDay, timeOfDayBody } from './time-of-day.js';

/** A format that JSON Schema defines. */
interface Format {
  /** String bodies of the format; absent where these are no regular language. */
  body?(arena: ExpressionArena): number;
  isValid(text: string): boolean;
}

/** A format that a pattern describes; it is parsed when first needed. */
function patternFormat(pattern: string): Required<Format> {
  let native: RegExp | undefined;
  let parsed: RegularExpression | undefined;
  const source = `^(?:${pattern})$`;
  return {
    body: (arena) => regularBody(arena, (parsed ??= parsePattern(source))),
    isValid: (text) => (native ??= new RegExp(source, 'u')).test(text),
  };
}

const date = patternFormat(DATE);

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...Array.from(FORMAT_PATTERNS, ([name, pattern]) => [name, patternFormat(pattern)] as const),
  ['time', { body: timeOfDayBody, isValid: isTimeOfDay }],
  [
    'date-time',
    {
      body: (arena) => arena.sequence(date.body(arena), arena.bytes(0x54, 0x54, 0x74, 0x74), timeOfDayBody(arena)),
      isValid: (text) =>
        /^[Tt]$/.test(text.charAt(10)) && date.isValid(text.slice(0, 10)) && isTimeOfDay(text.slice(11)),
    },
  ],
  // How long a label is in Punycode no pattern can tell.
  ['idn-hostname', { isValid: isIdnHostname }],
  ['regex', { isValid: isRegularExpression }],
]);

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Whether a format of this name is checked. Others say nothing about values. */
export function isKnownFormat(format: string): boolean {
  return FORMATS.has(format);
}

/**
 * String bodies (what stands between the quotes of a JSON string, written as JSON.stringify does) of a format: exactly
 * those that isFormatValid takes. Undefined for formats that only isFormatValid knows, and for unknown ones.
 */
export function formatBody(arena: ExpressionArena, format: string): number | undefined {
  return FORMATS.get(format)?.body?.(arena);
}

/** Whether a text is of a format; undefined where the format is not known. */
export function isFormatValid(format: string, text: string): boolean | undefined {
  return FORMATS.get(format)?.isValid(text);
}
