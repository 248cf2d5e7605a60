import type { Random } from '../../random/index.js';
import type { JsonSchema, Tool } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { askingVerbs } from '../language/verbs.js';
import { withArticle, wordsOfName } from '../language/words-of-name.js';
import { findMeaning } from '../meaning/find-meaning.js';
import type { Meaning } from '../meaning/meanings.js';
import { resolve } from '../values/draw-value.js';
import type { Part, Phrase, RequestTemplate } from './template.js';

/** An argument, and what is known of it. */
export interface KnownArgument {
  name: string;
  schema: Exclude<JsonSchema, boolean>;
  meaning: Meaning | undefined;
  required: boolean;
}

/** The arguments of a tool. */
export function knownArguments(tool: Tool): KnownArgument[] {
  const required = new Set((tool.parameters.required as string[] | undefined) ?? []);
  const properties = Object.entries((tool.parameters.properties ?? {}) as Record<string, JsonSchema>);
  return properties.map(([name, property]) => {
    const schema = resolve(property, tool.parameters);
    return { name, schema, meaning: findMeaning(name, schema, tool), required: required.has(name) };
  });
}

/** What a tool does, in the imperative: from its description if that begins so, or else from its name. */
export function imperative(tool: Pick<Tool, 'name' | 'description'>): { verb: string; object: string } {
  const first = /^[^.;:\n]*/.exec(tool.description ?? '')![0].trim();
  const short = first
    .split(
      /\b(?:such as|for example|e\.g\.|based on|given|using|when|which|that|by|with|for|from|of a|at a|to a)\b|,|\(/,
    )[0]!
    .trim();
  const [word = '', ...rest] = short.split(/\s+/);
  const fromName = wordsOfName(tool.name);
  if (word === '' || rest.length === 0 || rest.length > 6 || /\b(and|or|where|how|the|to|a|an)$/i.test(short))
    return { verb: fromName[0] ?? 'use', object: fromName.slice(1).join(' ') };
  const verb = /[^s]s$/.test(word)
    ? word
        .replace(/(ch|sh|ss|x|z|o)es$/, '$1')
        .replace(/ies$/, 'y')
        .replace(/s$/, '')
    : word;
  return { verb: verb.toLowerCase(), object: rest.join(' ') };
}

/**
 * A request made of nothing but the schema: a verb and what it is done to, or a question, by what the names and
 * descriptions say. Phrases for the other arguments are added when it is composed.
 */
export function schemaTemplate(random: Random, tool: Tool, known: readonly KnownArgument[]): RequestTemplate {
  const { verb, object } = imperative(tool);
  const objects = known.filter(({ meaning }) => meaning?.place === 'object');
  const adjectives = known.filter(({ meaning }) => meaning?.place === 'adjective');
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
    return template([{ text: `${choose(random, argument.meaning!.questions!)} ` }, { argument: argument.name }], '?');
  }
  const bare = object.replace(/^(a|an|the|some|your|my)\s+/i, '');
  if (askingVerbs.has(verb) && bare !== '' && chance(random, 0.4)) {
    const nouns = bare.split(' ');
    const noun = nouns.length > 1 && chance(random, 0.4) ? choose(random, [nouns[0]!, nouns.at(-1)!]) : bare;
    const question = choose(random, [
      `what's the ${noun}`,
      `what is the ${noun}`,
      `how is the ${noun}`,
      `do you have ${withArticle(noun)}`,
      `I need the ${noun}`,
      noun,
      `what about the ${noun}`,
      `could I see the ${noun}`,
    ]);
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
  return template([{ text: `${verb} ${object}`.trim() }]);
}

/** A phrase for a place with how near to it: "close to {poi}"; undefined where the tool has no such arguments. */
export function placePhrase(known: readonly KnownArgument[], place: KnownArgument): Phrase | undefined {
  const relation = known.find(({ meaning }) => meaning?.id === 'spatial relation');
  if (relation === undefined || !/^(place of interest|city)$/.test(place.meaning?.id ?? '')) return undefined;
  // Drawn as what can stand before a place.
  return { parts: [{ argument: relation.name, instead: 'near' }, { text: ' ' }, { argument: place.name }] };
}

/** A phrase that says an argument, by its meaning; by its name where nothing is known of it. */
export function schemaPhrase(
  random: Random,
  { name, schema, meaning }: KnownArgument,
  connectors = meaning?.connectors,
): Phrase {
  const words = wordsOfName(name).join(' ');
  const connector =
    connectors === undefined || connectors.length === 0
      ? choose(random, unknownConnectors(words, schema))
      : choose(random, connectors);
  const parts: Part[] = connector === '' ? [{ argument: name }] : [{ text: `${connector} ` }, { argument: name }];
  return { parts };
}

function unknownConnectors(words: string, { type, enum: values }: Exclude<JsonSchema, boolean>): string[] {
  if (Array.isArray(values)) return ['', 'to', `with ${words}`, words];
  if (type === 'integer' || type === 'number') return [`with ${words}`, words, `and ${words}`];
  return [`with ${words}`, words, `with the ${words}`, `${words} is`];
}
