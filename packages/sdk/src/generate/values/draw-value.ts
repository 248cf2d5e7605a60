import type { Faker } from '@faker-js/faker';
import RandExp from 'randexp';
import type { Random } from '../../random/index.js';
import type { JsonObject, JsonSchema, JsonValue, Tool } from '../../toolset/index.js';
import { chance, choose } from '../choose.js';
import { numberWords, ordinalDigits } from '../language/number-words.js';
import { capitalise } from '../language/registers.js';
import { wordsOfName } from '../language/words-of-name.js';
import { exampleEmail } from '../meaning/example-addresses.js';
import { describedExamples, findMeaning } from '../meaning/find-meaning.js';
import { giftItems, months, packingItems, tasks } from '../meaning/word-lists.js';

/** A value of an argument, and the words that say it. */
export interface DrawnValue {
  value: JsonValue;
  /** Empty for what follows without being said (a constant). */
  said: string;
  /** What may stand before it, where that is known better than by the meaning. */
  connectors?: readonly string[] | undefined;
  /** Words that it can stand behind too, where a seed has them. */
  behind?: readonly string[] | undefined;
}

/** What values are drawn with. */
export interface ValueSource {
  random: Random;
  faker: Faker;
  /** Values that seeds have for an argument, as they were said. */
  seedValues(tool: string, argument: string): readonly { value: JsonValue; said: string; before: string }[];
}

type ObjectSchema = Exclude<JsonSchema, boolean>;

/** Where a value is to stand. */
export interface ValuePlacement {
  /** What stood there in the seed. */
  instead?: string | undefined;
  /** The word before it. */
  before?: string | undefined;
}

/** Draws a value that the schema allows in all likelihood; undefined where nothing is known that it would allow. */
export function drawValue(
  source: ValueSource,
  argument: string,
  schema: JsonSchema,
  tool: Pick<Tool, 'name' | 'description' | 'parameters'>,
  placement: ValuePlacement = {},
): DrawnValue | undefined {
  const { instead } = placement;
  const resolved = resolve(schema, tool.parameters);
  const meaning =
    instead === undefined || resolved.enum !== undefined ? undefined : findMeaning(argument, resolved, tool);
  const like = meaning?.alike?.find((words) => words.includes(instead!.toLowerCase()));
  if (like !== undefined) {
    const said = choose(source.random, like);
    return { value: said, said };
  }
  for (let tries = 0; tries < 12; tries++) {
    const drawn = drawAnywhere(source, argument, schema, tool);
    if (drawn === undefined || instead === undefined || fitsPlace(drawn, placement)) return drawn;
  }
  return undefined;
}

/** A value that knows what may stand before it ("at" noon, "on" Monday) is not put after something else. */
function fitsPlace({ value, connectors, behind }: DrawnValue, { before }: ValuePlacement): boolean {
  if (connectors === undefined || typeof value !== 'string') return true;
  const word = before !== undefined && placeWords.has(before) ? before : '';
  return connectors.includes(word) || behind?.includes(word) === true;
}

const placedMeanings = new Set(['time', 'date', 'clock', 'duration']);
const placeWords = new Set(['at', 'in', 'on', 'for', 'around', 'by', 'from', 'until', 'after', 'before']);

function drawAnywhere(
  source: ValueSource,
  argument: string,
  schema: JsonSchema,
  tool: Pick<Tool, 'name' | 'description' | 'parameters'>,
): DrawnValue | undefined {
  const { random } = source;
  const seeds = source.seedValues(tool.name, argument);
  // Of few seeds each value would be seen again and again.
  if (seeds.length > 0 && chance(random, Math.min(0.5, seeds.length / 60 + 0.1))) {
    const { value, said, before } = choose(random, seeds);
    // Of a time it matters what it stood behind: "at" noon, but "on" Monday.
    const timely = placedMeanings.has(findMeaning(argument, resolve(schema, tool.parameters), tool)?.id ?? '');
    return { value, said, connectors: timely ? [placeWords.has(before) ? before : ''] : undefined };
  }
  return draw(source, argument, resolve(schema, tool.parameters), tool, 0);
}

function draw(
  source: ValueSource,
  name: string,
  schema: ObjectSchema,
  tool: Pick<Tool, 'name' | 'description' | 'parameters'>,
  depth: number,
): DrawnValue | undefined {
  const { random } = source;
  if (schema.const !== undefined) return { value: schema.const, said: '' };
  if (Array.isArray(schema.enum)) return drawEnum(random, name, schema.enum);
  const alternatives = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (alternatives !== undefined) {
    const { anyOf: _a, oneOf: _o, ...base } = schema;
    for (const alternative of random.shuffle(alternatives)) {
      const one = resolve(alternative, tool.parameters);
      if (one.type === 'null') continue;
      const drawn = draw(source, name, { ...base, ...one } as ObjectSchema, tool, depth + 1);
      if (drawn !== undefined) return drawn;
    }
    return undefined;
  }
  if (Array.isArray(schema.allOf)) {
    const { allOf, ...base } = schema;
    const merged = Object.assign({}, ...(allOf as JsonSchema[]).map((one) => resolve(one, tool.parameters)), base);
    return draw(source, name, merged, tool, depth + 1);
  }
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== 'null') : [schema.type];
  switch (types[0] ?? (schema.properties === undefined ? 'string' : 'object')) {
    case 'boolean':
      return { value: chance(random, 0.7), said: wordsOfName(name).join(' ') };
    case 'integer':
    case 'number':
      return drawNumber(random, name, schema, types[0] === 'integer');
    case 'array':
      return drawArray(source, name, schema, tool, depth);
    case 'object':
      return depth > 3 ? undefined : drawObject(source, schema, tool, depth);
    default:
      return drawString(source, name, schema, tool);
  }
}

/** The schema that a local reference names, with what stands beside it. */
export function resolve(schema: JsonSchema, root: JsonObject): ObjectSchema {
  let current = schema;
  for (let hops = 0; hops < 20; hops++) {
    if (typeof current === 'boolean') return {};
    const { $ref, ...others } = current;
    if (typeof $ref !== 'string') return current;
    if (!$ref.startsWith('#/')) return others;
    const target = $ref
      .slice(2)
      .split('/')
      .reduce<JsonValue | undefined>((at, part) => {
        const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
        return typeof at === 'object' && at !== null && !Array.isArray(at) ? at[key] : undefined;
      }, root);
    if (typeof target !== 'object' || target === null || Array.isArray(target)) return others;
    current = { ...target, ...others };
  }
  return {};
}

function drawEnum(random: Random, name: string, values: readonly JsonValue[]): DrawnValue | undefined {
  const sayable = values.filter((value) => value !== null);
  if (sayable.length === 0) return undefined;
  const value = choose(random, sayable);
  if (typeof value === 'string') {
    const words = /\s/.test(value) ? value : wordsOfName(value).join(' ') || value;
    if (/^[A-Z]{2,5}$/.test(value)) return { value, said: value };
    if (words === 'all' || words === 'any') {
      return { value, said: `all ${wordsOfName(name).join(' ')}s`, connectors: ['in', 'for'] };
    }
    if (/^(today|tomorrow|tonight|now|every \w+|daily)$/.test(words)) return { value, said: words, connectors: [''] };
    if (/^\w+day$/.test(words))
      return { value, said: chance(random, 0.7) ? capitalise(words) : words, connectors: ['on'] };
    if (/^(weekends?|weekdays)$/.test(words)) return { value, said: words, connectors: ['on'] };
    return { value, said: words };
  }
  return { value, said: typeof value === 'boolean' ? wordsOfName(name).join(' ') : String(value) };
}

/** Whole numbers that people say of such an argument, where its schema does not bound them. */
const usualRanges: readonly (readonly [RegExp, number, number, (readonly string[])?])[] = [
  [
    /\b(party|people|guests|persons|passengers|adults|seats|size)\b/,
    1,
    12,
    ['for', 'for', 'for a party of', 'for a group of'],
  ],
  [/\b(best|out of|maximum rating)\b/, 5, 10, ['out of', 'of', 'out of']],
  [/\b(rating|stars|score|points|grade)\b/, 0, 6, ['', 'with', 'of', 'a']],
  [/\b(percent|percentage|brightness|volume|level|opacity|battery)\b/, 0, 100, ['at $name', 'with $name']],
  [/\b(temperature|degrees)\b/, 15, 28, ['to', 'at', 'to']],
  [/\byear\b/, 1950, 2030, ['from', 'in']],
  [/\b(minutes|minute|seconds)\b/, 1, 60],
  [/\b(hours|hour)\b/, 1, 24],
  [/\b(days|nights)\b/, 1, 30],
  [/\b(price|amount|cost|budget|total|salary|fee)\b/, 5, 900, ['for']],
  [/\b(id|identifier|number|order)\b/, 1000, 99_999],
  [/\b(quantity|count|limit|copies|top)\b/, 1, 20],
];

function drawNumber(random: Random, name: string, schema: ObjectSchema, isInteger: boolean): DrawnValue | undefined {
  const words = wordsOfName(name).join(' ');
  const usual = usualRanges.find(([pattern]) => pattern.test(words)) ?? ([/./, 1, 20, undefined] as const);
  const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : 1;
  const least = numberOf(schema.minimum) ?? plus(numberOf(schema.exclusiveMinimum), step);
  const most = numberOf(schema.maximum) ?? plus(numberOf(schema.exclusiveMaximum), -step);
  const [, usualLow, usualHigh] = usual;
  const low = Math.ceil(
    (least === undefined
      ? Math.min(usualLow, most ?? usualLow)
      : Math.max(least, most === undefined || most >= usualLow ? usualLow : least)) / step,
  );
  const high = Math.floor((most ?? (low * step > usualHigh ? low * step + 10 * step : usualHigh)) / step);
  if (!(low <= high)) return undefined;
  let value = random.integer(low, high) * step;
  if (!isInteger && step === 1 && chance(random, 0.2) && value + 0.5 <= high) value += 0.5;
  value = Number(value.toFixed(9));
  const coin = coinOf(words, schema);
  if (coin !== undefined) {
    const written = Number.isInteger(value) ? String(value) : value.toFixed(2);
    return { value, said: choose(random, [`${coin.sign}${written}`, `${written} ${coin.name}`]), connectors: usual[3] };
  }
  const unit = /\b(seconds|minutes|hours|days|weeks|months|nights|miles|kilometers)$/.exec(words)?.[1];
  if (unit !== undefined && words !== unit) {
    return { value, said: `${value} ${value === 1 ? unit.slice(0, -1) : unit}`, connectors: ['for'] };
  }
  const inWords = numberWords(value);
  const said = inWords !== undefined && value <= 20 && chance(random, 0.4) ? inWords : String(value);
  return { value, said, connectors: usual[3] };
}

const coins = [
  { sign: '$', name: 'dollars' },
  { sign: '€', name: 'euros' },
  { sign: '£', name: 'pounds' },
] as const;

/** What an amount is counted in, as its description says: "in dollars". */
function coinOf(words: string, { description }: ObjectSchema): (typeof coins)[number] | undefined {
  if (!/\b(price|amount|cost|budget|total|salary|fee)\b/.test(words) || typeof description !== 'string')
    return undefined;
  return coins.find(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(description));
}

const numberOf = (value: JsonValue | undefined) => (typeof value === 'number' ? value : undefined);
const plus = (value: number | undefined, step: number) => (value === undefined ? undefined : value + step);

function drawArray(
  source: ValueSource,
  name: string,
  schema: ObjectSchema,
  tool: Pick<Tool, 'name' | 'description' | 'parameters'>,
  depth: number,
): DrawnValue | undefined {
  const { random } = source;
  const least = Math.max(1, numberOf(schema.minItems) ?? 1);
  const most = Math.max(least, Math.min(numberOf(schema.maxItems) ?? 3, least + 2));
  const items = resolve((schema.items as JsonSchema | undefined) ?? {}, tool.parameters);
  const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
  const drawn: DrawnValue[] = [];
  const wanted = random.integer(least, most);
  for (let tries = 0; drawn.length < wanted && tries < 10; tries++) {
    const item = draw(source, singular, items, tool, depth + 1);
    if (item === undefined) return undefined;
    if (!drawn.some(({ value }) => JSON.stringify(value) === JSON.stringify(item.value))) drawn.push(item);
  }
  if (drawn.length < least) return undefined;
  return { value: drawn.map(({ value }) => value), said: enumerate(drawn.map(({ said }) => said)) };
}

/** What is written on lists of some names: not everything is a thing to buy. */
const listItems: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\b(to ?do|tasks?|chores?|work)\b/i, tasks],
  [/\b(packing|travel|trip|luggage)\b/i, packingItems],
  [/\b(gifts?|presents?|wish)\b/i, giftItems],
];

/** Items that go on a list of such a name; undefined of lists that say nothing of it. Articles belong to no item. */
export function drawListItems(random: Random, schema: ObjectSchema, list: string): DrawnValue | undefined {
  const own = listItems.find(([pattern]) => pattern.test(list.replaceAll(/[-_]/g, ' ')))?.[1];
  if (own === undefined) return undefined;
  const isMany = schema.type === 'array';
  const least = isMany ? Math.max(numberOf(schema.minItems) ?? 1, random.integer(1, own === tasks ? 2 : 3)) : 1;
  const drawn = random.shuffle(own).slice(0, Math.min(least, numberOf(schema.maxItems) ?? least));
  const values = drawn.map((item) => item.replace(/^(a|an) /, ''));
  return { value: isMany ? values : values[0]!, said: enumerate(drawn) };
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function drawObject(
  source: ValueSource,
  schema: ObjectSchema,
  tool: Pick<Tool, 'name' | 'description' | 'parameters'>,
  depth: number,
): DrawnValue | undefined {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const value: JsonObject = {};
  const said: string[] = [];
  for (const [name, property] of properties) {
    if (!required.has(name) && !chance(source.random, 0.3)) continue;
    const drawn = draw(source, name, resolve(property, tool.parameters), tool, depth + 1);
    if (drawn === undefined) {
      if (required.has(name)) return undefined;
      continue;
    }
    value[name] = drawn.value;
    if (drawn.said !== '')
      said.push(typeof drawn.value === 'boolean' ? sayBoolean(drawn) : `${wordsOfName(name).join(' ')} ${drawn.said}`);
  }
  return { value, said: enumerate(said) };
}

/** `with breakfast`, `without breakfast`; `locked`, `not locked`. */
export function sayBoolean({ value, said }: DrawnValue): string {
  if (/^(shuffle|repeat|loop)$/.test(said)) return value === true ? `on ${said}` : `without ${said}`;
  if (/^(all|whole) /.test(said)) return value === true ? said : `not ${said}`;
  if (/(ed|active|open|public|private|urgent|recurring|available|visible)$/.test(said))
    return value === true ? said : `not ${said}`;
  return `${value === true ? 'with' : 'without'} ${said}`;
}

function drawString(
  source: ValueSource,
  name: string,
  schema: ObjectSchema,
  tool: Pick<Tool, 'name' | 'description'>,
): DrawnValue | undefined {
  const { random, faker } = source;
  if (typeof schema.format === 'string') {
    const drawn = drawFormat(random, faker, schema.format);
    if (drawn !== undefined) return drawn;
  }
  if (typeof schema.pattern === 'string') return drawPattern(random, schema);
  const examples = describedExamples(schema);
  const meaning = findMeaning(name, schema, tool);
  for (let tries = 0; tries < 5; tries++) {
    const drawn = drawWords();
    if (drawn.value.trim() !== '' && fitsLength(drawn.value, schema)) return drawn;
  }
  return undefined;

  function drawWords(): DrawnValue & { value: string } {
    if (examples.length > 0 && meaning === undefined) {
      const said = choose(random, examples);
      return { value: said, said };
    }
    if (meaning === undefined) {
      const said = choose(random, [
        () => faker.word.noun(),
        () => `${faker.word.adjective()} ${faker.word.noun()}`,
        () => faker.commerce.product().toLowerCase(),
      ])();
      return { value: said, said };
    }
    const said = meaning.say(random, faker);
    return typeof said === 'string'
      ? { value: said, said }
      : { value: said.text, said: said.text, connectors: said.connectors, behind: said.behind };
  }
}

function fitsLength(value: string, schema: ObjectSchema): boolean {
  const length = Array.from(value).length;
  return (
    length >= (numberOf(schema.minLength) ?? 0) && length <= (numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY)
  );
}

const two = (value: number) => String(value).padStart(2, '0');

function drawFormat(random: Random, faker: Faker, format: string): DrawnValue | undefined {
  const asIs = (value: string): DrawnValue => ({ value, said: value });
  const year = random.integer(2026, 2027);
  const month = random.integer(1, 12);
  const day = random.integer(1, 28);
  const date = `${year}-${two(month)}-${two(day)}`;
  const saidDate = choose(random, [
    date,
    `${months[month - 1]} ${day}, ${year}`,
    `${months[month - 1]} ${ordinalDigits(day)}, ${year}`,
    `the ${ordinalDigits(day)} of ${months[month - 1]} ${year}`,
    `${day} ${months[month - 1]} ${year}`,
  ]);
  const hour = random.integer(0, 23);
  const minute = choose(random, [0, 15, 30, 45]);
  switch (format) {
    case 'date':
      return { value: date, said: saidDate, connectors: ['on', 'on', 'for'] };
    case 'date-time':
      return {
        value: `${date}T${two(hour)}:${two(minute)}:00Z`,
        said: `${saidDate} at ${sayClock(random, hour, minute)} UTC`,
        connectors: ['on', 'for'],
      };
    case 'time':
      return {
        value: `${two(hour)}:${two(minute)}:00Z`,
        said: `${sayClock(random, hour, minute)} UTC`,
        connectors: ['at'],
      };
    case 'email':
    case 'idn-email':
      return asIs(exampleEmail(random, faker));
    case 'uri':
    case 'url':
    case 'iri':
    case 'uri-reference':
      return asIs(faker.internet.url({ appendSlash: false }));
    case 'uuid':
      return asIs(faker.string.uuid());
    case 'ipv4':
      return asIs(faker.internet.ipv4({ network: 'private-a' }));
    case 'ipv6':
      return asIs(`2001:db8:${faker.internet.ipv6().split(':').slice(2).join(':')}`);
    case 'hostname':
    case 'idn-hostname':
      return asIs(faker.internet.domainName());
    case 'duration': {
      const count = random.integer(1, 50);
      const [letter, word] = choose(random, [
        ['TM', 'minute'],
        ['TH', 'hour'],
        ['D', 'day'],
        ['W', 'week'],
      ] as const);
      const value = letter.length === 2 ? `PT${count}${letter[1]}` : `P${count}${letter}`;
      return { value, said: `${count} ${word}${count === 1 ? '' : 's'}`, connectors: ['for'] };
    }
    default:
      return undefined;
  }
}

/** `7:30 pm`, `19:30`. */
function sayClock(random: Random, hour: number, minute: number): string {
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const half = hour < 12 ? 'am' : 'pm';
  return choose(random, [
    `${two(hour)}:${two(minute)}`,
    minute === 0 ? `${twelve} ${half}` : `${twelve}:${two(minute)} ${half}`,
    `${twelve}:${two(minute)}${half}`,
  ]);
}

function drawPattern(random: Random, schema: ObjectSchema): DrawnValue | undefined {
  let pattern: RegExp;
  try {
    pattern = new RegExp(schema.pattern as string, 'u');
  } catch {
    return undefined;
  }
  // Nearly always when people are up.
  const hour = chance(random, 0.8)
    ? random.integer(8, 20)
    : chance(random, 0.85)
      ? random.integer(6, 22)
      : random.integer(0, 23);
  const minute = choose(random, [0, 15, 30, 45]);
  const clock = `${two(hour)}:${two(minute)}`;
  // A pattern of the clock, which nobody says by its digits alone.
  if (pattern.test(clock) && pattern.test('23:59') && !pattern.test('2359') && !pattern.test('a:b'))
    return { value: clock, said: sayClock(random, hour, minute), connectors: ['at'] };
  const expression = new RandExp(schema.pattern as string);
  expression.max = 8;
  expression.randInt = (from, to) => random.integer(Math.min(from, to), Math.max(from, to));
  for (let tries = 0; tries < 5; tries++) {
    const value = expression.gen();
    if (pattern.test(value) && fitsLength(value, schema)) return { value, said: value };
  }
  return undefined;
}
