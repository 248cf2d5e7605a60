import type { Random } from '../../random/index.js';
import { choose } from '../choose.js';
import type { KnownArgument } from '../templates/known-arguments.js';
import { wordsOfName } from './words-of-name.js';

/** What people call an argument where its name is no word of theirs. */
const usualNouns: readonly (readonly [RegExp, string])[] = [
  [/^(song|film title|title|name|album)$/, 'title'],
  [/^(subject)$/, 'subject'],
  [/^(kind of|music item|series type|restaurant type)/, 'kind'],
  [/^email$/, 'email address'],
  [/^phone$/, 'phone number'],
  [/^(place of interest|location|own place)$/, 'place'],
  [/^duration$/, 'duration'],
];

const inner = /^(entity|object|item|thing|value|data|field|target|input|arg|param)$/;

/** The noun that an argument is spoken of by: "the order number", "the title". */
export function nounOf({ name, meaning, identifies }: Pick<KnownArgument, 'name' | 'meaning' | 'identifies'>): string {
  if (identifies !== undefined) return `${identifies} number`;
  const usual = usualNouns.find(([pattern]) => meaning !== undefined && pattern.test(meaning.id))?.[1];
  if (usual !== undefined) return usual;
  const words = wordsOfName(name);
  const own = words.filter((word) => !inner.test(word));
  return (own.length === 0 ? words : own).join(' ');
}

/** How an argument that was not said is asked for. */
export function askFor(random: Random, argument: KnownArgument): string {
  const { schema, meaning } = argument;
  const noun = nounOf(argument);
  const isMany = schema.type === 'array';
  const values = Array.isArray(schema.enum) ? schema.enum.filter((value) => typeof value === 'string') : [];
  if (values.length === 2) {
    const [first, second] = values.map((value) => wordsOfName(value).join(' '));
    return choose(random, [`${first!.replace(/^./, (letter) => letter.toUpperCase())} or ${second}?`]);
  }
  if (isMany) return choose(random, [`Which ${noun}?`, `What are the ${noun}?`, `Please tell me the ${noun}.`]);
  if (meaning?.id === 'time' || meaning?.id === 'clock') {
    return choose(random, ['At what time?', 'What time?', 'For what time?', 'Please tell me the time.']);
  }
  if (meaning?.id === 'date' || schema.format === 'date') {
    return choose(random, ['On which day?', 'For which date?', 'What date?', 'Please tell me the date.']);
  }
  if (/^(room|list|playlist|city|country|language|door)$/.test(meaning?.id ?? noun)) {
    return choose(random, [`Which ${noun}?`, `Which ${noun} do you mean?`, `Please tell me which ${noun}.`]);
  }
  if (/^(person|person by name)$/.test(meaning?.id ?? ''))
    return choose(random, [`Which ${noun}?`, `Who is the ${noun}?`]);
  if (meaning?.id === 'message') return choose(random, ['What should it say?', `What is the ${noun}?`]);
  return choose(random, [`What is the ${noun}?`, `Please tell me the ${noun}.`, `Could you tell me the ${noun}?`]);
}
