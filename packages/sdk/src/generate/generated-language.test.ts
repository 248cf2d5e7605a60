import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationExample, promptAndTarget } from '../dataset/index.js';
import { parseToolset } from '../toolset/index.js';
import { generateDataset } from './index.js';

const toolsetOf = (path: string) =>
  parseToolset(JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')));
const home = toolsetOf('examples/home-assistant/tools.json');
const desk = toolsetOf('bench/reference/support-desk.tools.json');
const office = parseToolset([
  {
    name: 'create_event',
    description: 'Create a calendar event.',
    parameters: {
      type: 'object',
      properties: {
        title: { type: 'string', description: 'Title of the event.' },
        date: { type: 'string', format: 'date' },
        duration_minutes: { type: 'integer', minimum: 5 },
        all_day: { type: 'boolean' },
      },
      required: ['title', 'date'],
    },
  },
  {
    name: 'search_flights',
    description: 'Search for flights between two cities.',
    parameters: {
      type: 'object',
      properties: {
        origin: { type: 'string' },
        destination: { type: 'string' },
        passengers: { type: 'integer', minimum: 1 },
      },
      required: ['origin', 'destination'],
    },
  },
  {
    name: 'rate_film',
    description: 'Rate a film.',
    parameters: {
      type: 'object',
      properties: {
        film_title: { type: 'string' },
        rating_value: { type: 'integer', minimum: 0 },
        best_rating: { type: 'integer', minimum: 1 },
        rating_unit: { enum: ['stars', 'points'] },
      },
      required: ['film_title', 'rating_value'],
    },
  },
]);

const rowsOf = (toolset: typeof home, seed: number) => {
  const { train, validation, test } = generateDataset({ toolset, count: 200, seed });
  return [...train, ...validation, ...test];
};
const saidIn = ({ messages }: ConversationExample) =>
  messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));
const calledIn = (row: ConversationExample) => promptAndTarget(row).target.toolCalls ?? [];

/** Every row of some data sets, drawn anew. */
function ofEveryRow(toolset: typeof home, check: (row: ConversationExample) => void): void {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), (seed) => {
      for (const row of rowsOf(toolset, seed)) check(row);
    }),
    { numRuns: 4 },
  );
}

describe.each([
  ['home', home],
  ['support desk', desk],
  ['office', office],
])('the language of generated requests: %s', (_name, toolset) => {
  it('has no word twice, no wrong article, no stop after a stop, and no number that does not agree', () => {
    const wrong =
      /\bthe the\b|(?<!\.)\.\.(?!\.)|[!?]\.|\ba an?\b|\bfor for\b|\b(?<!of )(?:1|one) (?:stars|points|tickets|people)\b|\bI '|\bI (?:want|need) to (?:get|find|show|tell|remind|wake) me\b/i;
    ofEveryRow(toolset, (row) => {
      for (const text of saidIn(row)) expect([text, wrong.exec(text)?.[0]]).toEqual([text, undefined]);
    });
  });

  it('ends a question with a question mark or nothing', () => {
    ofEveryRow(toolset, (row) => {
      for (const text of saidIn(row)) {
        if (
          /^(can|could|would|will|is|are|do|does|what|when|where|how|which)\b[^.!?]*[.!]$/i.test(text) &&
          !/[ap]\.m\.$/.test(text)
        )
          expect(text).toBe('a question');
      }
    });
  });

  it('asks one tool for two things at once only where they are not the same', () => {
    ofEveryRow(toolset, (row) => {
      const [one, other] = calledIn(row);
      if (one === undefined || other === undefined || one.name !== other.name) return;
      expect(one.arguments).not.toEqual(other.arguments);
      const tool = toolset.tools.find(({ name }) => name === one.name)!;
      const [target] = (tool.parameters.required as string[] | undefined) ?? [];
      if (target !== undefined && target !== 'items')
        expect(one.arguments[target]).not.toEqual(other.arguments[target]);
    });
  });
});

describe('what generated requests ask for', () => {
  it('has no colour and no level of what is off, and no article on a list', () => {
    ofEveryRow(home, (row) => {
      for (const { name, arguments: given } of calledIn(row)) {
        if (name === 'set_light' && given.state === 'off') expect(Object.keys(given).sort()).toEqual(['room', 'state']);
        if (name === 'add_to_list')
          for (const item of given.items as string[]) expect(item).not.toMatch(/^(an?|the|some|my) /);
        if (name === 'set_thermostat') expect('temperature' in given !== 'adjust' in given).toBe(true);
      }
    });
  });

  it('is at most the best there is', () => {
    ofEveryRow(office, (row) => {
      for (const { arguments: given } of calledIn(row)) {
        if (typeof given.best_rating === 'number') expect(given.rating_value).toBeLessThanOrEqual(given.best_rating);
      }
    });
  });
});
