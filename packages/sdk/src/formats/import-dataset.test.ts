import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConversationExample } from '../dataset/index.js';
import { formatLocation } from '../errors/index.js';
import { parseToolset } from '../toolset/index.js';
import { type ImportedDataset, type ImportOptions, importDataset } from './index.js';

const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), 'utf8');
const read = (name: string, options: ImportOptions = {}) => importDataset(fixture(name), { file: name, ...options });
const conversations = ({ rows }: ImportedDataset) =>
  rows.map(({ example }) => (example as ConversationExample).messages);
const told = ({ problems }: ImportedDataset) =>
  problems.map(({ location, message }) => `${formatLocation(location)}: ${message}`);
const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('importDataset', () => {
  it('reads ShareGPT of LLaMA-Factory: calls and results as JSON text, tools as a string, preferences', () => {
    const imported = read('sharegpt.json');
    expect(imported).toMatchObject({ refused: 0, problems: [], formats: { sharegpt: 3 } });
    expect(imported.toolset?.tools.map(({ name }) => name)).toEqual(['find_route', 'next_tram']);
    const [route, trams, thanks] = conversations(imported);
    expect(route).toEqual([
      { role: 'system', content: 'You know this town.' },
      { role: 'user', content: 'How do I cycle to the harbour?' },
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ name: 'find_route', arguments: { goal: 'the harbour', by: 'bicycle' } }],
      },
      { role: 'tool', content: '{"minutes": 14}' },
      { role: 'assistant', content: 'It takes 14 minutes by bicycle.' },
    ]);
    expect(trams!.slice(1, 4)).toMatchObject([
      { toolCalls: [{ arguments: { stop: 'Mill Lane' } }, { arguments: { stop: 'Old Gate' } }] },
      { role: 'tool', content: '{"in":3}' },
      { role: 'tool', content: '{"in":7}' },
    ]);
    expect(thanks!.at(-1)).toMatchObject({ content: 'You are welcome.' });
    expect(imported.rows[2]!.example).toMatchObject({ rejected: { toolCalls: [{ name: 'next_tram' }] } });
  });

  it('reads Hermes: tools in the system turn, calls as Python prints them, results by name', () => {
    const imported = read('hermes.jsonl');
    expect(imported).toMatchObject({ refused: 0, problems: [], formats: { hermes: 2 } });
    expect(imported.toolset?.tools).toHaveLength(2);
    const [route, trams] = conversations(imported);
    expect(route).toEqual([
      { role: 'user', content: "On foot from the mill to Anna's Corner?" },
      {
        role: 'assistant',
        content: null,
        toolCalls: [{ name: 'find_route', arguments: { start: 'the mill', goal: "Anna's Corner", by: 'foot' } }],
      },
    ]);
    expect(trams![0]).toEqual({ role: 'system', content: 'You know this town.' });
    expect(trams![2]).toMatchObject({ content: 'Let me see.', toolCalls: [{}, {}] });
    expect(trams!.slice(3, 5)).toEqual([
      { role: 'tool', content: '{"in":3}' },
      { role: 'tool', content: '{"in":7}' },
    ]);
  });

  it('reads xLAM: types of Python become JSON Schema, and no answer is a row that wants no call', () => {
    const imported = read('xlam.json');
    expect(imported).toMatchObject({ refused: 0, problems: [], formats: { xlam: 2 } });
    expect(imported.toolset!.tools[0]!.parameters).toEqual({
      type: 'object',
      properties: {
        port: { type: 'string', description: 'Name of the port.' },
        days: { type: 'integer', description: 'How many days.', default: 1 },
        levels: { type: 'array', items: { type: 'number' }, description: 'Heights to mark, in metres.' },
        units: { type: 'string', description: 'Units of heights.', default: 'm' },
      },
      required: ['port'],
    });
    const [tides, song] = conversations(imported);
    expect(tides!.at(-1)).toMatchObject({
      toolCalls: [{ arguments: { port: 'Husum', days: 3 } }, { name: 'sunrise' }],
    });
    expect(song).toEqual([
      { role: 'user', content: 'Sing me a song' },
      { role: 'assistant', content: null },
    ]);
    expect(imported.rows[1]!.tools).toHaveLength(1);
  });

  it('reads TRL: arguments as objects, what tables fill with null, prompts that are not trained on', () => {
    const imported = read('trl.jsonl');
    expect(imported).toMatchObject({ refused: 0, problems: [], formats: { trl: 3 } });
    const [seven, , morning] = conversations(imported);
    expect(seven!.slice(2)).toEqual([
      { role: 'assistant', content: null, toolCalls: [{ name: 'next_tram', arguments: { stop: 'Old Gate' } }] },
      { role: 'tool', content: '7' },
      { role: 'assistant', content: 'In seven minutes.' },
    ]);
    expect(morning).toHaveLength(2);
    expect(imported.rows[2]).toMatchObject({ example: { rejected: { content: 'Where to?' } } });
    const prompt = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    const taught = importDataset(lines({ prompt, completion: [{ role: 'assistant', content: 'd' }] }));
    expect(conversations(taught)[0]!.map((message) => ('weight' in message ? message.weight : 1))).toEqual([
      1, 0, 1, 1,
    ]);
  });

  it("reads OpenAI's rows, and the shapes of tooltune's own", () => {
    const imported = read('openai.jsonl');
    expect(imported).toMatchObject({ refused: 0, formats: { openai: 1 } });
    expect(conversations(imported)[0]![2]).toEqual({ role: 'tool', content: '7', toolCallId: 'call_7' });
    const own = importDataset(
      lines({ messages: [{ role: 'user', content: 'x' }], calls: [] }, { text: 'y', intent: null }),
    );
    expect(own.rows.map(({ example }) => example.kind)).toEqual(['conversation', 'intent']);
  });

  it('links results by the name of their tool where they come in another order', () => {
    const call = (name: string) => ({ type: 'function', function: { name, arguments: {} } });
    const messages = [
      { role: 'user', content: 'both' },
      { role: 'assistant', tool_calls: [call('a'), call('b')] },
      { role: 'tool', name: 'b', content: 'of b' },
      { role: 'tool', name: 'a', content: 'of a' },
      { role: 'assistant', content: 'done' },
    ];
    const [read] = conversations(importDataset(lines({ messages }), { from: 'trl' }));
    const [, turn, first] = read! as { toolCalls: { id?: string }[]; toolCallId?: string }[];
    expect(first!.toolCallId).toBe(turn!.toolCalls[1]!.id);
    expect(first!.toolCallId).toBeDefined();
  });

  it('checks calls against the row, or against a toolset that is given in its place', () => {
    const row = {
      query: 'tide',
      answers: '[{"name":"tide","arguments":{"port":1}}]',
      tools: '[{"name":"tide","parameters":{"port":{"type":"str"}}}]',
    };
    expect(told(importDataset(lines(row)))).toEqual(['data.jsonl:1#/answers: in the JSON text, /port: must be string']);
    const toolset = parseToolset([
      { name: 'tide', parameters: { type: 'object', properties: { port: { type: 'integer' } } } },
    ]);
    expect(importDataset(lines(row), { toolset })).toMatchObject({ refused: 0, rows: [{}] });
  });

  it('names the conflict where two rows describe one tool with other arguments, and keeps the first words', () => {
    const row = (description: string, type: string) => ({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: 'y' },
      ],
      tools: [{ name: 't', description, parameters: { type: 'object', properties: { at: { type } } } }],
    });
    const conflicting = importDataset(lines(row('one', 'string'), row('two', 'string'), row('one', 'integer')));
    expect(told(conflicting)).toEqual([
      expect.stringMatching(
        /^data\.jsonl:3#\/tools: the tool "t" takes other arguments than in data\.jsonl:1 .*\/parameters\/properties\/at\/type/,
      ),
    ]);
    expect(conflicting.refused).toBe(1);
    expect(conflicting.toolset!.tools[0]!.description).toBe('one');
    expect(conflicting.notes.map(({ location }) => location.line)).toEqual([2]);
  });

  it.each([
    ['{', 'data.jsonl:1: not JSON'],
    ['[1]', 'data.jsonl#/0: a row must be a JSON object'],
    ['{"conversations":[{"from":"robot","value":"x"}]}', 'data.jsonl:1#/conversations/0/from: must be one of'],
    ['{"conversations":[{"from":"human","value":1}]}', 'data.jsonl:1#/conversations/0/value: must be a string'],
    [
      '{"conversations":[{"from":"human","value":"x"},{"from":"function_call","value":"{\'name\'"}]}',
      'data.jsonl:1#/conversations/1/value: not JSON',
    ],
    [
      '{"conversations":[{"from":"human","value":"x"},{"from":"function_call","value":"[1]"}]}',
      'data.jsonl:1#/conversations/1/value: must be the JSON text of {"name", "arguments"}',
    ],
    [
      '{"conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"<tool_call>{\\"name\\":1}</tool_call>"}]}',
      'data.jsonl:1#/conversations/1/value: call 1: no <tool_call>',
    ],
    [
      '{"conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"<tool_call>{\\"name\\":\\"a\\",\\"arguments\\":{}}</tool_call> done"}]}',
      'data.jsonl:1#/conversations/1/value: words after a call',
    ],
    [
      '{"conversations":[{"from":"human","value":"x"}]}',
      'data.jsonl:1#/conversations/0/value: the last message must be',
    ],
    ['{"query":"x","answers":"nothing"}', 'data.jsonl:1#/answers: not JSON'],
    [
      '{"query":"x","answers":"[]","tools":"[{\\"name\\":\\"a\\",\\"parameters\\":{\\"b\\":{\\"type\\":\\"Widget\\"}}}]"}',
      'data.jsonl:1#/tools: in the JSON text, parameter /a/b: no type of Python that is known: "Widget"',
    ],
    ['{"prompt":"x","completion":"y"}', 'data.jsonl:1#/prompt: is text; give a list of messages'],
    [
      '{"chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rejected":[]}',
      '#/rejected: begins otherwise',
    ],
    [
      '{"prompt":[],"completion":[{"role":"user","content":"a"}]}',
      'data.jsonl:1#/completion/0: the last message must be',
    ],
  ])('refuses a row with its place and the reason: %s', (text, message) => {
    const imported = importDataset(text);
    expect(told(imported).join('\n')).toContain(message);
    expect(imported).toMatchObject({ rows: [], refused: 1 });
  });

  it('goes on after a row that is refused, and counts', () => {
    const imported = importDataset('{\n{"text":"a","intent":null}\n\n{"text":1,"intent":null}\n');
    expect([imported.rows.length, imported.refused]).toEqual([1, 2]);
  });
});
