import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationExample, formatDataset, parseDataset, promptAndTarget } from '../dataset/index.js';
import { isGroundedSpan } from '../grounding/index.js';
import { createCallValidator, parseToolset, type Toolset } from '../toolset/index.js';
import { generateDataset } from './index.js';

const home = parseToolset(
  JSON.parse(readFileSync(new URL('../../../../examples/home-assistant/tools.json', import.meta.url), 'utf8')),
);

const desk = parseToolset([
  {
    name: 'create_ticket',
    description: 'Open a ticket for a problem that a customer has.',
    parameters: {
      type: 'object',
      properties: {
        subject: { type: 'string', description: 'What it is about.' },
        customer_email: { type: 'string', format: 'email' },
        priority: { enum: ['low', 'normal', 'urgent'] },
        due: { type: 'string', format: 'date' },
        order_id: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' },
        tags: { type: 'array', items: { enum: ['billing', 'shipping', 'login'] }, minItems: 1, maxItems: 2 },
        notify: { type: 'boolean' },
        address: {
          type: 'object',
          properties: { city: { type: 'string' }, zip: { $ref: '#/$defs/zip' } },
          required: ['city', 'zip'],
        },
      },
      required: ['subject', 'customer_email'],
      additionalProperties: false,
      $defs: { zip: { type: 'string', pattern: '^[0-9]{5}$' } },
    },
  },
  {
    name: 'list_tickets',
    description: 'List the open tickets.',
    parameters: {
      type: 'object',
      properties: {
        priority: { enum: ['low', 'normal', 'urgent'] },
        limit: { type: 'integer', minimum: 1, maximum: 50 },
      },
      additionalProperties: false,
    },
  },
  {
    name: 'close_ticket',
    description: 'Closes a ticket.',
    parameters: {
      type: 'object',
      properties: { ticket_id: { type: 'integer', minimum: 1 } },
      required: ['ticket_id'],
      additionalProperties: false,
    },
  },
]);

const seeds = parseDataset(
  [
    {
      messages: [{ role: 'user', content: 'Please close ticket 4711 for me' }],
      calls: [{ name: 'close_ticket', arguments: { ticket_id: 4711 } }],
    },
    {
      messages: [{ role: 'user', content: 'show me seven urgent tickets' }],
      calls: [{ name: 'list_tickets', arguments: { priority: 'urgent', limit: 7 } }],
    },
    {
      messages: [{ role: 'user', content: 'open a ticket about the broken door for ann@example.org, urgent' }],
      calls: [
        {
          name: 'create_ticket',
          arguments: { subject: 'the broken door', customer_email: 'ann@example.org', priority: 'urgent' },
        },
      ],
    },
  ]
    .map((row) => JSON.stringify(row))
    .join('\n'),
  { toolset: desk },
) as ConversationExample[];

const everyRow = ({ train, validation, test }: ReturnType<typeof generateDataset>) => [
  ...train,
  ...validation,
  ...test,
];
const saidIn = (example: ConversationExample) =>
  example.messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));

describe.each<[string, Toolset, ConversationExample[]]>([
  ['home, no seeds', home, []],
  ['desk, no seeds', desk, []],
  ['desk, three seeds', desk, seeds],
])('generateDataset: %s', (_name, toolset, own) => {
  it('gives as many rows as asked for, of calls that are valid, whose words are said', () => {
    const validate = createCallValidator(toolset);
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (seed) => {
        const rows = everyRow(generateDataset({ toolset, seeds: own, count: 150, seed }));
        expect(rows).toHaveLength(150);
        expect(new Set(rows.map((row) => JSON.stringify(row.messages.slice(0, -1)).toLowerCase())).size).toBe(150);
        for (const row of rows) {
          for (const call of promptAndTarget(row).target.toolCalls ?? []) {
            expect(validate(call)).toEqual([]);
            for (const [name, value] of Object.entries(call.arguments)) {
              const property = (
                toolset.tools.find((tool) => tool.name === call.name)!.parameters.properties as Record<
                  string,
                  Record<string, unknown>
                >
              )[name]!;
              const isFree =
                typeof value === 'string' && ['enum', 'pattern', 'format'].every((keyword) => !(keyword in property));
              if (isFree)
                expect([saidIn(row), value, isGroundedSpan(saidIn(row), value, 'span-ci')]).toEqual([
                  saidIn(row),
                  value,
                  true,
                ]);
            }
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('gives the same for the same seed, and other rows for another', () => {
    const bytes = (seed: number) => formatDataset(everyRow(generateDataset({ toolset, seeds: own, count: 60, seed })));
    expect(bytes(3)).toBe(bytes(3));
    expect(bytes(3)).not.toBe(bytes(4));
  });

  it('speaks of every tool and of every argument', () => {
    const calls = everyRow(generateDataset({ toolset, seeds: own, count: 1500 })).flatMap(
      (row) => promptAndTarget(row).target.toolCalls ?? [],
    );
    for (const tool of toolset.tools) {
      const used = new Set(
        calls.filter(({ name }) => name === tool.name).flatMap((call) => Object.keys(call.arguments)),
      );
      expect([tool.name, [...used].sort()]).toEqual([
        tool.name,
        Object.keys(tool.parameters.properties as object).sort(),
      ]);
    }
  });
});

describe('generateDataset', () => {
  it('has rows of every kind, in their shares, and none of a kind whose share is 0', () => {
    const { kinds } = generateDataset({ toolset: desk, count: 1000, shares: { refusal: 0 } });
    expect(Object.keys(kinds).sort()).toEqual([
      'call',
      'change-of-mind',
      'correction',
      'missing-argument',
      'no-tool',
      'parallel',
      'second-request',
      'similar-tools',
    ]);
    expect(kinds.call).toBeGreaterThan(600);
    expect(kinds.parallel).toBeGreaterThan(30);
  });

  it('asks for what is missing, and calls once it is said', () => {
    const rows = everyRow(generateDataset({ toolset: desk, count: 300, shares: onlyOf('missing-argument') }));
    const asking = rows.filter(({ messages }) => messages.length === 2);
    const calling = rows.filter(({ messages }) => messages.length === 4);
    expect(asking.length).toBeGreaterThan(50);
    expect(calling.length).toBeGreaterThan(50);
    for (const { messages } of asking)
      expect(messages[1]).toMatchObject({ role: 'assistant', content: expect.stringMatching(/[?.]$/) });
  });

  it('holds rows out that ask nothing that is learnt', () => {
    const { train, validation, test } = generateDataset({
      toolset: desk,
      seeds,
      count: 400,
      validationFraction: 0.2,
      testFraction: 0.1,
    });
    expect([train.length, validation.length, test.length]).toEqual([280, 80, 40]);
  });

  it('does what a correction says, and the last of what a changed mind says', () => {
    const corrected = everyRow(generateDataset({ toolset: desk, count: 50, shares: onlyOf('correction') }));
    for (const { messages } of corrected) {
      const calls = messages.flatMap((message) => ('toolCalls' in message ? (message.toolCalls ?? []) : []));
      expect(calls).toHaveLength(2);
      expect(calls[1]!.name).toBe(calls[0]!.name);
      expect(calls[1]!.arguments).not.toEqual(calls[0]!.arguments);
    }
    const changed = everyRow(generateDataset({ toolset: desk, count: 50, shares: onlyOf('change-of-mind') }));
    for (const row of changed) expect(promptAndTarget(row).target.toolCalls).toHaveLength(1);
  });

  it('keeps seeds as they are, and varies them', () => {
    const rows = everyRow(generateDataset({ toolset: desk, seeds, count: 400 }));
    const texts = rows.flatMap(saidIn);
    expect(texts).toContain('Please close ticket 4711 for me');
    expect(texts.filter((text) => /close ticket (?!4711)\S+ for me/.test(text)).length).toBeGreaterThan(3);
  });

  it('takes a value that ends with a full stop whole, and makes nothing of a seed that says a value in other words', () => {
    const call = (content: string, values: object) =>
      JSON.stringify({ messages: [{ role: 'user', content }], calls: [{ name: 'wake', arguments: values }] });
    const when = { type: 'string', description: 'When, as said.' };
    const wake = parseToolset([
      {
        name: 'wake',
        description: 'Wake somebody.',
        parameters: { type: 'object', properties: { when }, required: ['when'] },
      },
    ]);
    const rows = [
      call('wake me up at seven a.m.', { when: 'seven a.m.' }),
      call('get me out of bed early', { when: 'dawn' }),
    ];
    const own = parseDataset(rows.join('\n'), { toolset: wake }) as ConversationExample[];
    const made = everyRow(generateDataset({ toolset: wake, seeds: own, count: 200, shares: onlyOf('call') }));
    for (const row of made) {
      const { when: value } = promptAndTarget(row).target.toolCalls![0]!.arguments;
      if (value !== 'dawn')
        expect([saidIn(row), isGroundedSpan(saidIn(row), value as string, 'span')]).toEqual([saidIn(row), true]);
    }
    expect(made.flatMap(saidIn).filter((text) => text.includes('out of bed'))).toEqual(['get me out of bed early']);
    expect(made.flatMap(saidIn).filter((text) => /wake me up at (?!seven a\.m)/.test(text)).length).toBeGreaterThan(20);
  });

  it('says so where there is no more to say, and refuses a count that is none', () => {
    const stop = parseToolset([{ name: 'stop', description: 'Stop.' }]);
    expect(() => generateDataset({ toolset: stop, count: 5000, shares: onlyOf('call') })).toThrow(
      expect.objectContaining({ code: 'generate/exhausted' }),
    );
    for (const count of [0, -1, 1.5, Number.NaN])
      expect(() => generateDataset({ toolset: stop, count })).toThrow(
        expect.objectContaining({ code: 'generate/bad-option' }),
      );
  });
});

function onlyOf(kind: string): Record<string, number> {
  const kinds = [
    'call',
    'similar-tools',
    'parallel',
    'no-tool',
    'missing-argument',
    'second-request',
    'correction',
    'change-of-mind',
    'refusal',
  ];
  return Object.fromEntries(kinds.map((one) => [one, one === kind ? 1 : 0]));
}
