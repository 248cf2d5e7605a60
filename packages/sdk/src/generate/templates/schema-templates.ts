import type { Random } from '../../random/index.js';
import type { JsonSchema, Tool } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { askingVerbs } from '../language/verbs.js';
import { withArticle, wordsOfName } from '../language/words-of-name.js';
import { describedExamples, findMeaning } from '../meaning/find-meaning.js';
import type { Meaning } from '../meaning/meanings.js';
import { resolve } from '../values/draw-value.js';
import type { Part, Phrase, RequestTemplate } from './template.js';

/** An argument, and what is known of it. */
export interface KnownArgument {
  name: string;
  schema: Exclude<JsonSchema, boolean>;
  meaning: Meaning | undefined;
  required: boolean;
  /** What it numbers: the ticket of `ticket_id`; undefined of what is no identifier. */
  identifies: string | undefined;
  /** Arguments that are not given beside it, as one of the two descriptions says ("only without degrees"). */
  excludes: readonly string[];
}

/** The arguments of a tool. */
export function knownArguments(tool: Tool): KnownArgument[] {
  const required = new Set((tool.parameters.required as string[] | undefined) ?? []);
  const properties = Object.entries((tool.parameters.properties ?? {}) as Record<string, JsonSchema>);
  return properties.map(([name, property]) => {
    const schema = resolve(property, tool.parameters);
    const meaning = findMeaning(name, schema, tool);
    const excludes = properties.flatMap(([other, otherProperty]) =>
      other !== name && (rulesOut(schema, other, otherProperty) || rulesOut(otherProperty, name, schema))
        ? [other]
        : [],
    );
    return { name, schema, meaning, required: required.has(name), identifies: identifiedNoun(name), excludes };
  });
}

/** True if a description says that it goes without another argument: by its name, or by what begins that one's description. */
function rulesOut(schema: JsonSchema, other: string, otherSchema: JsonSchema): boolean {
  const description = descriptionOf(schema);
  const [, without = ''] = /\b(?:without|instead of|unless|not with|when no)\b([^.;:]*)/i.exec(description) ?? [];
  if (without === '') return false;
  const [first = ''] = descriptionOf(otherSchema).split(/\s+/);
  const names = [wordsOfName(other).join(' '), first.toLowerCase()].filter((word) => word.length > 3);
  return names.some((word) => without.toLowerCase().includes(word));
}

const descriptionOf = (schema: JsonSchema) =>
  typeof schema === 'object' && typeof schema.description === 'string' ? schema.description : '';

function identifiedNoun(name: string): string | undefined {
  const words = wordsOfName(name);
  const last = words.at(-1);
  if (words.length < 2 || !['id', 'identifier', 'number', 'code', 'no', 'key', 'uuid'].includes(last!))
    return undefined;
  const noun = words.slice(0, -1).join(' ');
  return /^(phone|party size|telephone|mobile|fax|zip|postal|country|language|currency|house)$/.test(noun)
    ? undefined
    : noun;
}

/** Words after which a description tells more than what is done to what. */
const ends =
  /\b(?:such as|for example|e\.g\.|based on|given|using|when|which|that|by|with|for|from|of|on|at|in|into|to|as|now|via)\b|,|\(/;

/**
 * What a tool does, in the imperative: a verb and what it is done to, or one of several things. From its description if
 * that begins so, or else from its name.
 */
export function imperative(tool: Pick<Tool, 'name' | 'description'>): { verb: string; objects: string[] } {
  const first = /^[^.;:\n]*/.exec(tool.description ?? '')![0].trim();
  const [word = '', ...rest] = first.split(/\s+/);
  const object = rest.join(' ').split(ends)[0]!.trim();
  const fromName = wordsOfName(tool.name);
  // "Lock or unlock a door": which of the two is meant is for the arguments to say.
  if (object === '' || object.split(' ').length > 6 || /\b(and|or|where|how|the|an?)$|^(and|or)\b/i.test(object)) {
    return { verb: fromName[0] ?? 'use', objects: [fromName.slice(1).join(' ')] };
  }
  const verb = /[^s]s$/.test(word)
    ? word
        .replace(/(ch|sh|ss|x|z|o)es$/, '$1')
        .replace(/ies$/, 'y')
        .replace(/s$/, '')
    : word;
  const objects = object.split(/\s+or\s+/);
  return { verb: verb.toLowerCase(), objects };
}

/**
 * A request made of nothing but the schema: a verb and what it is done to, or a question, by what the names and
 * descriptions say. Phrases for the other arguments are added when it is composed.
 */
export function schemaTemplate(random: Random, tool: Tool, known: readonly KnownArgument[]): RequestTemplate {
  const { verb, objects: nouns } = imperative(tool);
  const object = choose(random, nouns);
  const objects = known.filter(({ meaning, identifies }) => meaning?.place === 'object' && identifies === undefined);
  const adjectives = known.filter(({ meaning }) => meaning?.place === 'adjective' && meaning.id !== 'owner');
  const asked = known.filter(({ meaning }) => meaning?.questions !== undefined);
  const template = (parts: Part[], end = '.'): RequestTemplate => ({
    tool: tool.name,
    head: { parts },
    phrases: [],
    fixed: {},
    end,
  });
  if (asked.length > 0 && chance(random, 0.5)) {
    const argument = choose(random, asked);
    const { begin, like } = choose(random, argument.meaning!.questions!);
    return template(
      [{ text: `${begin} ` }, { argument: argument.name, ...(like === '' ? {} : { instead: like }) }],
      '?',
    );
  }
  const bare = object.replace(/^(a|an|the|some|your|my)\s+/i, '');
  const numbered = known.find(({ identifies }) => identifies !== undefined && singular(bare).endsWith(identifies));
  if (numbered !== undefined && (numbered.required || chance(random, 0.6))) {
    const number = choose(random, ['', '', 'number ', 'no. ']);
    return template([
      { text: `${verb} ${choose(random, ['', '', 'the '])}${numbered.identifies} ${number}` },
      { argument: numbered.name },
    ]);
  }
  if (askingVerbs.has(verb) && bare !== '' && chance(random, 0.4)) {
    const words = bare.split(' ');
    const noun = words.length > 1 && chance(random, 0.4) ? choose(random, [words[0]!, words.at(-1)!]) : bare;
    const questions = /[^s]s$/.test(noun)
      ? [
          `what are the ${noun}`,
          `which ${noun} are there`,
          `do you have any ${noun}`,
          `I need the ${noun}`,
          noun,
          `could I see the ${noun}`,
        ]
      : [
          `what's the ${noun}`,
          `what is the ${noun}`,
          `how is the ${noun}`,
          `do you have ${withArticle(noun)}`,
          `I need the ${noun}`,
          noun,
          `what about the ${noun}`,
          `could I see the ${noun}`,
        ];
    const question = choose(random, questions);
    return template([{ text: question }], '?');
  }
  if (objects.length > 0 && chance(random, 0.75)) {
    const first = choose(random, objects);
    const parts: Part[] = [{ text: `${verb} ` }];
    const adjective = adjectives.length > 0 && chance(random, 0.4) ? choose(random, adjectives) : undefined;
    if (adjective !== undefined)
      parts.push({ text: choose(random, ['the ', 'some ', 'a ', '']) }, { argument: adjective.name }, { text: ' ' });
    else {
      const connector = choose(random, first.meaning!.connectors);
      if (connector !== '') parts.push({ text: `${connector} ` });
    }
    parts.push({ argument: first.name });
    // What kind of thing it is may follow: "the Lost River movie".
    const kind = objects.find(({ name }) => name !== first.name && /type|item|kind/.test(name));
    if (kind !== undefined && chance(random, 0.3)) parts.push({ text: ' ' }, { argument: kind.name });
    return template(parts);
  }
  if (adjectives.length > 0 && chance(random, 0.35)) {
    const noun = bare.split(' ').at(-1) ?? bare;
    return template([
      { text: `${verb} ${choose(random, ['a ', 'some ', 'the ', ''])}` },
      { argument: choose(random, adjectives).name },
      { text: ` ${noun}` },
    ]);
  }
  const undone = known.find(
    ({ name, schema }) => schema.type === 'boolean' && [`${verb}ed`, `${verb}d`].includes(name),
  );
  if (undone !== undefined) {
    // "lock", "unlock": the verb says it.
    const value = chance(random, 0.5);
    const named = namedObject(value ? verb : `un${verb}`, object, known) ?? [
      { text: `${value ? '' : 'un'}${verb} ${object}` },
    ];
    return { ...template(named), fixed: { [undone.name]: value } };
  }
  const switched = known.find(({ schema }) => isSwitch(schema));
  if (switched !== undefined && /^(turn|switch|set|put)$/.test(verb)) {
    const turn = { text: `${choose(random, ['turn', 'switch'])} ` };
    const state = { argument: switched.name };
    return template(
      chance(random, 0.5) ? [turn, state, { text: ` ${object}` }] : [turn, { text: `${object} ` }, state],
    );
  }
  const named = namedObject(verb, object, known);
  return template(named ?? [{ text: `${verb} ${object}`.trim() }]);
}

/** True of what is on or off. */
export function isSwitch({ enum: values }: Exclude<JsonSchema, boolean>): boolean {
  return Array.isArray(values) && values.length === 2 && values.includes('on') && values.includes('off');
}

/** "lock the {door} door", "add {items}": where an argument bears the object's name. */
function namedObject(verb: string, object: string, known: readonly KnownArgument[]): Part[] | undefined {
  const noun = object.split(' ').at(-1)!.toLowerCase();
  // "add a song", where one of the arguments may be "song".
  const kind = known.find(({ schema }) =>
    [...((schema.enum as string[] | undefined) ?? []), ...describedExamples(schema)].includes(noun),
  );
  if (kind !== undefined) return [{ text: `${verb} a ` }, { argument: kind.name }];
  const things = /^(things?|items?|something|elements?|entries)$/.test(noun);
  const argument = known.find(
    ({ name, schema }) =>
      singular(wordsOfName(name).join(' ')) === singular(noun) || (things && schema.type === 'array'),
  );
  if (argument === undefined || argument.schema.type === 'object' || argument.schema.type === 'boolean')
    return undefined;
  const { name, schema } = argument;
  if (!Array.isArray(schema.enum)) return [{ text: `${verb} ` }, { argument: name }];
  return [{ text: `${verb} the ` }, { argument: name }, { text: ` ${noun}` }];
}

const singular = (noun: string) => noun.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');

/** A phrase that says two arguments which belong together: "close to {poi}", "to {owner} {playlist} playlist". */
export function jointPhrase(
  random: Random,
  known: readonly KnownArgument[],
  argument: KnownArgument,
): Phrase | undefined {
  const of = (id: string) => known.find(({ meaning }) => meaning?.id === id);
  const { name, meaning } = argument;
  if (/^(place of interest|city)$/.test(meaning?.id ?? '')) {
    const relation = of('spatial relation');
    // Drawn as what can stand before a place.
    return relation && { parts: [{ argument: relation.name, instead: 'near' }, { text: ' ' }, { argument: name }] };
  }
  const owner = of('owner');
  if (meaning?.noun === undefined || owner === undefined) return undefined;
  const begin: Part[] = [{ text: `${meaning.connectors[0]!.split(' ')[0]} ` }, { argument: owner.name }];
  const named: Part[] = [{ text: ` ${meaning.noun} ` }, { argument: name }];
  const namedFirst: Part[] = [{ text: ' ' }, { argument: name }, { text: ` ${meaning.noun}` }];
  return { parts: [...begin, ...(chance(random, 0.5) ? named : namedFirst)] };
}

/** A phrase that says an argument, by its meaning; by its name where nothing is known of it. */
export function schemaPhrase(
  random: Random,
  { name, schema, meaning, identifies }: KnownArgument,
  connectors = meaning?.connectors,
): Phrase {
  const words = wordsOfName(name);
  // "until", "from": the name says what stands before.
  const numbered = identifies && [`for ${identifies}`, `${identifies} number`, `for ${identifies} number`, identifies];
  const own = numbered || (prepositionNames.has(words[0]!) ? [words[0]!] : connectors);
  const known = own === undefined || own.length === 0 ? unknownConnectors(words.join(' '), schema) : own;
  const connector = choose(random, known).replace('$name', words.join(' '));
  const parts: Part[] = connector === '' ? [{ argument: name }] : [{ text: `${connector} ` }, { argument: name }];
  const noun = meaning?.noun;
  if (noun !== undefined && !connector.includes(noun) && chance(random, 0.6)) parts.push({ text: ` ${noun}` });
  return { parts };
}

const prepositionNames = new Set([
  'until',
  'from',
  'before',
  'after',
  'since',
  'by',
  'to',
  'with',
  'without',
  'for',
  'near',
]);

function unknownConnectors(words: string, { type, enum: values }: Exclude<JsonSchema, boolean>): string[] {
  if (Array.isArray(values)) return ['', '', `with ${words}`, words];
  if (type === 'integer' || type === 'number') return [`with ${words}`, words, `with a ${words} of`];
  return [`with ${words}`, words, `with the ${words}`, `${words} is`];
}
