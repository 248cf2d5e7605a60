import { createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { createScriptedEngine } from '../../test/scripted-engine.js';
import { compileSchema, createVocabulary } from '../constraint/index.js';
import { streamSchemaAnswer } from './index.js';

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);
/** That the items differ is looked at when the array is there. */
const unique = compileSchema({
  type: 'array',
  items: { type: 'string', pattern: '^[ab]{1,9}$' },
  minItems: 2,
  maxItems: 2,
  uniqueItems: true,
});

/** What a model says whose logits are random, but depend on this many tokens before alone, so that it repeats itself. */
async function answer(seed: number, constraint = unique, maxTokens = 60) {
  const engine = createScriptedEngine((tokens) => {
    const random = createRandom(`${seed}:${tokens.slice(-1).join()}`);
    return Array.from({ length: vocabulary.size }, () => random.next() * 3);
  });
  const deltas: string[] = [];
  const options = { engine, tokenizer, vocabulary, promptTokens: [5, 6, 7], constraint, maxTokens };
  try {
    for await (const event of streamSchemaAnswer(options)) {
      if (event.type === 'text-delta') deltas.push(event.text);
      if (event.type === 'finish') return { text: deltas.join(''), deltas, finish: event, code: undefined };
    }
    throw new Error('no finish');
  } catch (error) {
    return { text: deltas.join(''), deltas, finish: undefined, code: (error as { code?: string }).code };
  } finally {
    await engine.dispose();
  }
}

describe('streamSchemaAnswer', () => {
  it('streams text that is valid for its schema as it is decoded', async () => {
    const schema = compileSchema({
      ...{ type: 'object', properties: { a: { enum: ['é', '日本'] }, b: { type: 'integer', minimum: 0, maximum: 9 } } },
      ...{ required: ['a', 'b'], additionalProperties: false },
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { text, deltas, finish } = await answer(seed, schema);
        expect(schema.read(text).status).toBe('valid');
        expect(deltas.length).toBeGreaterThan(1);
        expect(finish).toMatchObject({ reason: 'stop', usage: { promptTokens: 3 } });
      }),
      { numRuns: 30 },
    );
  });

  it('decodes anew what the schema says beyond what decoding can enforce, and gives nothing that is wrong', async () => {
    expect(unique.deferred()).toHaveLength(1);
    let repaired = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { text, deltas, finish, code } = await answer(seed);
        if (finish?.usage.repairs !== undefined) repaired++;
        if (finish?.reason === 'stop') {
          expect(unique.read(text).status).toBe('valid');
          expect(deltas).toHaveLength(1);
        } else if (finish === undefined) {
          expect({ text, code }).toEqual({ text: '', code: 'runtime/invalid-answer' });
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(repaired).toBeGreaterThan(0);
  });
});
