import { en, Faker } from '@faker-js/faker';
import { type ConversationExample, promptAndTarget } from '../dataset/index.js';
import type { Random } from '../random/index.js';
import { createCallValidator, type JsonSchema, type JsonValue, type Toolset } from '../toolset/index.js';
import type { RowContext } from './rows/row-context.js';
import type { ToolMaterial } from './templates/compose-request.js';
import { knownArguments } from './templates/known-arguments.js';
import { type SeedCall, seedTemplate } from './templates/seed-templates.js';
import { argumentsOf, type Phrase, type RequestTemplate } from './templates/template.js';

/** What rows are made of: the tools, and what the seeds say and how. */
export function createContext(toolset: Toolset, seeds: readonly ConversationExample[], random: Random): RowContext {
  const faker = new Faker({ locale: [en], randomizer: { next: () => random.next(), seed: () => {} } });
  const seedCalls = seeds.flatMap(seedCallOf);
  const values = new Map<string, { value: JsonValue; said: string; before: string }[]>();
  const templates = new Map<string, RequestTemplate[]>();
  for (const seed of seedCalls) {
    const { template, said } = seedTemplate(seed);
    // What a seed says in other words than its call cannot be said of other requests.
    if (!Object.values(template.fixed).every((value) => isImplied(seed.request, value))) continue;
    if (saysOtherChoices(toolset, seed)) continue;
    templates.set(seed.tool, [...(templates.get(seed.tool) ?? []), template]);
    for (const { argument, said: words, before } of said) {
      const key = `${seed.tool}/${argument}`;
      values.set(key, [...(values.get(key) ?? []), { value: seed.arguments[argument]!, said: words, before }]);
    }
  }
  const materials = toolset.tools.map((tool): ToolMaterial => {
    const own = templates.get(tool.name) ?? [];
    const phrases = phrasesByArgument(own);
    // Cities and times are spoken of alike whatever the tool.
    const others = phrasesByArgument([...templates].filter(([name]) => name !== tool.name).flatMap(([, list]) => list));
    const known = knownArguments(tool);
    for (const { name, meaning } of known) {
      if (!/^(city|state|country|time|date)$/.test(meaning?.id ?? '')) continue;
      if (!phrases.has(name) && others.has(name)) phrases.set(name, others.get(name)!);
    }
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

/** True if a seed speaks of a choice that its call leaves out ("songs", and no kind of item): it goes with its own words only. */
function saysOtherChoices({ tools }: Toolset, seed: SeedCall): boolean {
  const tool = tools.find(({ name }) => name === seed.tool);
  const properties = (tool?.parameters.properties ?? {}) as Record<string, JsonSchema>;
  let text = seed.request;
  for (const value of Object.values(seed.arguments)) if (typeof value === 'string') text = text.replace(value, ' ');
  const words = new Set(Array.from(text.toLowerCase().matchAll(/\p{L}+/gu), ([word]) => word));
  return Object.entries(properties).some(([name, schema]) => {
    if (name in seed.arguments || typeof schema !== 'object' || !Array.isArray(schema.enum)) return false;
    return schema.enum.some((value) => typeof value === 'string' && (words.has(value) || words.has(`${value}s`)));
  });
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
