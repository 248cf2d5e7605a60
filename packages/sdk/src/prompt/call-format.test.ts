import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../toolset/index.js';
import { formatToolCalls, parseToolCalls } from './index.js';

const parse = (text: string) => parseToolCalls(text, 'json-in-tags');
const stop = '<tool_call>{"name":"stop","arguments":{}}</tool_call>';

describe('parseToolCalls', () => {
  it('undoes formatToolCalls', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('</tool_call>', '<tool_call>', '{"', '\\"', '\n'));
    const calls = fc.array(fc.record({ name: text, arguments: fc.dictionary(text, fc.jsonValue()) }));
    fc.assert(
      fc.property(calls, fc.constantFrom('', 'Sure.', 'Two\nlines <3'), (given, content) => {
        const list = JSON.parse(JSON.stringify(given)) as { name: string; arguments: JsonObject }[];
        const written = [content, formatToolCalls(list, 'json-in-tags')].filter((part) => part !== '').join('\n');
        expect(parse(written)).toEqual({ calls: list, content, malformed: false });
      }),
    );
  });

  it('is tolerant of white space and of the order of members', () => {
    const spaced = ` \n Well <tool_call> \n{ "arguments" : {"a": 1}, "name": "x" }\n </tool_call>\n\n${stop} done \n`;
    expect(parse(spaced)).toEqual({
      calls: [
        { name: 'x', arguments: { a: 1 } },
        { name: 'stop', arguments: {} },
      ],
      content: 'Well done',
      malformed: false,
    });
    expect(parse('')).toEqual({ calls: [], content: '', malformed: false });
  });

  it.each([
    ['not JSON', '<tool_call>{"name":"stop","arguments":{x}}</tool_call>'],
    ['arguments as a string', '<tool_call>{"name":"stop","arguments":"{}"}</tool_call>'],
    ['no arguments', '<tool_call>{"name":"stop"}</tool_call>'],
    ['no name', '<tool_call>{"arguments":{}}</tool_call>'],
    ['another member', '<tool_call>{"name":"stop","arguments":{},"id":"1"}</tool_call>'],
    ['a list', '<tool_call>[{"name":"stop","arguments":{}}]</tool_call>'],
    ['a number', '<tool_call>12</tool_call>'],
    ['words after the object', '<tool_call>{"name":"stop","arguments":{}} ok</tool_call>'],
    ['a broken closing tag', '<tool_call>{"name":"stop","arguments":{}}</tool</tool_call>'],
    ['nothing', '<tool_call></tool_call>'],
    ['a raw newline in a string', '<tool_call>{"name":"st\nop","arguments":{}}</tool_call>'],
  ])('says that %s is malformed, and goes on after it', (_case, output) => {
    expect(parse(`${output}\n${stop}`)).toEqual({
      calls: [{ name: 'stop', arguments: {} }],
      content: '',
      malformed: true,
    });
  });

  it.each(['<tool_call>{"na', '<tool_call>{"name":"stop","arguments":{}}</tool_c', `Well <tool_call>`])(
    'never makes a call of an output that ends too early: %s',
    (output) => {
      const parsed = parse(output);
      expect(parsed).toMatchObject({ calls: [], malformed: true });
    },
  );
});
