import { createCallValidator, parseToolCalls } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolOutputParser } from './tool-output-parser.js';
import type { ToolOutputEvent } from './tool-stream-event.js';

const tools = [
  {
    name: 'play',
    parameters: {
      type: 'object',
      properties: { title: { type: 'string' }, year: { type: 'integer' } },
      required: ['title'],
      additionalProperties: false,
    },
  },
  { name: 'stop', parameters: { type: 'object', properties: {}, additionalProperties: false } },
];

function parse(pieces: readonly Uint8Array[], reason: 'stop' | 'length' | 'aborted' = 'stop'): ToolOutputEvent[] {
  const parser = new ToolOutputParser({
    toolNames: new Set(tools.map((tool) => tool.name)),
    checkCall: createCallValidator({ tools }),
    createId: (index) => `call-${index}`,
  });
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end(reason)];
}

function parseText(text: string, reason: 'stop' | 'length' | 'aborted' = 'stop'): ToolOutputEvent[] {
  return parse([new TextEncoder().encode(text)], reason);
}

function summary(events: readonly ToolOutputEvent[]) {
  const argumentTexts: string[] = [];
  let text = '';
  for (const event of events) {
    if (event.type === 'text-delta') text += event.text;
    if (event.type === 'arguments-delta') argumentTexts[event.index] = (argumentTexts[event.index] ?? '') + event.text;
  }
  const rest = events.filter((event) => event.type !== 'text-delta' && event.type !== 'arguments-delta');
  return { text, argumentTexts, rest };
}

const call = (name: string, argumentsText: string) =>
  `<tool_call>{"name": "${name}", "arguments": ${argumentsText}}</tool_call>`;

describe('ToolOutputParser', () => {
  it('streams a call and gives it once it is closed', () => {
    expect(parseText(call('play', '{"title": "Für Elise 🎹", "year": 1810}'))).toEqual([
      { type: 'tool-call-start', id: 'call-0', index: 0, name: 'play' },
      { type: 'arguments-delta', index: 0, text: '{"title": "Für Elise 🎹", "year": 1810}' },
      { type: 'argument', id: 'call-0', index: 0, pointer: '/title', value: 'Für Elise 🎹' },
      { type: 'argument', id: 'call-0', index: 0, pointer: '/year', value: 1810 },
      {
        type: 'tool-call',
        id: 'call-0',
        index: 0,
        name: 'play',
        arguments: { title: 'Für Elise 🎹', year: 1810 },
      },
    ]);
  });

  it('keeps words apart from calls and drops the whitespace between them', () => {
    const { text, rest } = summary(
      parseText(`\n Sure,\n now <3\n${call('stop', '{}')}\n${call('stop', '{}')}\n done. \n`),
    );
    expect(text).toBe('Sure,\n now <3\n done.');
    expect(rest.map((event) => event.type)).toEqual(['tool-call-start', 'tool-call', 'tool-call-start', 'tool-call']);
  });

  it('holds back what may be a tag only as long as it may be one', () => {
    const parser = new ToolOutputParser({ toolNames: new Set(), checkCall: () => [], createId: String });
    const push = (text: string) => summary(parser.push(new TextEncoder().encode(text))).text;
    expect(push('a <tool')).toBe('a');
    expect(push('_cal')).toBe('');
    expect(push('<')).toBe(' <tool_cal');
    expect(push('b')).toBe('<b');
  });

  it('reads a closing tag inside a string as text, and members in either order', () => {
    const title = 'a</tool_call>"\\u00e9<tool_call>';
    const events = parseText(`<tool_call>{"arguments":{"title":${JSON.stringify(title)}},"name":"play"}</tool_call>`);
    expect(events.map((event) => event.type)).toEqual(['tool-call-start', 'arguments-delta', 'argument', 'tool-call']);
    expect(events[3]).toMatchObject({ arguments: { title } });
  });

  it.each([
    ['unknown tool', call('pause', '{}'), 'unknown-tool', /"pause"/],
    [
      'unknown tool whose arguments hold the closing tag',
      call('pause', '{"a":"</tool_call>"}'),
      'unknown-tool',
      /pause/,
    ],
    ['missing argument', call('play', '{}'), 'invalid-arguments', /title/],
    ['wrong type', call('play', '{"title": "x", "year": "1810"}'), 'invalid-arguments', /\/arguments\/year/],
    ['not JSON', call('play', '{"title": x}'), 'malformed', /"x"/],
    ['trailing comma', call('play', '{"title": "x",}'), 'malformed', /"}"/],
    ['leading zero', call('play', '{"title": "x", "year": 01}'), 'malformed', /"1"/],
    ['raw newline in a string', call('play', '{"title": "a\nb"}'), 'malformed', /0x0a/],
    ['arguments as a string', call('play', '"{}"'), 'malformed', /arguments must be an object/],
    ['no arguments', '<tool_call>{"name":"stop"}</tool_call>', 'malformed', /arguments is missing/],
    ['no name', '<tool_call>{"arguments":{}}</tool_call>', 'malformed', /name is missing/],
    ['two names', '<tool_call>{"name":"stop","name":"play","arguments":{}}</tool_call>', 'malformed', /twice/],
    ['other member', '<tool_call>{"name":"stop","arguments":{},"id":"1"}</tool_call>', 'malformed', /"id"/],
    ['list', '<tool_call>[{"name":"stop","arguments":{}}]</tool_call>', 'malformed', /JSON object/],
    ['number', '<tool_call>12</tool_call>', 'malformed', /not JSON/],
    ['words after the object', '<tool_call>{"name":"stop","arguments":{}} ok</tool_call>', 'malformed', /only/],
    ['broken closing tag', '<tool_call>{"name":"stop","arguments":{}}</tool</tool_call>', 'malformed', /only/],
    ['empty', '<tool_call></tool_call>', 'malformed', /"<"/],
  ])('reports %s and goes on after it', (_case, output, code, message) => {
    const { rest, text } = summary(parseText(`${output}\n${call('stop', '{}')}`));
    const errors = rest.filter((event) => event.type === 'tool-call-error');
    expect(errors).toEqual([
      expect.objectContaining({ index: 0, code, message: expect.stringMatching(message), text: output }),
    ]);
    expect(rest.filter((event) => event.type === 'tool-call')).toEqual([
      { type: 'tool-call', id: 'call-1', index: 1, name: 'stop', arguments: {} },
    ]);
    expect(text).toBe('');
  });

  it.each([
    ['before the name', '<tool_call>{"na', null],
    ['in the arguments', '<tool_call>{"name": "play", "arguments": {"title": "F', 'play'],
    ['before the closing tag', '<tool_call>{"name": "play", "arguments": {"title": "F"}}</tool_c', 'play'],
  ])('never makes a call of an output that ends %s', (_case, output, name) => {
    const last = parseText(output, 'length').at(-1);
    expect(last).toEqual({
      type: 'tool-call-error',
      id: 'call-0',
      index: 0,
      name,
      code: 'incomplete',
      message: 'the token budget was spent before </tool_call>',
      text: output,
    });
  });

  it('takes a control token inside a call for the end of its validity', () => {
    const parser = new ToolOutputParser({
      toolNames: new Set(['stop']),
      checkCall: () => [],
      createId: String,
    });
    const bytes = new TextEncoder().encode(call('stop', '{}'));
    const events = [...parser.push(bytes.subarray(0, 20)), ...parser.interrupt(), ...parser.push(bytes.subarray(20))];
    expect(events.map((event) => event.type)).toEqual(['tool-call-error']);
  });

  it('refuses bytes that are not UTF-8', () => {
    const bytes = new TextEncoder().encode(call('play', '{"title": "ab"}'));
    bytes[bytes.indexOf(0x61, 45)] = 0xe9;
    expect(parse([bytes]).at(-1)).toMatchObject({ type: 'tool-call-error', code: 'malformed' });
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '<tool_call>',
      '</tool_call>',
      '<tool_',
      '{"name":"play","arguments":',
      '{"title":"é🎹"}',
      '}',
      '\n',
      ' ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc
      .record({ title: fc.string({ unit: 'binary', maxLength: 12 }), year: fc.integer() })
      .map((value) => call('play', JSON.stringify(value))),
    fc.json().map((value) => call('play', value)),
  );
  const output = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => new TextEncoder().encode(pieces.join(''))),
    fc
      .tuple(fc.array(piece, { maxLength: 5 }), fc.uint8Array({ maxLength: 4 }), fc.array(piece, { maxLength: 5 }))
      .map(([before, bytes, after]) =>
        Uint8Array.from([
          ...new TextEncoder().encode(before.join('')),
          ...bytes,
          ...new TextEncoder().encode(after.join('')),
        ]),
      ),
  );

  it('says the same however the bytes are cut', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat(400)), (bytes, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const pieces = bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
        const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
        const whole = summary(parse([bytes]));
        expect(summary(parse(pieces))).toEqual(whole);
        expect(summary(parse(single))).toEqual(whole);
      }),
      { numRuns: 600 },
    );
  });

  it('reads what the sdk reads from the whole text', () => {
    const anyCall = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(anyCall, (text) => {
        fc.pre(!/\p{Cs}/u.test(text));
        const parser = new ToolOutputParser({ toolNames: new Set(['play']), checkCall: () => [], createId: String });
        const events = [...parser.push(new TextEncoder().encode(text)), ...parser.end('stop')];
        const calls = events.flatMap((event) =>
          event.type === 'tool-call' ? [{ name: event.name, arguments: event.arguments }] : [],
        );
        const malformed = events.some((event) => event.type === 'tool-call-error');
        expect({ calls, malformed }).toEqual({
          calls: parseToolCalls(text, 'json-in-tags').calls,
          malformed: parseToolCalls(text, 'json-in-tags').malformed,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives every valid call as it was written, its deltas byte-equal to the arguments', () => {
    const title = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.record({ title, year: fc.integer() }), { minLength: 1, maxLength: 4 }), (calls) => {
        const texts = calls.map((value) => JSON.stringify(value, null, 1));
        const bytes = new TextEncoder().encode(texts.map((text) => call('play', text)).join('\n'));
        const { argumentTexts, rest, text } = summary(parse(Array.from(bytes, (byte) => Uint8Array.of(byte))));
        expect(argumentTexts).toEqual(texts);
        expect(rest.flatMap((event) => (event.type === 'tool-call' ? [event.arguments] : []))).toEqual(calls);
        expect(text).toBe('');
      }),
    );
  });

  it('never sends half a character', () => {
    const bytes = new TextEncoder().encode(`né 🎹${call('play', '{"title":"🎹é"}')}`);
    for (const event of parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))) {
      if (event.type === 'text-delta' || event.type === 'arguments-delta')
        expect(event.text).not.toMatch(/\ufffd|\p{Cs}/u);
    }
  });

  it('tells an argument as soon as it is complete, before the call is', () => {
    const parser = new ToolOutputParser({ toolNames: new Set(['play']), checkCall: () => [], createId: String });
    const push = (text: string) =>
      parser.push(new TextEncoder().encode(text)).flatMap((event) => {
        return event.type === 'argument' ? [[event.pointer, event.value]] : [];
      });
    expect(push('<tool_call>{"name": "play", "arguments": {"title": "Für')).toEqual([]);
    expect(push(' Elise"')).toEqual([['/title', 'Für Elise']]);
    expect(push(', "year": 18')).toEqual([]);
    expect(push('10, "tags": [{"a/b~": tru')).toEqual([['/year', 1810]]);
    expect(push('e}')).toEqual([
      ['/tags/0/a~1b~0', true],
      ['/tags/0', { 'a/b~': true }],
    ]);
    expect(push(']')).toEqual([['/tags', [{ 'a/b~': true }]]]);
    expect(push('}}</tool_call>')).toEqual([]);
  });

  it('reads 4,000 pieces of one character in less than 20 ms', () => {
    const text = call('play', JSON.stringify({ title: 'x'.repeat(4000) }));
    const pieces = Array.from(text, (character) => new TextEncoder().encode(character));
    const run = () => {
      const started = performance.now();
      parse(pieces);
      return performance.now() - started;
    };
    // The best of many: what the machine does besides is not measured.
    expect(Math.min(...Array.from({ length: 30 }, run))).toBeLessThan(20);
  });
});
