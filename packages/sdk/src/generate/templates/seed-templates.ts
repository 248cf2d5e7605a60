import type { JsonObject } from '../../toolset/index.js';
import { findValues } from './find-values.js';
import { argumentsOf, type Part, type Phrase, type RequestTemplate } from './template.js';

/** A request and the one call that answers it. */
export interface SeedCall {
  request: string;
  tool: string;
  arguments: JsonObject;
}

/** The values of a seed as its request says them. */
export interface SeedValue {
  argument: string;
  said: string;
  /** The word before it, in lower case; empty where there is none. */
  before: string;
}

const prepositions = new Set(
  'in at on for by from with near around to of into onto using through called titled named about during until since before after off under over between within without as per via regarding serving having'.split(
    ' ',
  ),
);

/** Adverbs that a preposition follows. */
const leading = new Set(['out', 'close', 'next', 'far', 'ahead', 'instead', 'along', 'together']);

/** Verbs that are one with the preposition after them: "listen to". */
const verbsWithParticle = new Set(
  'listen listening look looking search searching ask asking wait waiting turn switch put set pick log sign check hang'.split(
    ' ',
  ),
);

/** Verbs that "to" may come before: it is no preposition there. */
const infinitives = new Set(
  'hear listen watch see know eat drink have be go get find book reserve make play add put rate give send buy order show look search check visit read write create set turn stay dine take use do call tell ask meet travel fly rent sell pay move change cancel open close start stop hold'.split(
    ' ',
  ),
);

/** Takes a request apart at its values and prepositions: "book a table | for {party} | at {name} | in {city}, {state}". */
export function seedTemplate({ request, tool, arguments: values }: SeedCall): {
  template: RequestTemplate;
  said: SeedValue[];
} {
  const text = request.trim();
  const { places, missing } = findValues(text, values);
  // "seven a.m." ends with a value, not with a full stop.
  const lastValue = Math.max(0, ...places.map((place) => place.end));
  const end = /[?.!]+$/.exec(text.slice(lastValue))?.[0] ?? '';
  const body = text.slice(0, text.length - end.length);
  const tokens: Part[] = [];
  const said: SeedValue[] = [];
  let at = 0;
  const words = (text: string) => {
    for (const word of text.match(/\s*[^\s]+|\s+$/g) ?? []) tokens.push({ text: word });
  };
  for (const { argument, start, end } of places) {
    words(body.slice(at, start));
    tokens.push({ argument, instead: body.slice(start, end) });
    const before = /(\p{L}+)\s*$/u.exec(body.slice(0, start))?.[1] ?? '';
    said.push({ argument, said: body.slice(start, end), before: before.toLowerCase() });
    at = end;
  }
  words(body.slice(at));
  const phrases: Part[][] = [[]];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const word = 'text' in token ? token.text.trim().toLowerCase() : '';
    const isInfinitive =
      word === 'to' && next !== undefined && 'text' in next && infinitives.has(next.text.trim().toLowerCase());
    const isPreposition = prepositions.has(word) && !isInfinitive;
    const before = tokens[index - 1];
    const wordBefore = before !== undefined && 'text' in before ? before.text.trim().toLowerCase() : '';
    if (isPreposition && index > 0 && !verbsWithParticle.has(wordBefore) && leadsToValue(tokens, index)) {
      const present = phrases.at(-1)!;
      // "out of", "close to": the first of them goes with the second.
      const led = leading.has(wordBefore) && present.length > 1 ? [present.pop()!] : [];
      phrases.push(led);
    }
    phrases.at(-1)!.push(token);
  }
  const [head, ...others] = phrases.map((parts): Phrase => ({ parts: joinWords(parts) }));
  const fixed = Object.fromEntries(missing.map((argument) => [argument, values[argument]!]));
  return {
    template: {
      tool,
      head: head!,
      phrases: others.filter((phrase) => argumentsOf(phrase).length > 0),
      fixed,
      end: end === '' ? '' : end[0]!,
    },
    said,
  };
}

/** True if a value comes before the next preposition. */
function leadsToValue(tokens: readonly Part[], preposition: number): boolean {
  for (const token of tokens.slice(preposition + 1)) {
    if ('argument' in token) return true;
    if (prepositions.has(token.text.trim().toLowerCase())) return false;
  }
  return false;
}

function joinWords(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if ('text' in part && last !== undefined && 'text' in last)
      joined[joined.length - 1] = { text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}
