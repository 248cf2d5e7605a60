import type { Expectation } from '../../dataset/index.js';
import { TooltuneError } from '../../errors/index.js';
import type { Random } from '../../random/index.js';
import type { StyleFile } from '../../schemas/index.js';
import type { JsonValue } from '../../toolset/index.js';
import { choose } from '../choose.js';

/** What an answer is made of. */
export interface AnswerParts {
  question: string;
  /** The sentence that answers, as it stands in the passage. */
  answer: string;
  title: string;
  text: string;
  /** What the passage is cited by; empty for an answer that is from none. */
  source: string;
}

/** Writes answers in a style; each is still to be held to its rule. */
export function createAnswerWriter({
  format,
  voice,
  citations,
}: StyleFile): (random: Random, parts: AnswerParts) => string {
  const template = format?.answer as JsonValue | undefined;
  if (format?.jsonSchema !== undefined && template === undefined) {
    const message = 'format.jsonSchema needs format.answer: a JSON value with places such as "{answer}" and "{title}"';
    throw new TooltuneError('generate/bad-style', message);
  }
  return (random, parts) => {
    const opening = voice?.openings === undefined ? '' : choose(random, voice.openings);
    const closing = voice?.closings === undefined ? '' : choose(random, voice.closings);
    const cited =
      citations === undefined || parts.source === '' ? parts.answer : withCitation(parts.answer, parts.source);
    const places: Record<string, string> = { ...parts, answer: cited, opening, closing };
    const fill = (text: string) => {
      return text.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(places, name) ? places[name]! : place));
    };
    if (template === undefined) return [opening, cited, closing].filter((part) => part !== '').join(' ');
    if (typeof template === 'string') return fill(template).trim();
    return JSON.stringify(fillJson(template, fill));
  };
}

/** "Refunds take 14 days [2]." */
function withCitation(answer: string, source: string): string {
  const [, words, end] = /^(.*?)([.!?]*)$/s.exec(answer)!;
  return `${words} [${source}]${end}`;
}

function fillJson(value: JsonValue, fill: (text: string) => string): JsonValue {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => fillJson(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, fillJson(inside, fill)]));
}

/**
 * The rule that an answer in the style keeps; what rows hold as `expect`.
 * @param source what it cites; undefined for none
 */
export function ruleOf({ format, voice, citations }: StyleFile, source: string | undefined): Expectation {
  const { pattern, flags, jsonSchema } = format ?? {};
  const given: Expectation = {
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
    ...(source === undefined ? {} : { citations: [source] }),
  };
  const begin = alternatives(voice?.openings);
  const end = alternatives(voice?.closings);
  // A form of one's own decides where the phrases of the voice stand.
  const spoken =
    format?.answer === undefined && (begin !== undefined || end !== undefined)
      ? `^${begin ?? ''}[\\s\\S]*${end ?? ''}$`
      : undefined;
  const both =
    spoken === undefined ? pattern : pattern === undefined ? spoken : `(?=${spoken})[\\s\\S]*?(?:${pattern})`;
  const unwanted = [
    ...(format?.notPattern === undefined ? [] : [`(?:${format.notPattern})`]),
    ...(voice?.avoid === undefined
      ? []
      : [`(?<![\\p{L}\\p{N}])(?:${voice.avoid.map(anyCase).join('|')})(?![\\p{L}\\p{N}])`]),
    // An answer that is from no passage names none.
    ...(citations !== undefined && source === undefined ? ['\\[\\d+\\](?!\\()'] : []),
  ];
  const neither = unwanted.length === 0 ? undefined : unwanted.join('|');
  return {
    ...given,
    ...(both === undefined ? {} : { pattern: both }),
    ...(neither === undefined ? {} : { notPattern: neither }),
    ...(flags === undefined || (both === undefined && neither === undefined) ? {} : { flags }),
  };
}

function alternatives(phrases: readonly string[] | undefined): string | undefined {
  return phrases === undefined ? undefined : `(?:${phrases.map(escapePattern).join('|')})`;
}

const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Matches a phrase in either case, whatever the flags. */
const anyCase = (text: string) =>
  [...text]
    .map((letter) => {
      const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
      return lower === upper || [...lower].length > 1 || [...upper].length > 1
        ? escapePattern(letter)
        : `[${lower}${upper}]`;
    })
    .join('');
