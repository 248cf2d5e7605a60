import { describe, expect, it } from 'vitest';
import { parseToolset } from '../toolset/index.js';
import { DatasetError, formatDataset, isLearnable, parseDataset } from './index.js';

const toolset = parseToolset([
  { name: 'light', parameters: { type: 'object', properties: { room: { type: 'string' } } } },
]);
const row = (expectation: unknown, calls: object[] = []) =>
  JSON.stringify({ messages: [{ role: 'user', content: 'a' }], calls, expect: expectation });

describe('expect and tags of a row', () => {
  it('are read in every shape, written back, and teach nothing', () => {
    const notes = { expect: { refuse: true, citations: ['1'] }, tags: ['safety'] };
    const [user, answer] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const text = [
      { messages: [user], calls: [], ...notes },
      { messages: [user, answer], ...notes },
      {
        input: { messages: [user] },
        preferred_output: [answer],
        non_preferred_output: [{ ...answer, content: 'c' }],
        ...notes,
      },
      { text: 'a', intent: 'b', tags: ['safety'] },
    ]
      .map((value) => JSON.stringify(value))
      .join('\n');
    const examples = parseDataset(text);
    for (const example of examples) expect(example.tags).toEqual(['safety']);
    for (const example of examples.slice(0, 3))
      expect(example).toMatchObject({ kind: 'conversation', expect: notes.expect });
    expect(parseDataset(formatDataset(examples))).toEqual(examples);
    expect(examples.map(isLearnable)).toEqual([false, true, true, true]);
  });

  it.each([
    [{}, '/expect must NOT have fewer than 1 properties'],
    [{ pattern: '[' }, '/expect/pattern is no regular expression'],
    [{ pattern: 'a', flags: 'ii' }, '/expect/flags'],
    [{ flags: 'i', refuse: true }, '/expect/flags has no expression to belong to'],
    [{ jsonSchema: { type: 'text' } }, '/expect/jsonSchema/type'],
    [{ citations: ['[1]'] }, '/expect/citations/0'],
    [{ possibleAnswers: [{ lamp: {} }] }, '/expect/possibleAnswers/0/lamp no tool is called "lamp"'],
    [
      { possibleAnswers: [{ light: { rom: [''] } }] },
      '/expect/possibleAnswers/0/light/rom the tool declares no "rom"; did you mean "room"?',
    ],
    [{ surprise: 1 }, '/expect'],
  ])('refuses %j', (expectation, problem) => {
    expect(() => parseDataset(row(expectation), { toolset })).toThrow(DatasetError);
    try {
      parseDataset(row(expectation), { toolset });
    } catch (error) {
      const [first] = (error as DatasetError).problems;
      expect(`${first!.location.pointer} ${first!.message}`).toContain(problem);
    }
  });

  it('refuses calls beside a refusal', () => {
    expect(() => parseDataset(row({ refuse: true }, [{ name: 'light', arguments: {} }]), { toolset })).toThrow(
      'data.jsonl:1#/expect/refuse',
    );
  });
});
