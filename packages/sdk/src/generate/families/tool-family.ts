import type { Random } from '../../random/index.js';
import type { Tool } from '../../toolset/index.js';
import { wordsOfName } from '../language/words-of-name.js';
import type { KnownArgument } from '../templates/known-arguments.js';
import type { Part, RequestTemplate, TemplateForm } from '../templates/template.js';
import { homeFamilies } from './home-families.js';
import { mediaFamilies } from './media-families.js';
import { outingFamilies } from './outing-families.js';
import { drawSentence, parseSentence, type SentencePattern } from './sentence-pattern.js';

/** Tools that do the same whoever offers them, and how people ask for it. */
export interface ToolFamily {
  /** Matched with the words of a tool's name and description. */
  tool: RegExp;
  /** Words that the tools of another family have. */
  not?: RegExp;
  /** What a slot stands for, matched with the meaning of an argument, then with the words of its name. */
  slots: Readonly<Record<string, RegExp>>;
  /** In the notation of sentence-pattern.ts. */
  imperatives: readonly string[];
  questions?: readonly string[];
  statements?: readonly string[];
}

interface ReadFamily extends ToolFamily {
  sentences: readonly { form: TemplateForm; pattern: SentencePattern }[];
}

const families: readonly ReadFamily[] = [...homeFamilies, ...mediaFamilies, ...outingFamilies].map((family) => ({
  ...family,
  sentences: [
    ...family.imperatives.map((text) => ({ form: 'imperative' as const, pattern: parseSentence(text) })),
    ...(family.questions ?? []).map((text) => ({ form: 'question' as const, pattern: parseSentence(text) })),
    ...(family.statements ?? []).map((text) => ({ form: 'statement' as const, pattern: parseSentence(text) })),
  ],
}));

const found = new WeakMap<Tool, ReadFamily | null>();

function familyOf(tool: Tool): ReadFamily | undefined {
  const known = found.get(tool);
  if (known !== undefined) return known ?? undefined;
  const text = `${wordsOfName(tool.name).join(' ')} ${tool.description ?? ''}`;
  const family = families.find((one) => one.tool.test(text) && one.not?.test(text) !== true);
  found.set(tool, family ?? null);
  return family;
}

const tries = 20;

/**
 * A whole request as people ask such a tool, where its family is known. All that is required is said in it but `without`,
 * which is not. Undefined where no sentence of the family fits the tool's arguments.
 */
export function familyTemplate(
  random: Random,
  tool: Tool,
  known: readonly KnownArgument[],
  { without, bare = false }: { without?: string | undefined; bare?: boolean | undefined } = {},
): RequestTemplate | undefined {
  const family = familyOf(tool);
  if (family === undefined) return undefined;
  const slots = slotsOf(family, known);
  const argumentOf = (slot: string) => {
    const argument = slots.get(slot);
    return argument?.name === without ? undefined : argument;
  };
  for (let count = 0; count < tries; count++) {
    const { form, pattern } = family.sentences[random.integer(0, family.sentences.length - 1)]!;
    if (bare && form === 'statement') continue;
    const parts = drawSentence(random, pattern, argumentOf);
    if (parts === undefined || !saysAll(parts, known, without)) continue;
    if (without !== undefined && namesMaker(parts, known)) continue;
    const end = form === 'question' ? '?' : '.';
    return { tool: tool.name, head: { parts }, phrases: [], fixed: {}, end, sentence: form };
  }
  return undefined;
}

const filled = new WeakMap<readonly KnownArgument[], ReadonlyMap<string, KnownArgument>>();

/** Which argument fills each slot, if one does. */
function slotsOf(family: ToolFamily, known: readonly KnownArgument[]): ReadonlyMap<string, KnownArgument> {
  const before = filled.get(known);
  if (before !== undefined) return before;
  const slots = new Map<string, KnownArgument>();
  for (const [slot, pattern] of Object.entries(family.slots)) {
    const [best] = [...known].sort((one, other) => likeness(other, pattern) - likeness(one, pattern));
    if (best !== undefined && likeness(best, pattern) > 0) slots.set(slot, best);
  }
  filled.set(known, slots);
  return slots;
}

/** True if it says whose work it is: that may stand for the title that is to be missing. */
function namesMaker(parts: readonly Part[], known: readonly KnownArgument[]): boolean {
  return parts.some(
    (part) => 'argument' in part && known.some((one) => one.name === part.argument && one.meaning?.id === 'artist'),
  );
}

/** How well an argument fills a slot: by name and meaning, by a name that tells all, by its meaning, by its name. */
function likeness({ name, meaning }: KnownArgument, pattern: RegExp): number {
  const isNamed = pattern.test(wordsOfName(name).join(' '));
  const isMeant = meaning !== undefined && pattern.test(meaning.id);
  if (isNamed) return isMeant ? 4 : meaning === undefined ? 3 : 1;
  return isMeant ? 2 : 0;
}

/** True if all is said that is required, and of arguments that rule each other out at most one. */
function saysAll(parts: readonly Part[], known: readonly KnownArgument[], without: string | undefined): boolean {
  const said = new Set(parts.flatMap((part) => ('argument' in part ? [part.argument] : [])));
  return known.every(
    ({ name, required, excludes }) =>
      (!required || name === without || said.has(name)) &&
      !(said.has(name) && excludes.some((other) => said.has(other))),
  );
}
