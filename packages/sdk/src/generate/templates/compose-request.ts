import type { Random } from '../../random/index.js';
import type { JsonObject, Tool } from '../../toolset/index.js';
import { chance, choose, chooseWeighted } from '../choose.js';
import { openers, type Register, registers, splitOpener } from '../language/openers.js';
import { type Piece, writeDown } from '../language/registers.js';
import { leadingVerb, nounFrames } from '../language/verbs.js';
import { type DrawnValue, drawValue, sayBoolean, type ValuePlacement, type ValueSource } from '../values/draw-value.js';
import { isSwitch, jointPhrase, type KnownArgument, schemaPhrase, schemaTemplate } from './schema-templates.js';
import { argumentsOf, type Phrase, type RequestTemplate } from './template.js';

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
  const template = fromSchema ? schemaTemplate(random, tool, known) : choose(random, templates);
  const byName = new Map(known.map((argument) => [argument.name, argument]));
  const isRequired = (argument: string) => byName.get(argument)?.required === true;
  const inHead = new Set([...argumentsOf(template.head), ...Object.keys(template.fixed)]);
  const { without } = options;
  if (without !== undefined && inHead.has(without)) return undefined;

  let phrases = template.phrases.filter((phrase) => argumentsOf(phrase).some(isRequired) || !chance(random, 0.22));
  phrases = phrases.map((phrase) => exchangePhrase(random, material, phrase));
  if (without !== undefined) phrases = phrases.filter((phrase) => !argumentsOf(phrase).includes(without));
  const used = new Set([...inHead, ...phrases.flatMap(argumentsOf)]);
  const addable = known.filter(({ name }) => !used.has(name) && name !== without);
  const share = fromSchema ? 1.6 : 0.55;
  const wanted = addable.filter(
    (argument) =>
      argument.required || (canFollow(material, argument) && chance(random, share / Math.max(3, addable.length))),
  );

  // Values are drawn first: how a time is said decides what stands before it.
  const drawn = new Map<string, DrawnValue>();
  const draw = (argument: string, placement?: ValuePlacement): boolean => {
    if (drawn.has(argument)) return true;
    const schema = byName.get(argument)?.schema;
    const value = schema === undefined ? undefined : drawValue(source, argument, schema, tool, placement);
    if (value === undefined) return false;
    drawn.set(argument, value);
    return true;
  };
  const drawFor = ({ parts }: Phrase): boolean =>
    parts.every(
      (part, index) =>
        'text' in part || draw(part.argument, { instead: part.instead, before: wordBefore(parts, index) }),
    );
  if (![template.head, ...phrases].every(drawFor)) return undefined;
  // What is switched off has no colour and no level.
  const isOff = known.some(({ name, schema }) => isSwitch(schema) && drawn.get(name)?.value === 'off');
  for (const argument of wanted) {
    const own = material.phrases.get(argument.name) ?? [];
    if (used.has(argument.name) || (isOff && isSetting(argument))) continue;
    if (argument.excludes.some((name) => used.has(name))) continue;
    const joint = jointPhrase(random, addable, argument);
    const seedPhrase =
      own.length > 0 && chance(random, 0.75)
        ? choose(random, own)
        : joint !== undefined && !argumentsOf(joint).some((name) => used.has(name)) && chance(random, 0.5)
          ? joint
          : undefined;
    if (!(seedPhrase === undefined ? draw(argument.name) : drawFor(seedPhrase))) {
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
    phrases.push(phrase);
    for (const name of argumentsOf(phrase)) used.add(name);
  }
  if (phrases.length > 1 && chance(random, fromSchema ? 0.6 : 0.2)) phrases = random.shuffle(phrases);

  const isQuestion = template.end === '?';
  const head = headPieces(random, template, options.bare === true);
  const pieces: Piece[] = [];
  const order: string[] = [];
  for (const [index, phrase] of [head, ...phrases].entries()) {
    if (index > 0) pieces.push({ text: phraseBegin(phrase), value: false });
    for (const part of phrase.parts) {
      if ('text' in part) pieces.push({ text: part.text, value: false });
      else {
        const value = drawn.get(part.argument)!;
        order.push(part.argument);
        pieces.push({ text: typeof value.value === 'boolean' ? sayBoolean(value) : value.said, value: true });
      }
    }
  }
  const values: JsonObject = {};
  // In the order in which they are said: what is copied from left to right is copied best.
  for (const argument of order) values[argument] = drawn.get(argument)!.value;
  for (const [argument, value] of drawn) if (value.said === '') values[argument] ??= value.value;
  Object.assign(values, template.fixed);
  const end = isQuestion ? '?' : choose(random, ['.', '.', '!']);
  const written = options.bare ? pieces : writeDown(random, pieces, { end });
  const said = Object.fromEntries(order.map((argument) => [argument, drawn.get(argument)!.said]));
  const text = tidy(written.map((piece) => piece.text).join(''));
  // What tidying would have changed in a value is no longer said.
  if (Object.values(said).some((words) => !text.includes(words))) return undefined;
  return { text, call: { name: tool.name, arguments: values }, said };
}

function isSetting({ schema, meaning }: KnownArgument): boolean {
  return schema.type === 'integer' || schema.type === 'number' || meaning?.id === 'color';
}

/** What has a phrase of its own; the object of a verb, or an adjective, only if a seed says it in one. */
function canFollow({ phrases }: ToolMaterial, { name, meaning, identifies }: KnownArgument): boolean {
  return phrases.has(name) || identifies !== undefined || (meaning?.place ?? 'after') === 'after';
}

function wordBefore(parts: Phrase['parts'], index: number): string | undefined {
  const before = parts[index - 1];
  return before !== undefined && 'text' in before ? before.text.trim().split(/\s+/).at(-1)?.toLowerCase() : undefined;
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
  return others.length > 1 && chance(random, 0.3) ? choose(random, others) : phrase;
}

/** The beginning in some register: another opener, another verb. Questions and what begins with a value stay as they are. */
function headPieces(random: Random, template: RequestTemplate, bare: boolean): Phrase {
  const [first, ...rest] = template.head.parts;
  if (first === undefined || !('text' in first)) return template.head;
  const { opener, rest: body } = splitOpener(first.text);
  const verb = leadingVerb(body);
  if (verb === undefined || (template.end === '?' && opener === '')) return template.head;
  const asked = body.slice(verb.verb.length);
  const frames = nounFrames.get(verb.verb);
  if (
    !bare &&
    frames !== undefined &&
    (asked.trim() === '' || /^\s+(a|an|the|some|this|my)\b/i.test(asked)) &&
    chance(random, 0.25)
  ) {
    return { parts: [{ text: `${choose(random, frames)}${asked === '' ? ' ' : asked}` }, ...rest] };
  }
  const text = (chance(random, 0.35) ? choose(random, verb.alternatives) : body.slice(0, verb.verb.length)) + asked;
  if (bare) return { parts: [{ text: uncapitalise(text) }, ...rest] };
  if (chance(random, opener === '' ? 0.45 : 0.6)) {
    const register: Register = chooseWeighted(
      random,
      registers,
      (one) => ({ terse: 3, plain: 3, polite: 3, spoken: 1, indirect: 0.7 })[one],
    );
    const other = choose(random, openers[register]);
    return { parts: [{ text: other === '' ? text : `${other} ${uncapitalise(text)}` }, ...rest] };
  }
  return { parts: [{ text: opener + text }, ...rest] };
}

const uncapitalise = (text: string) => text.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());

function tidy(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s+([,.:?!])/g, '$1')
    .replaceAll(/(?<![\p{L}\p{N}])the (all \w+s) \w+/gu, '$1')
    .replaceAll(/(?<![\p{L}\p{N}])the The\b/gu, 'The')
    .replaceAll(/(?<![\p{L}\p{N}])a (?=[aeiou]\w)/gu, 'an ')
    .replaceAll(/(?<![\p{L}\p{N}])an (?=[bcdfgjklmnpqrstvwxyz])/gu, 'a ')
    .trim();
}
