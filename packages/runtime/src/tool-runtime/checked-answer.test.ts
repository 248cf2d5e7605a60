import { createCallValidator, createRandom, parseToolset, sha256Hex } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { createScriptedEngine } from '../../test/scripted-engine.js';
import { compileToolConstraint, createVocabulary } from '../constraint/index.js';
import { ToolOutputParser, type ToolStreamEvent } from '../stream/index.js';
import { CheckedAnswer, type ValidateCall } from './checked-answer.js';
import { streamAnswer } from './stream-answer.js';

const toolset = parseToolset([
  {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { enum: ['Lisbon', 'Porto', 'Faro', 'Braga'] }, days: { enum: [1, 2, 3, 4, 5, 6] } },
      required: ['city', 'days'],
      additionalProperties: false,
    },
  },
  {
    name: 'set_timer',
    parameters: {
      type: 'object',
      properties: { minutes: { type: 'integer', minimum: 1, maximum: 60 }, label: { type: 'string', maxLength: 4 } },
      required: ['minutes'],
      additionalProperties: false,
    },
  },
]);
/** Merges of words only: no token ends a name and begins an argument, as with the vocabularies of models. */
const tokenizer = createBytePairTokenizer(
  60,
  'name arguments get_weather city days set_timer minutes label tool_call Lisbon',
);
const vocabulary = createVocabulary(tokenizer);
const constraint = compileToolConstraint({
  ...{ tools: toolset.tools, callFormat: 'json-in-tags', toolChoice: 'required', parallelCalls: true },
  maximumCalls: 3,
});
const checkCall = createCallValidator(toolset);
const prompt = [5, 6, 7];

interface Answered {
  events: ToolStreamEvent[];
  /** Token ids that were evaluated in the end. */
  calls: { name: string; arguments: unknown }[];
}

async function answer(
  seed: number,
  options: { validateCall?: ValidateCall; repairTries?: number; alternatives?: number; doubtful?: boolean } = {},
): Promise<Answered> {
  const { repairTries = 3, alternatives = 0, doubtful = false, validateCall } = options;
  const engine = createScriptedEngine((tokens) => {
    const random = createRandom(`${seed}:${tokens.join()}`);
    return Array.from({ length: vocabulary.size }, () => random.next() * 6);
  });
  const checked = new CheckedAnswer({
    tokenizer,
    createParser: () => {
      const toolNames = new Set(toolset.tools.map(({ name }) => name));
      return new ToolOutputParser({ toolNames, checkCall, createId: (index) => `call-${index}` });
    },
    isDoubtful: () => doubtful,
    validateCall,
    repairTries,
  });
  const events: ToolStreamEvent[] = [];
  const maxTokens = 200;
  for await (const event of streamAnswer({
    ...{ engine, promptTokens: prompt, maxTokens, alternatives, answer: checked, started: performance.now() },
    endTokens: vocabulary.endTokens,
    constraint: constraint.start({ vocabulary, maxTokens }),
  })) {
    events.push(event);
  }
  const calls = events.flatMap((event) => {
    return event.type === 'tool-call' ? [{ name: event.name, arguments: event.arguments }] : [];
  });
  return { events, calls };
}

/** What a reader of the stream makes of it: the deltas of each call, and its end. */
function read(events: readonly ToolStreamEvent[]) {
  const deltas: string[] = [];
  const ends: Extract<ToolStreamEvent, { type: 'tool-call' | 'tool-call-error' }>[] = [];
  for (const event of events) {
    if (event.type === 'arguments-delta') deltas[event.index] = (deltas[event.index] ?? '') + event.text;
    if (event.type === 'tool-call' || event.type === 'tool-call-error') ends[event.index] = event;
  }
  return { deltas, ends };
}

/** Refuses a share of all values of arguments, whatever they are. */
function fussy(seed: number, share: number): ValidateCall {
  return ({ arguments: args }) =>
    Object.entries(args).flatMap(([name, value]) => {
      const hash = Number.parseInt(sha256Hex(`${seed}:${name}:${JSON.stringify(value)}`).slice(0, 8), 16);
      return hash / 2 ** 32 < share ? [{ pointer: `/${name}`, message: 'is not wanted' }] : [];
    });
}

describe('CheckedAnswer', () => {
  it('gives only calls that pass, and deltas of nothing else', async () => {
    const share = fc.integer({ min: 0, max: 9 }).map((tenths) => tenths / 10);
    const tries = fc.integer({ min: 0, max: 4 });
    let repaired = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), share, tries, fc.constantFrom(0, 4), async (seed, share, tries, alternatives) => {
        const validateCall = fussy(seed, share);
        const { events, calls } = await answer(seed, { validateCall, repairTries: tries, alternatives });
        for (const call of calls) {
          expect(await validateCall({ ...call, id: '', arguments: call.arguments as never })).toEqual([]);
          expect(checkCall(call as never)).toEqual([]);
        }
        const { deltas, ends } = read(events);
        expect(events.filter(({ type }) => type === 'tool-call-start')).toHaveLength(ends.length);
        for (const [index, end] of ends.entries()) {
          if (end.type === 'tool-call') expect(JSON.parse(deltas[index]!)).toEqual(end.arguments);
          else {
            expect(deltas[index]).toBeUndefined();
            expect(end).toMatchObject({ code: 'invalid-arguments' });
            expect(end.text).toMatch(/^<tool_call>.*<\/tool_call>$/s);
            refused++;
          }
        }
        const last = events.at(-1)!;
        expect(last.type).toBe('finish');
        const repairs = (last.type === 'finish' && last.usage.repairs) || 0;
        expect(repairs).toBeLessThanOrEqual(tries * ends.length);
        repaired += repairs > 0 && calls.length > 0 ? 1 : 0;
      }),
      { numRuns: 150 },
    );
    expect(repaired).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(5);
  });

  it('says the same as without a check where nothing is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(0, 4), async (seed, alternatives) => {
        const free = await answer(seed, { alternatives });
        const checked = await answer(seed, { alternatives, validateCall: () => [] });
        expect(read(checked.events)).toEqual(read(free.events));
        expect(checked.events.at(-1)).toMatchObject({
          usage: (free.events.at(-1) as Extract<ToolStreamEvent, { type: 'finish' }>).usage,
        });
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what comes before the argument that is wrong', async () => {
    const seen: Record<string, unknown>[] = [];
    const validateCall: ValidateCall = ({ name, arguments: args }) => {
      if (name !== 'get_weather') return [];
      seen.push(args);
      return seen.length === 1 ? [{ pointer: '/days', message: 'is too far away' }] : [];
    };
    for (let seed = 0; seen.length !== 2 && seed < 50; seed++) {
      seen.length = 0;
      await answer(seed, { validateCall });
    }
    expect(seen).toHaveLength(2);
    expect(seen[1]?.city).toBe(seen[0]?.city);
  });

  it('holds back the arguments, not the name', async () => {
    const order: string[] = [];
    const validateCall: ValidateCall = async () => {
      order.push('checked');
      return [];
    };
    const { events } = await answer(3, { validateCall });
    const first = events.findIndex(({ type }) => type === 'arguments-delta');
    expect(events.slice(0, first).map(({ type }) => type)).toEqual(['tool-call-start']);
    expect(order.length).toBe(read(events).ends.length);
  });

  it('fails with an error of the check', async () => {
    await expect(answer(3, { validateCall: () => Promise.reject(new Error('no database')) })).rejects.toThrow(
      'no database',
    );
  });

  it('sees where each call ends, however calls are cut into tokens', async () => {
    const call = (city: string) => {
      return `<tool_call>{"name":"get_weather","arguments":{"city":"${city}","days":3}}</tool_call>`;
    };
    const text = new TextEncoder().encode(['Lisbon', 'Porto', 'Faro'].map(call).join('\n'));
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.subarray(['Lisbon', 'Porto', 'Faro']), async (places, unwanted) => {
        const ends = [...places.sort((a, b) => a - b), text.length];
        const tokens = ends.map((end, index) => text.subarray(ends[index - 1] ?? 0, end));
        const checked = new CheckedAnswer({
          tokenizer: { isSpecial: () => false, tokenBytes: (token) => tokens[token]! },
          createParser: () =>
            new ToolOutputParser({ toolNames: new Set(['get_weather']), checkCall, createId: (index) => `${index}` }),
          isDoubtful: () => false,
          validateCall: ({ arguments: args }) =>
            unwanted.includes(String(args.city)) ? [{ pointer: '/city', message: 'is not wanted' }] : [],
          repairTries: 0,
        });
        const events = [];
        for (const token of tokens.keys()) events.push(...(await checked.push(token)).events);
        events.push(...checked.end('stop'));
        const { ends: told, deltas } = read(events);
        const wanted = ['Lisbon', 'Porto', 'Faro'].map((city) => !unwanted.includes(city));
        expect(told.map(({ type }) => type === 'tool-call')).toEqual(wanted);
        expect(wanted.map((_, index) => deltas[index] !== undefined)).toEqual(wanted);
        expect(checked.validCalls).toBe(3 - unwanted.length);
      }),
    );
  });
});
