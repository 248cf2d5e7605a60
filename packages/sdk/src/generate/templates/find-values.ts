import type { JsonObject, JsonValue } from '../../toolset/index.js';
import { numberWords } from '../language/number-words.js';
import { wordsOfName } from '../language/words-of-name.js';

/** Where a value stands in a text. */
export interface ValuePlace {
  argument: string;
  start: number;
  end: number;
}

/**
 * Finds where a text says the values of a call, whole words only, each place for one argument; the longest values first,
 * so that "New York" is not taken for "York". `missing`: arguments that the text does not say in so many words.
 */
export function findValues(text: string, values: JsonObject): { places: ValuePlace[]; missing: string[] } {
  const lower = text.toLowerCase();
  const places: ValuePlace[] = [];
  const missing: string[] = [];
  const wanted = Object.entries(values).map(([argument, value]) => ({ argument, forms: formsOf(value) }));
  wanted.sort((one, other) => longest(other.forms) - longest(one.forms));
  for (const { argument, forms } of wanted) {
    const place = forms
      .flatMap((form) => occurrences(lower, form.toLowerCase()))
      .find(({ start, end }) => places.every((other) => end <= other.start || start >= other.end));
    if (place === undefined) missing.push(argument);
    else places.push({ argument, ...place });
  }
  return { places: places.sort((one, other) => one.start - other.start), missing };
}

/** The ways in which a value may be said. */
function formsOf(value: JsonValue): string[] {
  if (typeof value === 'string')
    return [...new Set([value, wordsOfName(value).join(' ')])].filter((form) => form.trim() !== '');
  if (typeof value !== 'number') return [];
  const words = numberWords(value);
  return words === undefined ? [String(value)] : [String(value), words];
}

const longest = (forms: readonly string[]) => Math.max(0, ...forms.map((form) => form.length));

function occurrences(text: string, form: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
    const end = start + form.length;
    if (!joins(text[start - 1], text[start]) && !joins(text[end - 1], text[end])) found.push({ start, end });
  }
  return found;
}

const isWordPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);
const joins = (before: string | undefined, after: string | undefined) => isWordPart(before) && isWordPart(after);
