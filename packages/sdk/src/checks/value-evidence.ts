import { canonicalJson } from '../json/index.js';
import type { JsonSchema, JsonValue } from '../toolset/index.js';
import { numberOfWord } from './said-numbers.js';
import { fold, SaidText, stemOf, wordsOf } from './said-text.js';
import { isSaidTime } from './said-times.js';

/** How a value is in what was said: as it is written, but for case, by other words, or not at all. */
export type ValueEvidence = 'span' | 'span-ignoring-case' | 'derived' | 'none';

const empty = new Set(
  'a an and are as at be by for from in is it its my me of on or our that the this to with your please'.split(' '),
);
const affirmative = /\b(yes|yeah|sure|on|enable|enabled|with|include|including|only|all|do|make|turn|always|true)\b/;
const negative = /\b(no|not|off|without|disable|disabled|don't|dont|doesn't|never|exclude|except|un\w+|stop|false)\b/;
/** Of a value of this many words it is enough that half of them were said: it is worded anew. */
const manyWords = 4;

/**
 * How a value without parts (no array, no object) is in what was said. Derived are number words, dates, codes and names of
 * currencies, languages and countries, initials, spoken addresses, words in another order or with another ending, and what the
 * schema gives: default, bounds for "full", values that its description names. The rules for words are those of English.
 * @param name the argument's, whose words speak for a boolean
 */
export function valueEvidence(
  value: Exclude<JsonValue, JsonValue[] | object>,
  said: SaidText,
  { name, schema }: { name: string; schema?: JsonSchema | undefined },
): ValueEvidence {
  const evidence = saidEvidence(value, said, name, schema);
  return evidence === 'none' && isGiven(value, schema) ? 'derived' : evidence;
}

function saidEvidence(
  value: Exclude<JsonValue, JsonValue[] | object>,
  said: SaidText,
  name: string,
  schema: JsonSchema | undefined,
): ValueEvidence {
  switch (typeof value) {
    case 'boolean':
      return isSaidBoolean(value, name, said) ? 'derived' : 'none';
    case 'number':
      if (said.hasSpan(String(value))) return 'span';
      return said.hasNumber(value) || isBound(value, schema, said) ? 'derived' : 'none';
    case 'string':
      if (value.trim() === '') return 'derived';
      if (said.hasSpan(value)) return 'span';
      if (said.hasSpanIgnoringCase(value)) return 'span-ignoring-case';
      return isDerived(value, said) ? 'derived' : 'none';
    default:
      return 'derived';
  }
}

/** What the schema itself gives: a constant, the default, or a value that its description names (`dim is 20`). */
function isGiven(value: JsonValue, schema: JsonSchema | undefined): boolean {
  if (typeof schema !== 'object') return false;
  const key = canonicalJson(value);
  if (['const', 'default'].some((keyword) => keyword in schema && canonicalJson(schema[keyword]) === key)) return true;
  if (typeof value === 'boolean' || typeof schema.description !== 'string') return false;
  return new SaidText([schema.description]).hasSpanIgnoringCase(String(value));
}

const most = /\b(max|maximum|full|fully|highest|most|hundred percent|all the way up|top)\b/;
const least = /\b(min|minimum|lowest|least|zero|all the way down)\b/;

/** "Full brightness", where the schema says how much that is. */
function isBound(value: number, schema: JsonSchema | undefined, said: SaidText): boolean {
  if (typeof schema !== 'object') return false;
  const text = said.folded.join('\n');
  return (value === schema.maximum && most.test(text)) || (value === schema.minimum && least.test(text));
}

function isSaidBoolean(value: boolean, name: string, said: SaidText): boolean {
  if (identifierWords(name).some((word) => said.stems.has(stemOf(word)))) return true;
  const text = said.folded.join('\n');
  return value ? affirmative.test(text) || !negative.test(text) : negative.test(text);
}

function isDerived(value: string, said: SaidText): boolean {
  const time = isSaidTime(value, said);
  if (time !== undefined) return time;
  const all = identifierWords(value);
  const content = all.filter((word) => !empty.has(word));
  const words = content.length > 0 ? content : all;
  const found = words.filter((word) => isSaidWord(word, said)).length;
  if (words.length > 0 && (found === words.length || (words.length >= manyWords && found >= words.length / 2)))
    return true;
  if (said.hasCompact(value)) return true;
  if (/[@.]/.test(value) && !/\s/.test(value) && said.hasSpokenAddress(value)) return true;
  if (/^[+-]?\d+(\.\d+)?$/.test(value) && said.hasNumber(Number(value))) return true;
  return isCodeFor(value, said) || areInitials(value, said);
}

/** The words of a text, of `snake_case` and of `camelCase`. */
function identifierWords(value: string): string[] {
  return wordsOf(fold(value.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2').replaceAll('_', ' ')));
}

function isSaidWord(word: string, said: SaidText): boolean {
  const stem = stemOf(word);
  if (said.stems.has(stem)) return true;
  const number = numberOfWord(word);
  return number === undefined ? said.hasNearWord(stem) : said.hasNumber(number);
}

/** `EUR`, `de`, `FR`, `fr-CA` for words that name the currency, the language or the country. */
function isCodeFor(value: string, said: SaidText): boolean {
  const names = [
    ...(/^[A-Z]{3}$/.test(value) ? [displayName('currency', value)] : []),
    ...(/^[a-z]{2,3}(-[A-Z]{2})?$/.test(value)
      ? [displayName('language', value), displayName('language', value.slice(0, 2))]
      : []),
    ...(/^[A-Z]{2}$/.test(value) ? [displayName('region', value)] : []),
  ];
  return names.some((name) => {
    const words = wordsOf(fold(name ?? '')).filter((word) => !empty.has(word));
    return words.some((word) => said.stems.has(stemOf(word)));
  });
}

const displayNames = new Map<string, Intl.DisplayNames>();

function displayName(type: 'currency' | 'language' | 'region', code: string): string | undefined {
  const names = displayNames.get(type) ?? new Intl.DisplayNames('en', { type, fallback: 'none' });
  displayNames.set(type, names);
  try {
    return names.of(code);
  } catch {
    return undefined;
  }
}

/** `NYC` for new york city. */
function areInitials(value: string, said: SaidText): boolean {
  if (!/^\p{Lu}{2,5}$/u.test(value)) return false;
  const wanted = value.toLowerCase();
  return said.words.some((_, start) => {
    const initials = said.words.slice(start, start + wanted.length).map((word) => word[0]);
    return initials.join('') === wanted;
  });
}
