import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLocation } from '../errors/index.js';
import { type JsonObject, parseToolset } from '../toolset/index.js';
import {
  type ChatMessage,
  type ConversationExample,
  DatasetError,
  type Example,
  formatDataset,
  isLearnable,
  parseDataset,
} from './index.js';

const toolset = parseToolset([
  {
    name: 'book_table',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 1 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  { name: 'cancel' },
]);

const user = { role: 'user', content: 'a table in Rome' } as const;
const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

function problemsOf(text: string, options = {}): string[] {
  try {
    parseDataset(text, { file: 'd.jsonl', ...options });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return error.problems.map(({ location, message }) => `${formatLocation(location)} ${message}`);
  }
  return [];
}

describe('parseDataset', () => {
  it('takes empty words of the assistant for no words', () => {
    const nothing = { role: 'assistant', content: '' };
    const [first, second] = parseDataset(
      lines({ messages: [user, nothing] }, { messages: [user], calls: [], content: '' }),
    );
    for (const example of [first!, second!]) {
      expect(example).toMatchObject({ messages: [user, { role: 'assistant', content: null }] });
      expect(isLearnable(example)).toBe(false);
    }
    expect(problemsOf(lines({ messages: [user, nothing, user, { role: 'assistant', content: 'Done.' }] }))).toEqual([
      'd.jsonl:1#/messages/1 the assistant says nothing here: give "content" or "tool_calls"',
    ]);
  });

  it('reads preferences in both shapes, and writes them so that they are read again', () => {
    const wrong = { name: 'book', arguments: { town: 'Rome' } };
    const right = { name: 'book_table', arguments: { city: 'Rome' } };
    const written = (call: typeof wrong | typeof right) => ({
      role: 'assistant',
      tool_calls: [{ type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }],
    });
    const read = parseDataset(
      lines(
        { messages: [user], calls: [right], rejected: { calls: [wrong] } },
        { input: { messages: [user] }, preferred_output: [written(right)], non_preferred_output: [written(wrong)] },
        { messages: [user], calls: [right], rejected: { content: 'No.' } },
      ),
      { toolset },
    );
    expect(read[0]).toMatchObject({
      messages: [user, { role: 'assistant', content: null, toolCalls: [right] }],
      rejected: { role: 'assistant', content: null, toolCalls: [wrong] },
    });
    const { messages, rejected } = read[1] as ConversationExample;
    expect({ messages, rejected }).toEqual({
      messages: (read[0] as ConversationExample).messages,
      rejected: expect.anything(),
    });
    expect(rejected).toEqual((read[0] as ConversationExample).rejected);
    expect(read[2]).toMatchObject({ rejected: { role: 'assistant', content: 'No.' } });
    const again = parseDataset(formatDataset(read), { toolset });
    const bare = (examples: readonly Example[]) =>
      JSON.parse(JSON.stringify(examples, (key, value) => (key === 'location' || key === 'id' ? undefined : value)));
    expect(bare(again)).toEqual(bare(read));
  });

  it('tells what is wrong with preferences, where it is', () => {
    const right = { name: 'book_table', arguments: { city: 'Rome' } };
    const said = (name: string, args: string) => ({
      role: 'assistant',
      tool_calls: [{ type: 'function', function: { name, arguments: args } }],
    });
    const problems = problemsOf(
      lines(
        { messages: [user], calls: [right], rejected: { calls: [right] } },
        { messages: [user], calls: [right], rejected: {} },
        {
          input: { messages: [user] },
          preferred_output: [said('book_table', '{"city":1}')],
          non_preferred_output: [said('x', '{')],
        },
        { input: { messages: [user] }, preferred_output: [said('cancel', '{}')] },
      ),
      { toolset },
    );
    expect(problems).toEqual([
      'd.jsonl:1#/rejected is the answer that is preferred: give another, or leave it out',
      'd.jsonl:2#/rejected says nothing: give the words or calls that are not preferred',
      expect.stringMatching(/^d\.jsonl:3#\/non_preferred_output\/0\/tool_calls\/0\/function\/arguments /),
      expect.stringMatching(/^d\.jsonl:3#\/preferred_output\/0\/tool_calls\/0\/function\/arguments .*city/),
      expect.stringMatching(/^d\.jsonl:4 .*non_preferred_output/),
    ]);
  });

  it('reads the other three shapes, mixed', () => {
    const text = lines(
      {
        messages: [
          { role: 'developer', content: 'Be short.' },
          user,
          {
            role: 'assistant',
            content: null,
            weight: 0,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'book_table', arguments: '{"city":"Rome"}' } },
            ],
          },
          { role: 'tool', content: 'done', tool_call_id: 'c1' },
          { role: 'assistant', content: 'Booked.' },
        ],
      },
      { messages: [user], calls: [{ name: 'book_table', arguments: { city: 'Rome' } }], content: 'Sure.' },
      { messages: [user], calls: [] },
      { text: 'hello', intent: 'greet' },
      { text: 'hm', intent: null },
    );
    const at = (line: number) => ({ location: { file: 'd.jsonl', line } });
    expect(parseDataset(text, { file: 'd.jsonl', toolset })).toEqual<Example[]>([
      {
        kind: 'conversation',
        messages: [
          { role: 'system', content: 'Be short.' },
          user,
          {
            role: 'assistant',
            content: null,
            weight: 0,
            toolCalls: [{ id: 'c1', name: 'book_table', arguments: { city: 'Rome' } }],
          },
          { role: 'tool', content: 'done', toolCallId: 'c1' },
          { role: 'assistant', content: 'Booked.' },
        ],
        ...at(1),
      },
      {
        kind: 'conversation',
        messages: [
          user,
          { role: 'assistant', content: 'Sure.', toolCalls: [{ name: 'book_table', arguments: { city: 'Rome' } }] },
        ],
        ...at(2),
      },
      { kind: 'conversation', messages: [user, { role: 'assistant', content: null }], ...at(3) },
      { kind: 'intent', text: 'hello', intent: 'greet', ...at(4) },
      { kind: 'intent', text: 'hm', intent: null, ...at(5) },
    ]);
  });

  it('allows a byte order mark, CRLF and blank lines, and counts lines as an editor does', () => {
    const text = `\uFEFF{"text":"a","intent":"x"}\r\n\r\n   \r\n{"text":"b","intent":"y"}\r\n`;
    expect(parseDataset(text).map(({ location }) => location.line)).toEqual([1, 4]);
    expect(parseDataset('')).toEqual([]);
  });

  it('keeps U+2028 in a line', () => {
    expect(parseDataset('{"text":"a\u2028b","intent":null}')).toMatchObject([{ text: 'a\u2028b' }]);
  });

  it('tells every problem with its file, line and JSON pointer', () => {
    const text = [
      '{"text":"a","intent":"x"}',
      '{"text": }',
      '[]',
      '{"question":"?"}',
      '{"text":"a"}',
      lines({ messages: [{ role: 'robot', content: 'x' }], calls: [] }),
      lines({ messages: [user], calls: [{ name: 'book_table', arguments: '{}' }] }),
      lines({ messages: [user] }),
      lines({ messages: [user, { role: 'assistant', content: 'x' }], calls: [] }),
      lines({ messages: [{ role: 'assistant' }, user], calls: [] }),
      lines({ messages: [{ role: 'tool', content: 'x', tool_call_id: 'c9' }], calls: [] }),
      '{"text":"\\ud83d","intent":null}',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      'd.jsonl:2 not JSON: expected a value, found "}" at column 10',
      'd.jsonl:3 a row must be a JSON object',
      'd.jsonl:4 a row needs "messages" (with "calls", or ending with the assistant\'s message), "text" and "intent" (or "intents", or "score"), or "input", "preferred_output" and "non_preferred_output"',
      'd.jsonl:5 "intent" is missing',
      'd.jsonl:6#/messages/0/role "role" has a value that is not known: "robot"',
      'd.jsonl:7#/calls/0/arguments must be object',
      'd.jsonl:8#/messages/0 the last message must be the assistant\'s; or give its calls in "calls"',
      'd.jsonl:9#/messages/1 "calls" holds the assistant\'s turn: end with a user\'s message',
      'd.jsonl:10#/messages/0 the assistant says nothing here: give "content" or "tool_calls"',
      'd.jsonl:11#/messages/0/tool_call_id no earlier call has the id "c9"',
      'd.jsonl:12 holds half of a surrogate pair, which is no character: remove it or write the whole pair',
    ]);
  });

  it('checks calls against the toolset', () => {
    const call = (name: string, values: unknown) => ({
      role: 'assistant',
      tool_calls: [{ type: 'function', function: { name, arguments: JSON.stringify(values) } }],
    });
    const text = lines(
      {
        messages: [user],
        calls: [
          { name: 'cancel', arguments: {} },
          { name: 'book_tabel', arguments: {} },
        ],
      },
      { messages: [user], calls: [{ name: 'book_table', arguments: { city: 'Rome', people: 0 } }] },
      { messages: [user, call('book_table', { people: 1 })] },
      { messages: [user, call('book_table', { city: 5 })] },
      { messages: [user, call('book_table', [])] },
      { messages: [user, { ...call('cancel', {}), tool_calls: [{ function: { name: 'cancel', arguments: '{' } }] }] },
    );
    expect(problemsOf(text, { toolset })).toEqual([
      'd.jsonl:1#/calls/1/name no tool is called "book_tabel"; did you mean "book_table"?',
      'd.jsonl:2#/calls/0/arguments/people must be >= 1',
      'd.jsonl:3#/messages/1/tool_calls/0/function/arguments "city" is missing',
      'd.jsonl:4#/messages/1/tool_calls/0/function/arguments in the JSON text, /city: must be string',
      'd.jsonl:5#/messages/1/tool_calls/0/function/arguments must be the JSON text of an object',
      'd.jsonl:6#/messages/1/tool_calls/0/function/arguments not JSON: expected a property name in double quotes or "}", found the end of the text at column 2 of the string',
    ]);
  });

  it('refuses arguments that a tool does not declare, which decoding could never write', () => {
    const open = (parameters: JsonObject) =>
      parseToolset([{ name: 'play', parameters: { type: 'object', ...parameters } }]);
    const text = lines({ messages: [user], calls: [{ name: 'play', arguments: { titel: 'x', 'a/b': 1 } }] });
    const properties = { title: { type: 'string' } };
    expect(problemsOf(text, { toolset: open({ properties }) })).toEqual([
      'd.jsonl:1#/calls/0/arguments/titel the tool declares no "titel"; did you mean "title"?',
      'd.jsonl:1#/calls/0/arguments/a~1b the tool declares no "a/b"',
    ]);
    expect(problemsOf(text, { toolset: open({ properties, additionalProperties: true }) })).toEqual([]);
  });

  it("checks calls against the row's own tools where there is no toolset", () => {
    const assistant = { role: 'assistant', tool_calls: [{ function: { name: 'b', arguments: '{}' } }] };
    const row = { messages: [user, assistant], tools: [{ name: 'a' }] };
    expect(problemsOf(lines(row))).toEqual([
      'd.jsonl:1#/messages/1/tool_calls/0/function/name no tool is called "b"; did you mean "a"?',
    ]);
    expect(problemsOf(lines({ ...row, tools: [{ name: '' }] }))[0]).toMatch(/^d\.jsonl:1#\/tools\/0\/name must match/);
  });

  it("takes tools that are said to be the row's own, checks calls against them, and writes them again", () => {
    const mask = { name: 'zuri', parameters: { type: 'object', properties: { teka: { type: 'integer' } } } };
    const called = (name: string, teka: unknown) => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify({ teka }) } }],
    });
    const row = (answer: object) => ({
      messages: [{ role: 'user', content: 'a' }, answer],
      tools: [mask],
      own_tools: true,
    });
    const read = parseDataset(lines(row(called('zuri', 3))), { toolset });
    expect(read[0]).toMatchObject({ tools: [mask] });
    expect(parseDataset(formatDataset(read), { toolset })).toEqual(
      read.map((example) => ({ ...example, location: { file: 'data.jsonl', line: 1 } })),
    );
    expect(problemsOf(lines(row(called('zuri', 'x'))), { toolset })[0]).toContain('/teka');
    expect(problemsOf(lines(row(called('book_table', 3))), { toolset })[0]).toContain('no tool is called "book_table"');
    expect(problemsOf(lines({ ...row(called('zuri', 3)), tools: undefined }), { toolset })[0]).toContain(
      '#/tools is missing',
    );
  });

  it("refuses rows whose own tools are not the toolset's, whatever their order", () => {
    const answer = { role: 'assistant', content: 'ok' };
    const [book, cancel] = toolset.tools;
    const row = (...tools: unknown[]) => ({ messages: [user, answer], tools });
    expect(problemsOf(lines(row(cancel, { type: 'function', function: book })), { toolset })).toEqual([]);
    expect(problemsOf(lines(row({ ...book, description: 'x' }, { name: 'cancle' })), { toolset })).toEqual([
      'd.jsonl:1#/tools/0 "book_table" is not described as in the toolset; make them the same',
      'd.jsonl:1#/tools/1 the toolset has no "cancle"; did you mean "cancel"?',
      'd.jsonl:1#/tools the toolset\'s "cancel" is not among the row\'s tools',
    ]);
  });

  it('says so when the file is JSON, not JSONL', () => {
    expect(problemsOf(JSON.stringify([{ text: 'a', intent: null }], null, 2))).toEqual([
      'd.jsonl this is one JSON value; write JSONL: each row as one line of its own',
    ]);
  });

  it('stops after as many problems as it is told', () => {
    expect(problemsOf('x\n'.repeat(50), { maxProblems: 7 })).toHaveLength(7);
  });

  it('reads back what formatDataset writes', () => {
    const text = fc.string({ unit: 'grapheme' });
    const words = fc.string({ unit: 'grapheme', minLength: 1 });
    const values = fc.dictionary(text, fc.jsonValue({ stringUnit: 'grapheme' })) as fc.Arbitrary<JsonObject>;
    const calls = fc.array(fc.record({ name: fc.string({ unit: 'grapheme', minLength: 1 }), arguments: values }), {
      minLength: 1,
      maxLength: 3,
    });
    const assistant = fc.oneof(
      fc.record({
        role: fc.constant('assistant' as const),
        content: words,
        weight: fc.constantFrom(0 as const, 1 as const),
      }),
      fc.record({ role: fc.constant('assistant' as const), content: fc.option(words), toolCalls: calls }),
    );
    const other = fc.record({ role: fc.constantFrom('system' as const, 'user' as const), content: text });
    const conversation = fc
      .tuple(fc.array(fc.oneof(other, assistant)), assistant)
      .map(([before, last]) => ({ kind: 'conversation' as const, messages: [...before, last] as ChatMessage[] }));
    const intent = fc.record({ kind: fc.constant('intent' as const), text, intent: fc.option(text) });
    fc.assert(
      fc.property(fc.array(fc.oneof(conversation, intent)), (written) => {
        const examples = written.map(
          (example, index): Example => ({ ...example, location: { file: 'x', line: index + 1 } }),
        );
        expect(withoutIds(parseDataset(formatDataset(examples), { file: 'x' }))).toEqual(withoutIds(examples));
      }),
    );
  });
});

/** As JSON, in which 0 and -0 are the same; without the ids that formatDataset gives to calls that had none. */
function withoutIds(examples: readonly Example[]): unknown {
  const copies = JSON.parse(JSON.stringify(examples)) as Example[];
  for (const example of copies) {
    for (const message of example.kind === 'conversation' ? example.messages : []) {
      for (const call of message.role === 'assistant' ? (message.toolCalls ?? []) : []) delete call.id;
    }
  }
  return copies;
}
