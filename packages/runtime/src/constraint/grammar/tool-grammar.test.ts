import type { TokenConstraint, Tool } from '@tooltune/sdk';
import { describe, expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../../test/byte-pair-tokenizer.js';
import { ConstraintError, compileToolConstraint, createVocabulary, type ToolGrammarOptions } from '../index.js';

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);

const tools: Tool[] = [
  {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', 'x-grounded': 'span' }, days: { type: 'integer', minimum: 1 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  { name: 'get_time', parameters: { type: 'object', properties: {}, additionalProperties: false } },
];

function start(options: Partial<ToolGrammarOptions>, more: { groundingTexts?: string[]; maxTokens?: number } = {}) {
  const compiled = compileToolConstraint({
    tools,
    callFormat: 'json-in-tags',
    toolChoice: 'auto',
    parallelCalls: true,
    ...options,
  });
  return compiled.start({ vocabulary, ...more });
}

/** Whether the constraint takes the text, in the tokenizer's tokens, and may end after it. */
function takes(walk: TokenConstraint, text: string): boolean {
  for (const token of tokenizer.encode(text)) {
    if (!walk.allows(token)) return false;
    walk.advance(token);
  }
  return walk.canEnd();
}

const call = (name: string, args: object) =>
  `<tool_call>{"name":"${name}","arguments":${JSON.stringify(args)}}</tool_call>`;
const time = call('get_time', {});
const weather = call('get_weather', { city: 'Lisbon', days: 3 });

const answers: Record<string, string> = {
  nothing: '',
  text: 'Hello <b>, 2 < 3 😀\n<tool_cal',
  time,
  weather,
  'text and a call': `Let me see.\n${weather}`,
  'two calls': `${weather}\n${time}`,
  'text and two calls': `Both:\n${time}\n${weather}`,
  'half a call': '<tool_call>{"name":"get_time"',
  'the tag alone': 'a <tool_call> tag',
  'text after a call': `${time} done`,
  'calls without a line end': time + time,
  'another tool': call('get_news', {}),
  'wrong arguments': call('get_time', { city: 'x' }),
  'spaces in the call': '<tool_call> {"name":"get_time","arguments":{}}</tool_call>',
};

describe('what each tool choice takes', () => {
  test.each<[string, Partial<ToolGrammarOptions>, string[]]>([
    ['auto', {}, ['nothing', 'text', 'time', 'weather', 'text and a call', 'two calls', 'text and two calls']],
    ['auto, one call', { parallelCalls: false }, ['nothing', 'text', 'time', 'weather', 'text and a call']],
    ['required', { toolChoice: 'required' }, ['time', 'weather', 'two calls']],
    ['a named tool', { toolChoice: { name: 'get_time' } }, ['time']],
    ['none', { toolChoice: 'none' }, ['nothing', 'text']],
    ['auto without tools', { tools: [] }, ['nothing', 'text']],
  ])('%s', (_, options, taken) => {
    expect(Object.keys(answers).filter((name) => takes(start(options), answers[name]!))).toEqual(taken);
  });
});

test('no more calls than the limit', () => {
  const options = { toolChoice: 'required', maximumCalls: 3 } as const;
  expect(takes(start(options), [time, time, time].join('\n'))).toBe(true);
  expect(takes(start(options), [time, time, time, time].join('\n'))).toBe(false);
});

test('text may hold any valid UTF-8, and no other', () => {
  for (const text of ['\u0000', 'é', '日本', '😀', '\u{10ffff}', '<<tool_call', '<tool_<tool_call']) {
    expect(takes(start({ toolChoice: 'none' }), text)).toBe(true);
  }
  const byte = (value: number) => value + 2;
  for (const wrong of [
    [0x80],
    [0xc0, 0x80],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xff],
  ]) {
    const walk = start({ toolChoice: 'none' });
    const refused = wrong.some((value) => {
      if (!walk.allows(byte(value))) return true;
      walk.advance(byte(value));
      return false;
    });
    expect(refused, wrong.join()).toBe(true);
  }
  const half = start({ toolChoice: 'none' });
  half.advance(byte(0xc3));
  expect(half.canEnd()).toBe(false);
});

test('special tokens are never text; end tokens only where the answer may end', () => {
  const walk = start({ toolChoice: 'required' });
  expect([0, 1, vocabulary.size - 1].filter((token) => walk.allows(token))).toEqual([]);
  for (const token of tokenizer.encode(time)) walk.advance(token);
  expect([0, 1, vocabulary.size - 1].filter((token) => walk.allows(token))).toEqual([0, vocabulary.size - 1]);
  walk.advance(0);
  expect(walk.canEnd()).toBe(true);
  const mask = new Uint32Array(Math.ceil(vocabulary.size / 32)).fill(7);
  walk.fillMask(mask);
  expect(mask.every((word) => word === 0)).toBe(true);
});

test('grounded arguments can only be copied from the texts of the request', () => {
  const groundingTexts = ['How is the weather in Lisbon?'];
  expect(takes(start({}, { groundingTexts }), weather)).toBe(true);
  expect(takes(start({}, { groundingTexts }), call('get_weather', { city: 'Lisboa' }))).toBe(false);
  expect(takes(start({}), call('get_weather', { city: 'Lisboa' }))).toBe(true);
});

test('a tool whose arguments have nothing to copy in this request is left out, the others stay', () => {
  const city = { type: 'string', 'x-grounded': 'span', minLength: 12 };
  const long: Tool = { name: 'find', parameters: { type: 'object', properties: { city }, required: ['city'] } };
  const groundingTexts = ['what time is it'];
  const options = { tools: [...tools, long] };
  const find = (value: string) => call('find', { city: value });
  expect(takes(start(options, { groundingTexts }), time)).toBe(true);
  expect(takes(start(options, { groundingTexts }), find('what time is it'))).toBe(true);
  expect(takes(start(options, { groundingTexts: ['the time'] }), time)).toBe(true);
  expect(takes(start(options, { groundingTexts: ['the time'] }), find('the time'))).toBe(false);
  expect(takes(start({ tools: [long] }, { groundingTexts: ['the time'] }), 'No idea.')).toBe(true);
  expect(() => start({ tools: [long], toolChoice: 'required' }, { groundingTexts: ['the time'] })).toThrow(
    /copied from/,
  );
});

test('a required call is forced from the start, and after the name is known', () => {
  // With few merges, so that there are token boundaries in it.
  const tokenizer = createBytePairTokenizer(30);
  const options = { tools, callFormat: 'json-in-tags', toolChoice: 'required', parallelCalls: false } as const;
  const walk = compileToolConstraint(options).start({ vocabulary: createVocabulary(tokenizer) });
  const begun = tokenizer.decode(walk.forced());
  expect('<tool_call>{"name":"get_'.startsWith(begun)).toBe(true);
  expect(begun.length).toBeGreaterThan(10);
  const tokens = tokenizer.encode(time);
  for (const token of tokens.slice(0, -2)) walk.advance(token);
  expect(walk.forced()).toEqual(tokens.slice(-2));
  for (const token of walk.forced()) walk.advance(token);
  expect([walk.forced(), walk.canEnd()]).toEqual([[], true]);
});

test('what cannot be finished within the budget is not allowed', () => {
  const least = start({ toolChoice: 'required' }).shortestCompletion().length;
  expect(() => start({ toolChoice: 'required' }, { maxTokens: 3 })).toThrowError(ConstraintError);
  const walk = start({ toolChoice: 'required' }, { maxTokens: least });
  expect(tokenizer.decode(walk.shortestCompletion())).toBe(time);
});

test('a tool that is not there, and one whose arguments cannot be', () => {
  const code = (options: Partial<ToolGrammarOptions>) => {
    try {
      start(options);
    } catch (error) {
      return error instanceof ConstraintError ? error.code : error;
    }
    return undefined;
  };
  expect(code({ toolChoice: { name: 'x' } })).toBe('constraint/unknown-tool');
  expect(code({ toolChoice: 'required', tools: [] })).toBe('constraint/unknown-tool');
  expect(
    code({ tools: [{ name: 'x', parameters: { type: 'object', properties: { a: false }, required: ['a'] } }] }),
  ).toBe('constraint/unsatisfiable');
});

test('options that make no sense are refused', () => {
  const texts = { open: '<<', separator: ';', close: '>>', callEnd: ')' };
  const wrong: Partial<ToolGrammarOptions>[] = [
    { maximumCalls: 0 },
    { toolChoice: 'often' as 'auto' },
    { callFormat: 'xml' as 'json-list' },
    { callFormat: { ...texts, open: '「', callStart: (name) => `${name}(` } },
    { callFormat: { ...texts, callStart: () => 'call(' } },
    { whitespace: { maximum: Number.NaN } },
  ];
  for (const options of wrong) {
    expect(() => start(options), JSON.stringify(options)).toThrowError(
      expect.objectContaining({ code: 'constraint/bad-option' }),
    );
  }
});

test('calls in a list, and in a format of its own', () => {
  const list = start({ callFormat: 'json-list', toolChoice: 'required' });
  expect(tokenizer.decode(list.shortestCompletion())).toMatch(/^\[TOOL_CALLS\]\[\{"name":"\w+","arguments":.*\}\]$/);
  const own = { open: '<<', separator: ';', close: '>>', callStart: (name: string) => `${name}(`, callEnd: ')' };
  const walk = start({ callFormat: own, toolChoice: 'required', parallelCalls: true });
  expect(tokenizer.decode(walk.shortestCompletion())).toMatch(/^<<\w+\(\{.*\}\)>>$/);
});
