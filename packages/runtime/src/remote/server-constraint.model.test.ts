import type { JsonSchema, Tool } from '@tooltune/sdk';
import fc from 'fast-check';
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { beforeAll, describe, expect, it } from 'vitest';
import { toolGrammarText } from './server-constraint.js';

let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
});

/** Whether llama.cpp's own matcher takes the text as a whole; it has this for its tests. */
async function matcher(grammar: string): Promise<(text: string) => boolean> {
  const parsed = await llama.createGrammar({ grammar });
  return (text) => (parsed as unknown as { _testText(text: string): boolean })._testText(text);
}

const parameters: JsonSchema = {
  type: 'object',
  properties: {
    room: { enum: ['kitchen', 'say "hi"', 'C:\\'] },
    level: { type: 'integer', minimum: -3, maximum: 12 },
    note: { type: 'string', maxLength: 12 },
    tags: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, maxItems: 3 },
    at: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/place' }] },
  },
  required: ['level', 'at'],
  $defs: {
    place: { type: 'object', properties: { x: { type: 'number' }, in: { $ref: '#/$defs/place' } }, required: ['x'] },
  },
};
const tools: Tool[] = [
  { name: 'go', parameters },
  { name: 'stop', parameters: { type: 'object', properties: {} } },
];
const place = fc.letrec((tie) => ({
  place: fc.record(
    { x: fc.integer({ min: -1000, max: 1000 }).map((tenths) => tenths / 10), in: tie('place') },
    { requiredKeys: ['x'] },
  ),
})).place;
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const values = fc
  .record({
    room: optional(fc.constantFrom('kitchen', 'say "hi"', 'C:\\')),
    level: fc.integer({ min: -3, max: 12 }),
    note: optional(fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'é', '🎹', '"', '\\', '\n', ' ') })),
    tags: optional(
      fc.array(fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('x', '<', '/') }), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
    at: fc.option(place, { nil: null }),
  })
  .map((value) => JSON.stringify(value));
const call = fc.oneof(
  values.map((text) => `<tool_call>{"name":"go","arguments":${text}}</tool_call>`),
  fc.constant('<tool_call>{"name":"stop","arguments":{}}</tool_call>'),
);
const words = fc
  .array(fc.constantFrom('<', '<tool', '<tool_', 'call>', '_call', '<tool_cal', 'é', ' ', '>', '\n', '<<tool_call'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes('<tool_call>'));

describe('the grammar, as llama.cpp reads it', () => {
  it('takes every answer of words and calls', async () => {
    const isAnswer = await matcher(toolGrammarText({ tools, toolChoice: 'auto', parallelCalls: true }));
    const isCalls = await matcher(toolGrammarText({ tools, toolChoice: 'required', parallelCalls: true }));
    const isCall = await matcher(toolGrammarText({ tools, toolChoice: 'required', parallelCalls: false }));
    const isTalk = await matcher(toolGrammarText({ tools, toolChoice: 'none', parallelCalls: true }));
    fc.assert(
      fc.property(words, fc.array(call, { maxLength: 3 }), (text, calls) => {
        // The last letters of the words and the tag's first could make a tag that begins earlier.
        fc.pre(!`${text}<tool_call>`.slice(0, -1).includes('<tool_call>'));
        const said = calls.join('\n');
        expect(isAnswer(text + said)).toBe(true);
        expect(isCalls(said)).toBe(calls.length > 0);
        expect(isCall(said)).toBe(calls.length === 1);
        expect(isTalk(text + said)).toBe(calls.length === 0);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses calls that are wrong', async () => {
    const isCall = await matcher(toolGrammarText({ tools, toolChoice: 'auto', parallelCalls: false }));
    const goes = (text: string) => isCall(`<tool_call>{"name":"go","arguments":${text}}</tool_call>`);
    expect(goes('{"level":3,"at":null}')).toBe(true);
    for (const wrong of [
      '{"level":13,"at":null}',
      '{"level":3}',
      '{"at":null}',
      '{"level":3,"at":{}}',
      '{"room":"attic","level":3,"at":null}',
      '{"level":3,"tags":[],"at":null}',
      '{"level":3,"at":null,"more":1}',
      '{"level": 3,"at":null}',
      '{"level":3,"note":"1234567890123","at":null}',
    ]) {
      expect(goes(wrong)).toBe(false);
    }
    expect(isCall('<tool_call>{"name":"fly","arguments":{}}</tool_call>')).toBe(false);
    expect(isCall('<tool_call>{"name":"stop","arguments":{}}</tool_call> and more')).toBe(false);
  });
});
