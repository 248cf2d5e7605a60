import type { Random } from '../../random/index.js';
import type { JsonSchema, Tool } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { askingVerbs } from '../language/verbs.js';
import { wordsOfName } from '../language/words-of-name.js';
import { describedExamples } from '../meaning/find-meaning.js';
import { isLimit, isPriority, isStatus, isSwitch, type KnownArgument } from './known-arguments.js';
import type { Part, Phrase, RequestTemplate } from './template.js';

/** Words after which a description tells more than what is done to what. */
const ends =
  /\b(?:such as|for example|e\.g\.|based on|given|using|when|which|that|by|with|for|from|of|on|at|in|into|to|as|now|via)\b|,|\(/;

/**
 * What a tool does, in the imperative: a verb and what it is done to, or one of several things. From its description if
 * that begins so, or else from its name.
 */
function imperative(tool: Pick<Tool, 'name' | 'description'>): { verb: string; objects: string[] } {
  const first = /^[^.;:\n]*/.exec(tool.description ?? '')![0].trim();
  const [word = '', ...rest] = first.split(/\s+/);
  const object = rest.join(' ').split(ends)[0]!.trim();
  const fromName = wordsOfName(tool.name);
  // "Lock or unlock a door": which of the two is meant is for the arguments to say.
  if (object === '' || object.split(' ').length > 6 || /\b(and|or|where|how|the|an?)$|^(and|or)\b/i.test(object)) {
    const noun = fromName.slice(1).join(' ');
    return { verb: fromName[0] ?? 'use', objects: [noun === '' || /[^s]s$/.test(noun) ? noun : `the ${noun}`] };
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
    const noun = numbered.identifies;
    const named = choose(random, [noun, noun, `${noun} number`, `${noun} no.`]);
    return template([{ text: `${verb} ${named} ` }, { argument: numbered.name }]);
  }
  if (askingVerbs.has(verb) && bare !== '' && chance(random, 0.35)) {
    const isMany = /[^s]s$/.test(bare);
    const begins = isMany
      ? ['what are', 'I need', 'could I see', 'can I see', 'I want to see', 'let me see']
      : ["what's", 'what is', 'I need', 'could I see', 'can I see'];
    const begin = choose(random, begins);
    const parts = [{ text: `${begin} ` }, ...nounParts(random, `the ${bare}`, known)];
    return { ...template(parts, /^[wc]/.test(begin) ? '?' : '.'), sentence: 'statement', isOpen: true };
  }
  if (objects.length > 0 && chance(random, 0.75)) {
    const first = choose(random, objects);
    const parts: Part[] = [{ text: `${verb} ` }];
    const adjective = adjectives.length > 0 && chance(random, 0.4) ? choose(random, adjectives) : undefined;
    const connector = choose(random, first.meaning!.connectors);
    if (adjective !== undefined)
      parts.push({ text: choose(random, ['the ', 'some ', 'a ', '']) }, { argument: adjective.name }, { text: ' ' });
    else if (making.test(verb)) {
      // What is made anew bears the name: "create an event called X".
      parts.push(...nounParts(random, object, known), { text: ` ${choose(random, ['called', 'named'])} ` });
    } else if (/^(called|titled|named)$/.test(connector)) {
      parts.push(...nounParts(random, object, known), { text: ` ${connector} ` });
    } else if (connector !== '') parts.push({ text: `${connector} ` });
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
  return template(named ?? [{ text: `${verb} ` }, ...nounParts(random, object, known)]);
}

/** Verbs after which there is something new. */
const making = /^(create|make|add|open|schedule|start|set|write|register|new|plan|draft)$/;

/** "the tickets", or what is wanted of them: "the first 7 open tickets", "a low priority ticket". */
function nounParts(random: Random, object: string, known: readonly KnownArgument[]): Part[] {
  const words = object.split(' ');
  const noun = words.pop() ?? '';
  const isMany = /[^s]s$/.test(noun);
  const before = words.join(' ');
  const parts: Part[] = before === '' ? [] : [{ text: `${before} ` }];
  const limit = known.find(isLimit);
  if (limit !== undefined && isMany && chance(random, 0.2)) {
    if (before !== '') parts.push({ text: 'first ' });
    parts.push({ argument: limit.name, except: /^(1|one)$/ }, { text: ' ' });
  }
  const status = known.find(isStatus);
  if (status !== undefined && chance(random, 0.4)) parts.push({ argument: status.name }, { text: ' ' });
  const priority = known.find(isPriority);
  if (priority !== undefined && chance(random, 0.35)) {
    parts.push({ argument: priority.name }, { text: ' priority ' });
  }
  return [...parts, { text: noun }];
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
export function schemaPhrase(random: Random, known: KnownArgument, connectors = known.meaning?.connectors): Phrase {
  const { name, schema, meaning, identifies } = known;
  const words = wordsOfName(name);
  if (isLimit(known))
    return {
      parts: [{ text: choose(random, [', at most ', ', no more than ']) }, { argument: name, except: /^(1|one)$/ }],
    };
  if (isPriority(known)) return { parts: [{ text: 'with ' }, { argument: name }, { text: ' priority' }] };
  if (isStatus(known)) {
    return { parts: [{ text: choose(random, ['with status ', 'with the status ']) }, { argument: name }] };
  }
  // "until", "from": the name says what stands before.
  const numbered = identifies && [`for ${identifies}`, `for ${identifies} number`];
  const own = numbered || (prepositionNames.has(words[0]!) ? [words[0]!] : connectors);
  const usual = own === undefined || own.length === 0 ? unknownConnectors(words.join(' '), schema) : own;
  const connector = choose(random, usual).replace('$name', words.join(' '));
  const parts: Part[] = connector === '' ? [{ argument: name }] : [{ text: `${connector} ` }, { argument: name }];
  const noun = meaning?.noun;
  if (noun !== undefined && !connector.includes(noun) && (chance(random, 0.6) || Array.isArray(schema.enum)))
    parts.push({ text: ` ${noun}` });
  return { parts };
}

/** Where a phrase stands among others: what it is about before whom it is for, then when, and why at the end. */
export function rankOf({ meaning, schema, identifies, ...named }: KnownArgument): number {
  const id = meaning?.id ?? '';
  if (/^(subject|title|song|product|name)/.test(id)) return 0;
  if (identifies !== undefined) return 1;
  if (/^(person|owner|artist|company)/.test(id)) return 2;
  if (/^(email|phone|address)$/.test(id)) return 3;
  if (isLimit({ ...named, schema })) return 9;
  if (/^(city|state|country|location|place of interest|room|list|playlist)/.test(id)) return 5;
  if (schema.format === 'date' || id === 'date') return 7;
  if (id === 'time' || id === 'clock' || schema.format === 'time' || typeof schema.pattern === 'string') return 8;
  if (/^(problem|message)$/.test(id)) return 10;
  return Array.isArray(schema.enum) ? 6 : 4;
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

function unknownConnectors(words: string, { type }: Exclude<JsonSchema, boolean>): string[] {
  if (type === 'integer' || type === 'number') return [`with ${words}`, `with a ${words} of`];
  return [`with ${words}`, `with the ${words}`];
}
