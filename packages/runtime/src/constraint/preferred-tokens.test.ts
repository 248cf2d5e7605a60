import type { JsonSchema } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { allowedTokens } from '../../test/random-walk.js';
import { compileSchema, compileToolConstraint, createVocabulary } from './index.js';

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);
const size = tokenizer.vocabularySize;
const groundingTexts = ['The weather in São Paulo, "sunny" and 21.5', 'set a timer'];

type Walk = ReturnType<ReturnType<typeof compileSchema>['start']>;

function start(schema: JsonSchema, options: { groundingTexts?: string[]; maxTokens?: number } = {}): Walk {
  return compileSchema(schema).start({ vocabulary, groundingTexts, ...options });
}

/** The tokens that are preferred; undefined where there are none. */
function preferred(walk: Walk): number[] | undefined {
  const mask = new Uint32Array((size + 31) >>> 5).fill(0xffffffff);
  if (!walk.fillPreferred(mask)) {
    expect(mask.every((word) => word === 0xffffffff)).toBe(true);
    return undefined;
  }
  return Array.from({ length: size }, (_, token) => token).filter((token) => (mask[token >>> 5]! >>> (token & 31)) & 1);
}

function say(walk: Walk, text: string): Walk {
  for (const token of tokenizer.encode(text)) walk.advance(token);
  return walk;
}

/** Texts of the preferred tokens. */
function texts(walk: Walk): string[] | undefined {
  return preferred(walk)?.map((token) => tokenizer.decode([token]));
}

const optional = { type: 'string', 'x-grounded': 'optional' };

describe('in a string that is optionally grounded', () => {
  test('what is preferred is what would be allowed if it had to be a piece of the texts', () => {
    const pieces = fc.constantFrom('weather in', 'São Paulo, "', 'PAULO', 'the', 'a timer', 'wet', 'Sao', 'in ', '');
    const budget = fc.oneof(fc.integer({ min: 6, max: 12 }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(pieces, fc.nat(12), budget, (text, length, maxTokens) => {
        const strict = start({ type: 'string', 'x-grounded': 'span-ci' }, { maxTokens });
        const walk = start(optional, { maxTokens });
        let isPiece = true;
        for (const token of tokenizer.encode(JSON.stringify(text).slice(0, 1 + length))) {
          if (!walk.allows(token)) return;
          if (isPiece) expect(preferred(walk)).toEqual(allowedTokens(strict, size));
          isPiece &&= strict.allows(token);
          if (isPiece) strict.advance(token);
          walk.advance(token);
        }
        // A budget that no longer lets the strict walk finish its piece may still let this one finish another.
        if (!isPiece && maxTokens === Number.POSITIVE_INFINITY) expect(preferred(walk) ?? []).toEqual([]);
      }),
    );
  });

  test('only what is allowed is preferred', () => {
    const walk = say(start({ type: 'string', 'x-grounded': 'optional', pattern: '^[a-z]+$' }), '"');
    expect(texts(walk)).toContain('s');
    expect(texts(walk)).not.toContain('T');
    const short = say(start({ ...optional, maxLength: 3 }), '"se');
    expect(texts(short)).toEqual(['T', 't']);
    const tight = say(start(optional, { maxTokens: 4 }), '"wea');
    expect(preferred(tight)?.filter((token) => !tight.allows(token))).toEqual([]);
  });

  test('other strings are allowed all the same', () => {
    const ordinary = start({ type: 'string' });
    const walk = start(optional);
    for (const token of tokenizer.encode('"The wet"')) {
      expect(allowedTokens(walk, size)).toEqual(allowedTokens(ordinary, size));
      walk.advance(token);
      ordinary.advance(token);
    }
    expect(walk.canEnd()).toBe(true);
  });

  test('words are not cut, and are preferred in any case', () => {
    expect(texts(say(start(optional), '"weath'))).toContain('e');
    expect(texts(say(start(optional), '"weath'))).not.toContain('"');
    expect(texts(say(start(optional), '"weather'))).toContain('"');
    expect(texts(say(start(optional), '"SET A'))).toEqual(expect.arrayContaining([' ', '"']));
  });
});

describe('around such a string', () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, city: optional, label: optional, days: { type: 'integer' } },
    additionalProperties: false,
  };

  test('nothing is preferred', () => {
    for (const text of ['', '{"na', '{"name":"The', '{"name":"x","days":', '{"city":"The",', '{"city":"wet']) {
      expect(preferred(say(start(schema), text)), text).toBeUndefined();
    }
  });

  test('the next one is preferred again', () => {
    expect(texts(say(start(schema), '{"city":"wet","label":"ti'))).toContain('m');
  });

  test('a token that leads into one is preferred where it begins a piece', () => {
    const tokens = { ...tokenizer, vocabularySize: size + 2 };
    const own = [new TextEncoder().encode('"The'), new TextEncoder().encode('"Xy')];
    tokens.tokenBytes = (token) => own[token - size] ?? tokenizer.tokenBytes(token);
    tokens.isSpecial = (token) => token < size && tokenizer.isSpecial(token);
    const longer = createVocabulary(tokens);
    const value = { anyOf: [optional, { type: 'null' }] };
    const walk = compileSchema(value).start({ vocabulary: longer, groundingTexts });
    const mask = new Uint32Array((longer.size + 31) >>> 5);
    expect(walk.fillPreferred(mask)).toBe(true);
    const has = (token: number) => ((mask[token >>> 5]! >>> (token & 31)) & 1) === 1;
    const [quote, nothing] = ['"', 'n'].map((text) => tokenizer.encode(text)[0]!);
    expect([quote, nothing, size, size + 1].map((token) => [has(token!), walk.allows(token!)])).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [false, true],
    ]);
  });

  test('nothing is preferred without texts, or without a word in them', () => {
    expect(preferred(say(start(optional, { groundingTexts: [] }), '"'))).toBeUndefined();
    expect(preferred(say(start(optional, { groundingTexts: ['?!'] }), '"'))).toBeUndefined();
  });

  test('arguments of tools have preferences too', () => {
    const tools = [{ name: 'find', parameters: schema }];
    const compiled = compileToolConstraint({
      tools,
      callFormat: 'json-in-tags',
      toolChoice: 'auto',
      parallelCalls: true,
    });
    const walk = compiled.start({ vocabulary, groundingTexts });
    const call = '<tool_call>{"name":"find","arguments":{"city":"';
    expect(texts(say(walk, `${call}weath`))).not.toContain('"');
    const fork = compiled.start({ vocabulary, groundingTexts });
    expect(preferred(say(fork, `${call}x`))).toBeUndefined();
  });
});
