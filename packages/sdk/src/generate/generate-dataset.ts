import { en, Faker } from '@faker-js/faker';
import { type ConversationExample, promptAndTarget, promptKey, splitDataset } from '../dataset/index.js';
import { TooltuneError } from '../errors/index.js';
import { createRandom, type Random } from '../random/index.js';
import { createCallValidator, type JsonValue, type Toolset } from '../toolset/index.js';
import { chooseWeighted } from './choose.js';
import type { RowContext } from './rows/row-context.js';
import { defaultShares, type RowKind, rowKinds, rowMakers } from './rows/row-kinds.js';
import type { ToolMaterial } from './templates/compose-request.js';
import { knownArguments } from './templates/schema-templates.js';
import { type SeedCall, seedTemplate } from './templates/seed-templates.js';
import { argumentsOf, type Phrase, type RequestTemplate } from './templates/template.js';

export interface GenerateOptions {
  toolset: Toolset;
  /** Real requests with the calls that answer them. What they say, and how, is varied and recombined. */
  seeds?: readonly ConversationExample[] | undefined;
  /** Rows in all, seeds included. */
  count: number;
  seed?: number | string;
  /** Share of each kind of row; those left out have their default, unless all are given. Need not add up to 1. */
  shares?: Partial<Record<RowKind, number>> | undefined;
  /** Shares that are held out of training. Default 0.1 each. */
  validationFraction?: number | undefined;
  testFraction?: number | undefined;
}

export interface GeneratedDataset {
  train: ConversationExample[];
  validation: ConversationExample[];
  test: ConversationExample[];
  /** Rows by kind; seeds are `seed`. */
  kinds: Record<string, number>;
}

/** Draws in a row that bring nothing new before it is said that there is no more to say. */
const patience = 500;

/**
 * Writes a data set from a toolset: requests composed from names, descriptions and schemas, and from what few seeds say.
 * Every call is valid, every value in it is said. The same options give the same rows.
 * @throws TooltuneError `generate/bad-option`, `generate/exhausted` where the tools do not give so many different rows
 */
export function generateDataset(options: GenerateOptions): GeneratedDataset {
  const { toolset, seeds = [], count, seed = 1, validationFraction = 0.1, testFraction = 0.1 } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new TooltuneError('generate/bad-option', `count must be a whole number above 0, it is ${count}`);
  const random = createRandom(seed).fork('generate');
  const context = createContext(toolset, seeds, random);
  const shares = { ...defaultShares, ...options.shares };
  const rows: ConversationExample[] = [];
  const kinds: Record<string, number> = {};
  const asked = new Set<string>();
  const add = (messages: ConversationExample['messages'], kind: string): boolean => {
    const example: ConversationExample = {
      kind: 'conversation',
      messages,
      location: { file: 'generated', line: rows.length + 1 },
    };
    const key = promptKey(example);
    if (asked.has(key)) return false;
    asked.add(key);
    rows.push(example);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    return true;
  };
  for (const { messages } of seeds) if (rows.length < count) add(messages, 'seed');
  const weights = new Map<RowKind, number>(rowKinds.map((kind) => [kind, shares[kind]]));
  const failures = new Map<RowKind, number>();
  while (rows.length < count) {
    if (![...weights.values()].some((weight) => weight > 0)) {
      const message = `these tools gave ${rows.length} different rows and no more; ask for fewer (--count ${rows.length}), or give more seeds`;
      throw new TooltuneError('generate/exhausted', message);
    }
    const kind = chooseWeighted(random, rowKinds, (one) => weights.get(one)!);
    const messages = rowMakers[kind](context);
    if (messages !== undefined && add(messages, kind)) {
      failures.set(kind, 0);
      continue;
    }
    // A kind that has no more to say leaves its share to the others.
    const failed = (failures.get(kind) ?? 0) + 1;
    failures.set(kind, failed);
    if (failed >= (kind === 'call' ? patience : patience / 5)) weights.set(kind, 0);
  }
  const { train: others, heldOut: test } = splitDataset(rows, { seed: `${seed}/test`, fraction: testFraction });
  const fraction = Math.min(1, validationFraction / Math.max(1e-9, 1 - testFraction));
  const { train, heldOut: validation } = splitDataset(others, { seed: `${seed}/validation`, fraction });
  return { ...({ train, validation, test } as Omit<GeneratedDataset, 'kinds'>), kinds };
}

function createContext(toolset: Toolset, seeds: readonly ConversationExample[], random: Random): RowContext {
  const faker = new Faker({ locale: [en], randomizer: { next: () => random.next(), seed: () => {} } });
  const seedCalls = seeds.flatMap(seedCallOf);
  const values = new Map<string, { value: JsonValue; said: string; before: string }[]>();
  const templates = new Map<string, RequestTemplate[]>();
  for (const seed of seedCalls) {
    const { template, said } = seedTemplate(seed);
    // What a seed says in other words than its call cannot be said of other requests.
    if (!Object.values(template.fixed).every((value) => isImplied(seed.request, value))) continue;
    templates.set(seed.tool, [...(templates.get(seed.tool) ?? []), template]);
    for (const { argument, said: words, before } of said) {
      const key = `${seed.tool}/${argument}`;
      values.set(key, [...(values.get(key) ?? []), { value: seed.arguments[argument]!, said: words, before }]);
    }
  }
  const materials = toolset.tools.map((tool): ToolMaterial => {
    const own = templates.get(tool.name) ?? [];
    const phrases = phrasesByArgument(own);
    // Cities are spoken of alike whatever the tool.
    const others = phrasesByArgument([...templates].filter(([name]) => name !== tool.name).flatMap(([, list]) => list));
    const known = knownArguments(tool);
    for (const { name } of known) if (!phrases.has(name) && others.has(name)) phrases.set(name, others.get(name)!);
    return { tool, known, templates: own, phrases };
  });
  const validate = createCallValidator(toolset);
  return {
    random,
    source: { random, faker, seedValues: (tool, argument) => values.get(`${tool}/${argument}`) ?? [] },
    materials,
    weightOf: () => 1,
    isValid: (call) => validate(call).length === 0,
  };
}

/** True of choices and flags, and of words that the request holds in another form ("songs" for "song"). */
function isImplied(request: string, value: JsonValue): boolean {
  return typeof value !== 'string' || request.toLowerCase().includes(value.toLowerCase().replaceAll('_', ' '));
}

function phrasesByArgument(templates: readonly RequestTemplate[]): Map<string, Phrase[]> {
  const phrases = new Map<string, Phrase[]>();
  for (const phrase of templates.flatMap((template) => template.phrases)) {
    const said = argumentsOf(phrase);
    if (said.length === 1) phrases.set(said[0]!, [...(phrases.get(said[0]!) ?? []), phrase]);
  }
  return phrases;
}

/** A seed of one request and one call; others are kept as rows, but nothing is made of them. */
function seedCallOf(example: ConversationExample): SeedCall[] {
  const { prompt, target } = promptAndTarget(example);
  const requests = prompt.filter(({ role }) => role === 'user');
  const [call, ...more] = target.toolCalls ?? [];
  if (requests.length !== 1 || call === undefined || more.length > 0) return [];
  return [{ request: requests[0]!.content!, tool: call.name, arguments: call.arguments }];
}
