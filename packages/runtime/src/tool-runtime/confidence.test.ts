import { createCallValidator, createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../test/scripted-engine.js';
import {
  weatherTokenizer as tokenizer,
  weatherToolset as toolset,
  weatherVocabulary as vocabulary,
} from '../../test/weather-toolset.js';
import { compileToolConstraint } from '../constraint/index.js';
import { decode } from '../decode/index.js';
import { type FinishEvent, ToolOutputParser } from '../stream/index.js';
import { CheckedAnswer } from './checked-answer.js';
import { streamAnswer } from './stream-answer.js';

const compiled = compileToolConstraint({
  ...{ tools: toolset.tools, callFormat: 'json-in-tags', toolChoice: 'auto', parallelCalls: false },
  maximumCalls: 1,
});
const prompt = [5, 6, 7];
const maxTokens = 60;

/** Logits that are a function of the seed and the tokens before. */
function logitsAfter(seed: number, tokens: readonly number[]): number[] {
  const random = createRandom(`${seed}:${tokens.join()}`);
  return Array.from({ length: vocabulary.size }, () => random.next() * 9);
}

async function tokensOf(seed: number, options: { scored?: boolean; alternatives?: number }) {
  const decoding = decode({
    ...{ engine: createScriptedEngine((tokens) => logitsAfter(seed, tokens)), promptTokens: prompt, maxTokens },
    ...{ endTokens: tokenizer.endTokens, constraint: compiled.start({ vocabulary, maxTokens }) },
    ...options,
  });
  const tokens = [];
  for (let step = await decoding.next(); !step.done; step = await decoding.next()) tokens.push(step.value);
  return tokens;
}

/** Of the token among all that might have come there, as exactly as can be. */
function exactProbability(seed: number, before: readonly number[], token: number): number {
  const constraint = compiled.start({ vocabulary, maxTokens });
  for (const earlier of before) constraint.advance(earlier);
  const mask = new Uint32Array(Math.ceil(vocabulary.size / 32));
  constraint.fillMask(mask);
  const logits = logitsAfter(seed, [...prompt, ...before]);
  const isAllowed = (id: number) =>
    tokenizer.endTokens.includes(id) ? constraint.canEnd() : ((mask[id >> 5]! >>> (id & 31)) & 1) === 1;
  const total = logits.reduce((sum, logit, id) => (isAllowed(id) ? sum + Math.exp(logit) : sum), 0);
  return Math.exp(logits[token]!) / total;
}

describe('confidence', () => {
  it('is the probability of each choice among what may come, and changes no token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(0, 3), async (seed, alternatives) => {
        const plain = await tokensOf(seed, { alternatives });
        const scored = await tokensOf(seed, { alternatives, scored: true });
        expect(scored.map(({ token, forced }) => [token, forced])).toEqual(
          plain.map(({ token, forced }) => [token, forced]),
        );
        for (const [index, { token, forced, probability }] of scored.entries()) {
          if (forced) expect(probability).toBeUndefined();
          if (probability === undefined) continue;
          const before = scored.slice(0, index).map((choice) => choice.token);
          const exact = exactProbability(seed, before, token);
          // Where more than 128 tokens may come, only the likeliest 64 are looked at.
          expect(probability).toBeGreaterThanOrEqual(exact - 1e-9);
          expect(probability).toBeLessThanOrEqual(1 + 1e-9);
          expect(probability).toBeLessThan(Math.max(exact * 4, exact + 0.05));
        }
        expect(scored.filter(({ forced, probability }) => !forced && probability === undefined)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('is summed up in the last event, where it is asked for', async () => {
    const finishOf = async (scored: boolean): Promise<FinishEvent> => {
      const stream = streamAnswer({
        ...{ engine: createScriptedEngine((tokens) => logitsAfter(4, tokens)), promptTokens: prompt, maxTokens },
        ...{
          endTokens: tokenizer.endTokens,
          constraint: compiled.start({ vocabulary, maxTokens }),
          scored,
          started: 0,
        },
        answer: new CheckedAnswer({
          tokenizer,
          createParser: () =>
            new ToolOutputParser({
              toolNames: new Set(['get_weather']),
              checkCall: createCallValidator(toolset),
              createId: (index) => `call_${index}`,
            }),
          isDoubtful: () => false,
          repairTries: 0,
        }),
      });
      let last: FinishEvent | undefined;
      for await (const event of stream) if (event.type === 'finish') last = event;
      return last!;
    };
    const probabilities = (await tokensOf(4, { scored: true })).flatMap(({ probability }) => probability ?? []);
    const { confidence } = await finishOf(true);
    expect(confidence!.tokens).toBe(probabilities.length);
    expect(confidence!.min).toBeCloseTo(Math.min(...probabilities));
    const nats = probabilities.reduce((sum, probability) => sum + Math.log(probability), 0) / probabilities.length;
    expect(confidence!.mean).toBeCloseTo(Math.exp(nats));
    expect(await finishOf(false)).not.toHaveProperty('confidence');
  });
});
