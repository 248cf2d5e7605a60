import type { ChatMessage } from '../../dataset/index.js';
import type { JsonObject } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { fillSlots, generalRequests, harmfulRequests, refusals } from '../general/index.js';
import { capitalise } from '../language/registers.js';
import { wordsOfName } from '../language/words-of-name.js';
import type { ComposedRequest, ToolMaterial } from '../templates/compose-request.js';
import { imperative, type KnownArgument } from '../templates/schema-templates.js';
import { drawValue, enumerate } from '../values/draw-value.js';
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
    if (first === undefined || second === undefined || JSON.stringify(first.call) === JSON.stringify(second.call))
      return undefined;
    const begin = withoutEnd(first);
    const joint = choose(context.random, [
      ' and ',
      ' and also ',
      ', and then ',
      '. Also, ',
      ', then ',
      ' plus ',
      '. After that ',
      ' and ',
    ]);
    return [user(`${begin}${joint}${second.text}`), calls(first.call, second.call)];
  },

  'no-tool'(context) {
    const { random, materials } = context;
    const request = choose(random, generalRequests);
    const does = materials.map(({ tool }) => `${wordsOfName(tool.name).join(' ')} ${tool.description ?? ''}`).join(' ');
    if (request.about?.test(does)) return undefined;
    const asked = fillSlots(random, request.text);
    const text = chance(random, 0.3) ? `${choose(random, ['hey, ', 'please ', 'um, ', 'ok, '])}${asked}` : asked;
    const ends = chance(random, 0.4)
      ? `${text}${/^(what|how|who|is|are|do|will|when|where|which)\b/.test(request.text) ? '?' : '.'}`
      : text;
    return [user(chance(random, 0.5) ? capitalise(ends) : ends), says(request.answer || declines(context))];
  },

  'missing-argument'(context) {
    const { random, materials } = context;
    const candidates = materials.flatMap((material) => askable(material).map((argument) => ({ material, argument })));
    if (candidates.length === 0) return undefined;
    const { material, argument } = choose(random, candidates);
    const request = drawRequest(context, { material, without: argument.name });
    if (request === undefined || argument.name in request.call.arguments) return undefined;
    const words = wordsOfName(argument.name).join(' ');
    const question = choose(random, [
      `Which ${words}?`,
      `What ${words} would you like?`,
      `Please tell me the ${words}.`,
      `What is the ${words}?`,
    ]);
    const asked: ChatMessage[] = [user(request.text), says(question)];
    if (chance(random, 0.5)) return asked;
    const value = drawValue(context.source, argument.name, argument.schema, material.tool);
    if (value === undefined || value.said === '') return undefined;
    const call = { name: request.call.name, arguments: { ...request.call.arguments, [argument.name]: value.value } };
    return context.isValid(call) ? [...asked, user(value.said), calls(call)] : undefined;
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
    const changed = known.filter(({ name, schema }) => name in request.said && schema.type !== 'boolean');
    if (changed.length === 0) return undefined;
    const { name, schema } = choose(random, changed);
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
    const words = wordsOfName(name).join(' ');
    const correction = choose(random, [
      `no, I meant ${value.said}`,
      `make that ${value.said}`,
      `sorry, ${value.said} instead of ${request.said[name]}`,
      `actually ${value.said}`,
      `not ${request.said[name]}, ${value.said}`,
      `change the ${words} to ${value.said}`,
    ]);
    return [...served(context, request), user(correction), calls(call)];
  },

  'change-of-mind'(context) {
    const first = drawRequest(context, { bare: true });
    const second = drawRequest(context, { bare: true });
    if (first === undefined || second === undefined) return undefined;
    const turn = choose(context.random, [
      ', no wait, ',
      '... actually no, ',
      ', forget that, ',
      '. Never mind, ',
      ' - sorry, rather ',
    ]);
    return [user(`${first.text}${turn}${second.text}`), calls(second.call)];
  },

  refusal: ({ random }) => [
    user(choose(random, [choose(random, harmfulRequests), capitalise(choose(random, harmfulRequests))])),
    says(choose(random, refusals)),
  ],
};

/** A request without its last full stop, unless that belongs to a value ("Smoke! Smoke!"). */
function withoutEnd({ text, said }: ComposedRequest): string {
  const begin = text.replace(/[.?!]+$/, '');
  return Object.values(said).every((words) => begin.includes(words)) ? begin : text;
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

function declines({ random, materials }: RowContext): string {
  const some = random
    .shuffle(materials)
    .slice(0, 3)
    .map(({ tool }) => {
      const { verb, objects } = imperative(tool);
      return `${verb} ${objects[0]}`.trim();
    });
  return choose(random, [
    `I can't do that, but I can ${enumerate(some).replace(/ and (?=[^,]*$)/, ' or ')}.`,
    `I can ${enumerate(some)}.`,
  ]);
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
