import type { Random } from '../../random/index.js';
import type { JsonObject, Tool } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { familyTemplate } from '../families/tool-family.js';
import { type Piece, writeDown } from '../language/registers.js';
import { wordsOfName } from '../language/words-of-name.js';
import { type DrawnValue, drawListItems, drawValue, sayBoolean, type ValueSource } from '../values/draw-value.js';
import { isLimit, isSwitch, type KnownArgument } from './known-arguments.js';
import { asksSomebody, formOfHead, headPieces, withoutMe } from './request-head.js';
import { jointPhrase, rankOf, schemaPhrase, schemaTemplate } from './schema-templates.js';
import { argumentsOf, type Phrase, type RequestTemplate, type TemplateForm, type ValuePart } from './template.js';

/** A tool with all that requests for it can be made of. */
export interface ToolMaterial {
  tool: Tool;
  known: readonly KnownArgument[];
  /** From the seeds of this tool. */
  templates: readonly RequestTemplate[];
  /** Phrases of seeds by the one argument that they say; also of other tools, where the argument has the same name. */
  phrases: ReadonlyMap<string, readonly Phrase[]>;
}

/** A request and the call that answers it. */
export interface ComposedRequest {
  text: string;
  call: { name: string; arguments: JsonObject };
  /** The values as the request says them. */
  said: Record<string, string>;
  form: TemplateForm;
}

/** What a request is to say, beside what chance decides. */
export interface ComposeOptions {
  /** An argument that is not to be said. */
  without?: string;
  /** Words that are to be left as they are: no opener, no end, no mistakes. */
  bare?: boolean;
}

/**
 * Composes a request: a seed's template or one of the schema, its phrases dropped, exchanged and added, values drawn, the
 * words between them said in some register. Undefined where a value could not be drawn.
 */
export function composeRequest(
  material: ToolMaterial,
  source: ValueSource,
  options: ComposeOptions = {},
): ComposedRequest | undefined {
  const { tool, known, templates } = material;
  const { random } = source;
  const fromSchema = templates.length === 0 || chance(random, Math.max(0.04, 0.35 / (1 + templates.length / 6)));
  const { without } = options;
  const template = fromSchema
    ? (familyTemplate(random, tool, known, options) ?? schemaTemplate(random, tool, known))
    : choose(random, templates);
  const isWhole = template.sentence !== undefined && template.isOpen !== true;
  const byName = new Map(known.map((argument) => [argument.name, argument]));
  const isRequired = (argument: string) => byName.get(argument)?.required === true;
  const inHead = new Set([...argumentsOf(template.head), ...Object.keys(template.fixed)]);
  if (without !== undefined && inHead.has(without)) return undefined;

  // What follows in the same words would be taken for what is dropped.
  const isNeeded = (phrase: Phrase, index: number) =>
    argumentsOf(phrase).some(isRequired) || firstWord(phrase) === firstWord(template.phrases[index + 1]);
  let phrases = template.phrases.filter((phrase, index) => isNeeded(phrase, index) || !chance(random, 0.22));
  // Something is said of what is asked for, where a seed says something of it.
  if (phrases.length === 0 && template.phrases.length > 0 && argumentsOf(template.head).length === 0)
    phrases = [choose(random, template.phrases)];
  phrases = phrases.map((phrase) => exchangePhrase(random, material, phrase));
  if (without !== undefined) {
    // Only what says nothing else can be left out and leave a sentence.
    if (phrases.some((phrase) => argumentsOf(phrase).includes(without) && argumentsOf(phrase).length > 1))
      return undefined;
    phrases = phrases.filter((phrase) => !argumentsOf(phrase).includes(without));
  }
  const used = new Set([...inHead, ...phrases.flatMap(argumentsOf)]);
  const addable = known.filter(({ name }) => !used.has(name) && name !== without);
  const share = fromSchema ? 1.6 : 0.55;
  const needed = alternativesTo(random, addable, used);
  const wanted = isWhole
    ? []
    : addable.filter(
        (argument) =>
          argument.required ||
          argument === needed ||
          (canFollow(material, argument, fromSchema) && chance(random, share / Math.max(3, addable.length))),
      );

  // Values are drawn first: how a time is said decides what stands before it.
  const drawn = new Map<string, DrawnValue>();
  const draw = (part: ValuePart, before?: string): boolean => {
    const { argument, instead, value, except } = part;
    if (drawn.has(argument)) return true;
    if (value !== undefined) {
      drawn.set(argument, { value, said: '' });
      return true;
    }
    const schema = byName.get(argument)?.schema;
    for (let tries = 0; schema !== undefined && tries < 8; tries++) {
      const one = drawItemsFor(argument) ?? drawValue(source, argument, schema, tool, { instead, before });
      if (one === undefined) return false;
      if (except?.test(one.said) || !isAtMostBest(argument, one)) continue;
      drawn.set(argument, one);
      return true;
    }
    return false;
  };
  // What is written on a list goes with its name.
  const drawItemsFor = (argument: string): DrawnValue | undefined => {
    const { schema, meaning } = byName.get(argument)!;
    const list = known.find((one) => one.meaning?.id === 'list');
    if (list === undefined || (schema.type !== 'array' && meaning?.id !== 'product')) return undefined;
    const place = [template.head, ...phrases]
      .flatMap(({ parts }) => parts)
      .find((part) => 'argument' in part && part.argument === list.name);
    if (place === undefined || !('argument' in place) || !draw(place)) return undefined;
    return drawListItems(random, schema, drawn.get(list.name)!.said);
  };
  // 7 out of 5 is no rating.
  const isAtMostBest = (argument: string, { value }: DrawnValue): boolean => {
    const isBest = (name: string) => /\b(best|max|maximum|out of)\b/.test(wordsOfName(name).join(' '));
    return [...drawn].every(([other, { value: against }]) => {
      if (typeof value !== 'number' || typeof against !== 'number' || isBest(argument) === isBest(other)) return true;
      return isBest(argument) ? value >= against : value <= against;
    });
  };
  const drawFor = ({ parts }: Phrase): boolean =>
    parts.every((part, index) => 'text' in part || draw(part, wordBefore(parts, index)));
  if (![template.head, ...phrases].every(drawFor)) return undefined;
  // What is switched off has no colour and no level.
  const isOff = known.some(({ name, schema }) => isSwitch(schema) && drawn.get(name)?.value === 'off');
  if (isOff && isWhole && known.some((argument) => drawn.has(argument.name) && isSetting(argument))) return undefined;
  const added: { phrase: Phrase; rank: number }[] = [];
  for (const argument of wanted) {
    const own = material.phrases.get(argument.name) ?? [];
    if (used.has(argument.name) || (isOff && isSetting(argument))) continue;
    if (argument.excludes.some((name) => used.has(name))) continue;
    if (
      !argument.required &&
      !fitsBeside(
        argument,
        [...used].map((name) => byName.get(name)),
      )
    )
      continue;
    const joint = fromSchema ? jointPhrase(random, addable, argument) : undefined;
    const seedPhrase =
      own.length > 0 && !isTime(argument) && chance(random, 0.75)
        ? choose(random, own)
        : joint !== undefined && !argumentsOf(joint).some((name) => used.has(name)) && chance(random, 0.5)
          ? joint
          : undefined;
    const part = isLimit(argument) ? { argument: argument.name, except: /^(1|one)$/ } : { argument: argument.name };
    if (!(seedPhrase === undefined ? draw(part) : drawFor(seedPhrase))) {
      if (argument.required) return undefined;
      continue;
    }
    const { said, connectors } = drawn.get(argument.name)!;
    if (said === '') continue;
    const phrase =
      seedPhrase !== undefined
        ? seedPhrase
        : argument.schema.type === 'boolean'
          ? { parts: [{ argument: argument.name }] }
          : schemaPhrase(random, argument, connectors ?? argument.meaning?.connectors);
    // "From Ann from the sixties" is one "from" too many.
    const repeats = (other: Phrase) =>
      /^(from|for|by)$/.test(firstWord(phrase) ?? '') && firstWord(other) === firstWord(phrase);
    if (!argument.required && !fromSchema && phrases.some(repeats)) continue;
    added.push({ phrase, rank: rankOf(argument) });
    for (const name of argumentsOf(phrase)) used.add(name);
  }
  // "In Paris tomorrow", "tomorrow in Paris": others have one place.
  const isFree = (phrase: Phrase) => argumentsOf(phrase).every((name) => canMove(byName.get(name)));
  if (phrases.length > 1 && phrases.every(isFree) && chance(random, 0.2)) phrases = random.shuffle(phrases);
  const ranked = added.sort((one, other) => one.rank - other.rank).map(({ phrase }) => phrase);
  phrases = [...phrases, ...ranked.map((phrase, index) => joined(phrase, ranked[index - 1]))];

  const head = withoutMe(headPieces(random, template, options.bare === true));
  const pieces: Piece[] = [];
  const order: string[] = [];
  for (const [index, phrase] of [head, ...phrases].entries()) {
    if (index > 0) pieces.push({ text: phraseBegin(phrase), value: false });
    for (const part of phrase.parts) {
      if ('text' in part) pieces.push({ text: part.text, value: false });
      else {
        const value = drawn.get(part.argument)!;
        order.push(part.argument);
        if (value.said === '') continue;
        const connector = part.connected === true ? choose(random, connectorsOf(part.argument, value)) : '';
        if (connector !== '') pieces.push({ text: `${connector} `, value: false });
        pieces.push({ text: typeof value.value === 'boolean' ? sayBoolean(value) : value.said, value: true });
      }
    }
  }
  function connectorsOf(argument: string, { connectors }: DrawnValue): readonly string[] {
    return connectors ?? byName.get(argument)?.meaning?.connectors ?? [''];
  }
  const values: JsonObject = {};
  // In the order in which they are said: what is copied from left to right is copied best.
  for (const argument of order) values[argument] = drawn.get(argument)!.value;
  for (const [argument, value] of drawn) if (value.said === '') values[argument] ??= value.value;
  Object.assign(values, template.fixed);
  const plain = tidy(pieces.map((piece) => piece.text).join(''));
  const form = template.sentence ?? formOfHead(template);
  const isQuestion = (template.end === '?' && form !== 'imperative') || asksSomebody(plain);
  const isEnded = /[.?!]$/.test(plain);
  const end = isEnded ? '' : isQuestion ? '?' : choose(random, ['.', '.', '.', '!']);
  const written = options.bare ? pieces : writeDown(random, pieces, { end });
  const spoken = order.filter((argument) => drawn.get(argument)!.said !== '');
  const said = Object.fromEntries(spoken.map((argument) => [argument, drawn.get(argument)!.said]));
  const text = tidy(written.map((piece) => piece.text).join(''));
  // What tidying would have changed in a value is no longer said.
  if (Object.values(said).some((words) => !text.includes(words))) return undefined;
  if (oneOfMany.test(text) || runsTogether(pieces)) return undefined;
  return { text, call: { name: tool.name, arguments: values }, said, form };
}

/** "Rate Tecca 2 5 stars": two numbers side by side. */
function runsTogether(pieces: readonly Piece[]): boolean {
  const said = pieces.filter(({ text }) => text.trim() !== '');
  return said.some(({ text, value }, index) => {
    const next = said[index + 1];
    return value && next?.value === true && /\d\W?$/.test(text) && /^\d/.test(next.text);
  });
}

/** "1 stars". */
const oneOfMany =
  /(?<!of )\b(?:1|one) (?:people|persons|guests|stars|points|tickets|orders|minutes|hours|days|weeks|nights|seats|songs|results|items)\b/i;

/** Where arguments rule each other out and none is said, the one that is. */
function alternativesTo(
  random: Random,
  addable: readonly KnownArgument[],
  used: ReadonlySet<string>,
): KnownArgument | undefined {
  const alternatives = addable.filter(({ excludes }) => excludes.length > 0);
  if (alternatives.length === 0 || alternatives.some(({ excludes }) => excludes.some((name) => used.has(name))))
    return undefined;
  return choose(random, alternatives);
}

const isPlace = ({ meaning }: KnownArgument) =>
  /^(city|state|country|own place|place of interest|location|spatial relation|address|cinema|kind of venue)$/.test(
    meaning?.id ?? '',
  );
const isTime = ({ meaning }: KnownArgument) => /^(time|date|clock)$/.test(meaning?.id ?? '');

/** One place is said, and one time. */
function fitsBeside(argument: KnownArgument, said: readonly (KnownArgument | undefined)[]): boolean {
  const others = said.filter((one) => one !== undefined);
  if (isPlace(argument)) return !others.some(isPlace);
  return argument.meaning?.id !== 'time' || !others.some(isTime);
}

/** What may stand before or behind other phrases. */
function canMove(argument: KnownArgument | undefined): boolean {
  return (
    argument !== undefined &&
    (isPlace(argument) || isTime(argument) || /^(company|restaurant)/.test(argument.meaning?.id ?? ''))
  );
}

function isSetting({ schema, meaning }: KnownArgument): boolean {
  return schema.type === 'integer' || schema.type === 'number' || meaning?.id === 'color';
}

/** What has a phrase of its own; beside what a seed says only a place, a time, and what its like has said. */
function canFollow({ phrases }: ToolMaterial, argument: KnownArgument, fromSchema: boolean): boolean {
  const { name, meaning, identifies } = argument;
  if (!fromSchema) {
    const isFree =
      isPlace(argument) || isTime(argument) || /^(company|music service|year|facility)$/.test(meaning?.id ?? '');
    return meaning?.id !== 'spatial relation' && isFree && phrases.has(name);
  }
  return phrases.has(name) || identifies !== undefined || (meaning?.place ?? 'after') === 'after';
}

function wordBefore(parts: Phrase['parts'], index: number): string | undefined {
  const before = parts[index - 1];
  return before !== undefined && 'text' in before ? before.text.trim().split(/\s+/).at(-1)?.toLowerCase() : undefined;
}

/** "With status open and low priority": not "with" twice. */
function joined(phrase: Phrase, before: Phrase | undefined): Phrase {
  if (firstWord(phrase) !== 'with' || firstWord(before) !== 'with') return phrase;
  const [first, ...rest] = phrase.parts;
  return { parts: [{ text: (first as { text: string }).text.replace(/^(\s*)with/i, '$1and') }, ...rest] };
}

function firstWord(phrase: Phrase | undefined): string | undefined {
  const first = phrase?.parts[0];
  return first !== undefined && 'text' in first ? first.text.trim().split(/\s+/)[0]!.toLowerCase() : undefined;
}

function phraseBegin(phrase: Phrase): string {
  const first = phrase.parts[0];
  return first !== undefined && 'text' in first && /^[\s,]/.test(first.text) ? '' : ' ';
}

/** Another phrase of the seeds that says the same, now and then. */
function exchangePhrase(random: Random, { phrases }: ToolMaterial, phrase: Phrase): Phrase {
  const said = argumentsOf(phrase);
  if (said.length !== 1) return phrase;
  const others = phrases.get(said[0]!) ?? [];
  const alike = others.filter((other) => firstWord(other) === firstWord(phrase));
  return alike.length > 1 && chance(random, 0.3) ? choose(random, alike) : phrase;
}

function tidy(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s+([,.:?!])/g, '$1')
    .replaceAll(/(?<![\p{L}\p{N}])the (all \w+s) \w+/gu, '$1')
    .replaceAll(/(?<![\p{L}\p{N}])the ([Tt]he)\b/gu, '$1')
    .replaceAll(/(?<![\p{L}\p{N}])(urgent|critical) priority (?=\p{L})/gu, '$1 ')
    .replaceAll(/(?<![\p{L}\p{N}])a (?=(?!eu|uk|uni|use|one\b)[aeiou]\w|(8|11|18)\b)/giu, 'an ')
    .replaceAll(/(?<![\p{L}\p{N}])an (?=[bcdfgjklmnpqrstvwxyz])/gu, 'a ')
    .trim();
}
