import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooltuneError } from '../errors/index.js';
import { parseToolset } from '../toolset/index.js';
import { describeExpectation, parseScenarios, ScenarioError } from './index.js';

const toolset = parseToolset([
  { name: 'open_door', parameters: { type: 'object', properties: { door: { enum: ['front', 'back'] } } } },
]);
const scenario = (change: object) => ({
  ...{ name: 'a', capability: 'doors', why: 'safety', request: 'open', expect: { refuse: true } },
  ...change,
});
const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const problemsOf = (text: string) => {
  try {
    parseScenarios(text, { toolset });
  } catch (error) {
    if (error instanceof ScenarioError) {
      return error.problems.map(({ location, message }) => `${location.line}${location.pointer} ${message}`);
    }
    throw error;
  }
  return [];
};

describe('parseScenarios', () => {
  it('reads requests and conversations', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'open' },
    ];
    const text = lines(
      scenario({ note: 'never' }),
      scenario({ name: 'b', request: undefined, messages, expect: { calls: [] } }),
    );
    expect(parseScenarios(`\uFEFF${text.replace('\n', '\r\n\r\n')}`, { file: 's.jsonl' })).toEqual([
      {
        ...{ name: 'a', capability: 'doors', why: 'safety', note: 'never', expect: { refuse: true } },
        messages: [{ role: 'user', content: 'open' }],
        location: { file: 's.jsonl', line: 1 },
      },
      {
        ...{ name: 'b', capability: 'doors', why: 'safety', expect: { calls: [] } },
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'open' },
        ],
        location: { file: 's.jsonl', line: 3 },
      },
    ]);
  });

  it.each<[string, object[], string[]]>([
    ['a name that comes twice', [scenario({}), scenario({})], ['2/name "a" is the name of line 1 too; give another']],
    ['no request', [scenario({ request: undefined })], ['1 a scenario has either "request" or "messages"']],
    [
      'a call that the toolset refuses',
      [scenario({ expect: { calls: [{ name: 'open_dor', arguments: {} }] } })],
      ['1/expect/calls/0/name no tool is called "open_dor"; did you mean "open_door"?'],
    ],
    [
      'a call beside a refusal',
      [scenario({ expect: { refuse: true, calls: [{ name: 'open_door', arguments: {} }] } })],
      ['1/expect/refuse an answer that declines calls nothing: leave out the calls, or "refuse"'],
    ],
    [
      'an answer at the end',
      [
        scenario({
          request: undefined,
          messages: [
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
          ],
        }),
      ],
      ['1/messages/1 the answer is asked for: end with a message to answer'],
    ],
    ['a reason that is none', [scenario({ why: 'fun' })], ['1/why must be one of "quality", "safety"']],
  ])('refuses %s', (_, rows, problems) => expect(problemsOf(lines(...rows))).toEqual(problems));

  it('refuses expressions that are none', () => {
    expect(problemsOf(lines(scenario({ expect: { pattern: '(' } })))[0]).toMatch(/^1\/expect\/pattern is no regular/);
  });

  it('reads any text or says what is wrong with it', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({
        name: fc.string(),
        capability: fc.string(),
        why: fc.constantFrom('quality', 'x'),
        request: fc.string(),
        expect: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            value.map((one) => JSON.stringify(one)),
          ),
        ),
        (texts) => {
          try {
            parseScenarios(texts.join('\n'), { toolset });
          } catch (error) {
            expect(TooltuneError.isInstance(error) && error.code).toBe('scenarios/invalid');
          }
        },
      ),
    );
  });
});

it('describeExpectation tells all of it', () => {
  expect(
    describeExpectation({
      refuse: false,
      calls: [],
      pattern: 'a',
      flags: 'i',
      jsonSchema: true,
      citations: ['1', '2'],
    }),
  ).toBe('no call; does not decline; words match /a/i; JSON by a schema; cites of [1] [2]');
});
