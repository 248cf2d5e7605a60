import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseToolset } from '../toolset/index.js';
import { type LintRule, lintRules, lintToolset } from './index.js';

const good = {
  name: 'get_weather',
  description: 'The weather forecast of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Name of the city.' } },
    required: ['city'],
    additionalProperties: false,
  },
};

type Properties = Record<string, object | boolean>;
const withProperties = (properties: Properties, required: string[] = []) => ({
  ...good,
  parameters: { ...good.parameters, properties, required },
});

const rulesOf = (...tools: object[]) =>
  lintToolset(parseToolset(tools)).map(({ rule, tool, pointer }) => `${rule} ${tool ?? ''}${pointer}`);
const city = '/parameters/properties';

describe('lintToolset', () => {
  it('finds nothing in a good toolset', () => {
    expect(rulesOf(good)).toEqual([]);
    expect(rulesOf(good, { ...good, name: 'play_music', description: 'Play a song or an album.' })).toEqual([]);
  });

  it.each<[LintRule, object[], string[]]>([
    ['tool-description-missing', [{ ...good, description: ' ' }], ['get_weather']],
    ['tool-description-short', [{ ...good, description: 'Gets weather' }], ['get_weather/description']],
    [
      'tool-names-similar',
      [good, { ...good, name: 'weather_get', description: 'Other thing altogether here.' }],
      ['weather_get/name'],
    ],
    [
      'tool-descriptions-overlap',
      [good, { ...good, name: 'forecast', description: 'Get the weather forecast for one city.' }],
      ['forecast/description'],
    ],
    ['argument-description-missing', [withProperties({ city: { type: 'string' } })], [`get_weather${city}/city`]],
    [
      'argument-names-similar',
      [
        withProperties({
          user_id: { type: 'string', description: 'The user.' },
          userId: { type: 'string', description: 'Who.' },
        }),
      ],
      [`get_weather${city}/user_id`],
    ],
    [
      'object-unbounded',
      [withProperties({ options: { type: 'object', description: 'More options.' } })],
      [`get_weather${city}/options`],
    ],
    [
      'string-is-choice',
      [withProperties({ unit: { type: 'string', description: 'One of celsius, fahrenheit.' } })],
      [`get_weather${city}/unit`],
    ],
    [
      'string-without-format',
      [withProperties({ start_date: { type: 'string', description: 'First day.' } })],
      [`get_weather${city}/start_date`],
    ],
    [
      'required-contradicted',
      [withProperties({ a: { type: 'string', description: 'Optional city.' } }, ['a'])],
      [`get_weather${city}/a`],
    ],
    [
      'required-contradicted',
      [withProperties({ a: { type: 'string', description: 'The city. This is required.' } })],
      [`get_weather${city}/a`],
    ],
    [
      'enum-opaque',
      [withProperties({ level: { enum: ['A1', 'B2'], description: 'How hard.' } })],
      [`get_weather${city}/level`],
    ],
    [
      'optional-many',
      [
        withProperties(
          Object.fromEntries(
            Array.from({ length: 13 }, (_, index) => [
              `field${'abcdefghijklm'[index]}`,
              { type: 'string', description: `Field ${index}.` },
            ]),
          ),
        ),
      ],
      ['get_weather/parameters'],
    ],
    ['nesting-deep', [withProperties({ a: nested(5) })], [`get_weather${city}/a${'/properties/a'.repeat(4)}`]],
  ])('%s', (rule, tools, places) => {
    const found = lintToolset(parseToolset(tools)).filter((finding) => finding.rule === rule);
    expect(found.map(({ tool, pointer }) => `${tool ?? ''}${pointer}`)).toEqual(places);
    for (const { severity, message } of found) expect([severity, message.length > 20]).toEqual([lintRules[rule], true]);
  });

  it('tells of one thing under two names', () => {
    const described = { type: 'string', description: 'Name of the town where it is.' };
    expect(
      rulesOf(withProperties({ city: described }), {
        ...withProperties({ town: described }),
        name: 'book',
        description: 'Book a table somewhere.',
      }),
    ).toEqual([`argument-meaning-repeated book${city}/town`]);
  });

  it('tells of a toolset that fills the prompt', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...withProperties({
        city: { type: 'string', description: `Place ${index} of the ${index}th kind, which is unlike all others.` },
      }),
      name: `tool${index}`,
      description: `Does thing${index} to object${index} for reason${index}.`,
    }));
    expect(rulesOf(...many)).toEqual(['toolset-large ']);
  });

  it('leaves out what is switched off', () => {
    const toolset = parseToolset([{ ...good, description: ' ' }]);
    expect(lintToolset(toolset, { disabled: ['tool-description-missing'] })).toEqual([]);
  });

  it('has no warning for the example of the home', () => {
    const tools = readFileSync(new URL('../../../../examples/home-assistant/tools.json', import.meta.url), 'utf8');
    expect(lintToolset(parseToolset(JSON.parse(tools))).filter(({ severity }) => severity === 'warning')).toEqual([]);
  });
});

function nested(depth: number): object {
  const a = depth === 0 ? { type: 'string', description: 'The end.' } : nested(depth - 1);
  return { type: 'object', description: 'Something deeper.', properties: { a }, additionalProperties: false };
}
