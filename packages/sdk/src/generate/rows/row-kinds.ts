import type { ChatMessage } from '../../dataset/index.js';
import type { Random } from '../../random/index.js';
import type { JsonObject } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { fillSlots, generalRequests, harmfulRequests, refusals } from '../general/index.js';
import { askFor, nounOf } from '../language/argument-words.js';
import { capitalise } from '../language/registers.js';
import { formOf } from '../language/sentences.js';
import { abilityOf } from '../language/tool-words.js';
import { wordsOfName } from '../language/words-of-name.js';
import type { ComposedRequest, ToolMaterial } from '../templates/compose-request.js';
import { isSwitch, type KnownArgument } from '../templates/known-arguments.js';
import { asksSomebody } from '../templates/request-head.js';
import { drawListItems, drawValue, enumerate } from '../values/draw-value.js';
import { calls, drawRequest, type RowContext, type RowMaker, says, user } from './row-context.js';

/** Kinds of rows, and their usual shares. */
export const defaultShares = {
  /** One request, one call. */
  call: 0.7,
  /** The same of tools that resemble others most. */
  'similar-tools': 0.06,
  /** Two requests in one, two calls. */
  parallel: 0.06,
  /** Nothing that a tool does: words. */
  'no-tool': 0.07,
  /** A required argument is not said: it is asked for; in some rows the answer comes, and the call. */
  'missing-argument': 0.04,
  /** A second request after a first was served. */
  'second-request': 0.02,
  /** What was asked for is corrected. */
  correction: 0.02,
  /** The user changes their mind in the middle. */
  'change-of-mind': 0.01,
  /** What must be refused. */
  refusal: 0.02,
} as const;

export type RowKind = keyof typeof defaultShares;

export const rowKinds = Object.keys(defaultShares) as RowKind[];

export const rowMakers: Record<RowKind, RowMaker> = {
  call(context) {
    const request = drawRequest(context);
    return request && [user(request.text), calls(request.call)];
  },

  'similar-tools'(context) {
    const similar = similarTools(context.materials);
    if (similar.size === 0) return undefined;
    const request = drawRequest({ ...context, weightOf: ({ tool }) => similar.get(tool.name) ?? 0 });
    return request && [user(request.text), calls(request.call)];
  },

  parallel(context) {
    const first = drawRequest(context);
    const second = drawRequest(context, { bare: true });
    if (first === undefined || second === undefined || !goTogether(context, first, second)) return undefined;
    return [user(joinRequests(context.random, first, second)), calls(first.call, second.call)];
  },

  'no-tool'(context) {
    const { random, materials } = context;
    const request = choose(random, generalRequests);
    const does = materials.map(({ tool }) => `${wordsOfName(tool.name).join(' ')} ${tool.description ?? ''}`).join(' ');
    if (request.about?.test(does)) return undefined;
    const asked = fillSlots(random, request.text);
    const isQuestion = /^(what|how|who|is|are|do|does|will|when|where|which)\b/.test(request.text);
    const isPlea = formOf(asked) === 'request' && request.answer === undefined;
    const openings = ['hey, ', 'ok, ', 'um, ', ...(isPlea ? ['please ', 'can you '] : [])];
    const opening = chance(random, 0.3) && !isGreeting(request.text) ? choose(random, openings) : '';
    const text = `${opening}${asked}`;
    const ends = chance(random, 0.4) ? `${text}${isQuestion || opening === 'can you ' ? '?' : '.'}` : text;
    const said = chance(random, 0.5) ? capitalise(ends) : ends;
    if (request.answer === '') return [user(said), says(offers(context))];
    return [user(said), says(request.answer ?? declines(context))];
  },

  'missing-argument'(context) {
    const { random, materials } = context;
    const candidates = materials.flatMap((material) => askable(material).map((argument) => ({ material, argument })));
    if (candidates.length === 0) return undefined;
    const { material, argument } = choose(random, candidates);
    const request = drawRequest(context, { material, without: argument.name });
    if (request === undefined || argument.name in request.call.arguments) return undefined;
    const question = askFor(random, argument);
    const asked: ChatMessage[] = [user(request.text), says(question)];
    if (chance(random, 0.5)) return asked;
    const value = drawValue(context.source, argument.name, argument.schema, material.tool);
    if (value === undefined || value.said === '') return undefined;
    const call = { name: request.call.name, arguments: { ...request.call.arguments, [argument.name]: value.value } };
    // What was named before goes on a list for anything.
    if (argument.meaning?.id === 'list' && drawListItems(random, { type: 'array' }, value.said) !== undefined)
      return undefined;
    const words = argument.meaning?.noun !== undefined && chance(random, 0.6) ? ` ${argument.meaning.noun}` : '';
    const answer = words === '' ? value.said : `the ${value.said}${words}`;
    return context.isValid(call) ? [...asked, user(answer), calls(call)] : undefined;
  },

  'second-request'(context) {
    const first = drawRequest(context);
    const second = drawRequest(context);
    return first && second && [...served(context, first), user(second.text), calls(second.call)];
  },

  correction(context) {
    const { random, materials } = context;
    const request = drawRequest(context);
    if (request === undefined) return undefined;
    const { tool, known } = materials.find((material) => material.tool.name === request.call.name)!;
    const changed = known.filter((argument) => argument.name in request.said && canBeCorrected(argument));
    if (changed.length === 0) return undefined;
    const argument = choose(random, changed);
    const { name, schema } = argument;
    if (isSwitch(schema) && Object.keys(request.call.arguments).length > 2) return undefined;
    const value = drawValue(context.source, name, schema, tool);
    if (
      value === undefined ||
      value.said === '' ||
      JSON.stringify(value.value) === JSON.stringify(request.call.arguments[name])
    )
      return undefined;
    const values: JsonObject = { ...request.call.arguments, [name]: value.value };
    const call = { name: tool.name, arguments: values };
    if (!context.isValid(call)) return undefined;
    if (!mayFollow(request, value.said) || /^(every|week(day|end)s|daily)\b/.test(value.said)) return undefined;
    const words = nounOf(argument);
    const correction = choose(random, [
      `no, I meant ${value.said}`,
      `make that ${value.said}`,
      `sorry, ${value.said} instead of ${request.said[name]}`,
      `actually, ${value.said}`,
      `not ${request.said[name]}, ${value.said}`,
      ...(isSwitch(schema) || Array.isArray(schema.enum)
        ? []
        : [`change the ${words} to ${value.said}`, `the ${words} should be ${value.said}`]),
    ]);
    return [...served(context, request), user(correction), calls(call)];
  },

  'change-of-mind'(context) {
    const first = drawRequest(context, { bare: true });
    const second = drawRequest(context, { bare: true });
    if (first === undefined || second === undefined) return undefined;
    if (JSON.stringify(first.call) === JSON.stringify(second.call)) return undefined;
    const turn = choose(context.random, [
      ', no wait, ',
      '... actually no, ',
      ', forget that, ',
      '. Never mind, ',
      ' - sorry, rather ',
    ]);
    const end = second.form === 'question' ? '?' : '';
    return [user(`${withoutEnd(first)}${turn}${inSentence(second)}${end}`), calls(second.call)];
  },

  refusal: ({ random }) => [
    user(choose(random, [choose(random, harmfulRequests), capitalise(choose(random, harmfulRequests))])),
    says(choose(random, refusals)),
  ],
};

/** A request without its last full stop, unless that belongs to a value ("Smoke! Smoke!"). */
function withoutEnd({ text, said }: ComposedRequest): string {
  let begin = text;
  while (/[.?!]$/.test(begin) && Object.values(said).every((words) => begin.slice(0, -1).includes(words)))
    begin = begin.slice(0, -1);
  return begin;
}

function served(
  { random }: RowContext,
  { text, call }: { text: string; call: { name: string; arguments: JsonObject } },
): ChatMessage[] {
  const id = `call_${random.integer(1000, 9999)}`;
  return [
    user(text),
    { role: 'assistant', content: null, toolCalls: [{ id, ...call }] },
    { role: 'tool', content: '{"status":"ok"}', toolCallId: id },
    says(choose(random, ['Done.', 'All right, that is done.', 'Okay, done.', 'Done. Anything else?'])),
  ];
}

/** False of two requests for one tool that would undo each other: they are for something else each, or not in one breath. */
function goTogether(
  { materials }: RowContext,
  { call: first }: ComposedRequest,
  { call: second }: ComposedRequest,
): boolean {
  if (first.name !== second.name) return true;
  const { known } = materials.find(({ tool }) => tool.name === first.name)!;
  const target = (known.find(({ required }) => required) ?? known[0])?.name;
  if (target === undefined) return false;
  const [one, other] = [first.arguments[target], second.arguments[target]];
  const isOne = (value: unknown) => value !== undefined && value !== 'all' && value !== 'any';
  return isOne(one) && isOne(other) && JSON.stringify(one) !== JSON.stringify(other);
}

/** Two requests in one message: imperatives in one sentence, what is asked in one of its own. */
function joinRequests(random: Random, first: ComposedRequest, second: ComposedRequest): string {
  const begin = withoutEnd(first);
  if (first.form === 'imperative' && second.form === 'imperative') {
    const isAsked = asksSomebody(begin);
    const ends = isAsked ? ['? Also, ', '? And '] : ['. Also, ', '. After that, ', '. Then '];
    const joint = choose(random, [' and ', ' and ', ' and also ', ', and then ', ', then ', ...ends]);
    return `${begin}${joint}${inSentence(second)}${isAsked && !joint.startsWith('?') ? choose(random, ['?', '']) : ''}`;
  }
  const end = first.form === 'question' || asksSomebody(begin) ? '?' : '.';
  const next = choose(random, [
    ` Also, ${inSentence(second)}`,
    ` And ${inSentence(second)}`,
    ` ${capitalise(second.text)}`,
  ]);
  return `${begin}${end}${next}${second.form === 'question' ? '?' : ''}`;
}

/** A request as it follows other words: in lower case, unless it begins with a value or "I". */
function inSentence({ text, said }: ComposedRequest): string {
  if (Object.values(said).some((words) => text.startsWith(words))) return text;
  return text.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
}

const isGreeting = (text: string) => /^(hello|hi|hey|good|bye|thanks|thank|ok|sorry|never|help)\b/.test(text);

function abilities({ random, materials }: RowContext): string[] {
  return random
    .shuffle(materials)
    .flatMap(({ tool }) => abilityOf(tool) ?? [])
    .sort((one, other) => Number(one.includes(',')) - Number(other.includes(',')))
    .slice(0, 3);
}

function offers(context: RowContext): string {
  const some = abilities(context);
  return some.length === 0 ? 'Tell me what you need.' : `I can ${enumerate(some)}.`;
}

function declines(context: RowContext): string {
  const some = abilities(context);
  if (some.length === 0) return "I'm sorry, I can't do that.";
  const plain = some.filter((ability) => !/ or |,/.test(ability)).slice(0, 2);
  return choose(context.random, [
    `I can't do that, but I can ${some[0]}.`,
    `I'm sorry, I can't do that.`,
    plain.length > 1
      ? `I can't help with that. I can ${plain.join(' or ')}, for example.`
      : `I can't help with that, but I can ${some[0]}.`,
  ]);
}

/** What has a value of its own that people get wrong, rather than a word for what kind of thing it is. */
function canBeCorrected({ schema, meaning, ...named }: KnownArgument): boolean {
  if (schema.type === 'boolean' || schema.type === 'object' || schema.type === 'array') return false;
  if (/\b(unit|mode|adjust|kind|type|relation|owner|select|sort)\b/.test(wordsOfName(named.name).join(' ')))
    return false;
  return !/^(owner|selector|spatial relation|order|music item|kind of|series type|own place|list|weather|temperature|problem)/.test(
    meaning?.id ?? '',
  );
}

/** False where a number would be above the best that there is. */
function mayFollow({ call }: ComposedRequest, said: string): boolean {
  const numbers = Object.values(call.arguments).filter((value) => typeof value === 'number');
  return numbers.length < 2 || !/^\d+$|^\p{L}+$/u.test(said);
}

/** Required arguments that could be asked for. */
function askable({ known }: ToolMaterial): KnownArgument[] {
  return known.filter(
    ({ required, schema }) =>
      required && schema.const === undefined && schema.type !== 'object' && schema.type !== 'boolean',
  );
}

const similarities = new WeakMap<readonly ToolMaterial[], Map<string, number>>();

/** Tools by how many argument names and words of their names they share with another. */
function similarTools(materials: readonly ToolMaterial[]): Map<string, number> {
  const known = similarities.get(materials);
  if (known !== undefined) return known;
  const similar = new Map<string, number>();
  const words = materials.map(
    ({ tool, known }) => new Set([...wordsOfName(tool.name), ...known.map(({ name }) => name)]),
  );
  for (const [index, { tool }] of materials.entries()) {
    let most = 0;
    for (const [other, others] of words.entries()) {
      if (other === index) continue;
      let shared = 0;
      for (const word of others) if (words[index]!.has(word)) shared++;
      most = Math.max(most, shared);
    }
    if (most > 0) similar.set(tool.name, most);
  }
  similarities.set(materials, similar);
  return similar;
}
