import { createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomConstraint } from '../../test/random-constraint.js';
import { createScriptedEngine, type ScriptedEngine } from '../../test/scripted-engine.js';
import { type DecodedToken, type DecodeOptions, type DecodeResult, decode } from './decode.js';

const vocabularySize = 60;
const endToken = vocabularySize - 1;
const prompt = [1, 2, 3, 4];

/** Logits in nats after these tokens. `spread`: how far they lie apart, and so how sure the model is. */
function logitsAfter(seed: number, tokens: readonly number[], spread: number): number[] {
  const random = createRandom(`${seed}:${tokens.join()}`);
  return Array.from({ length: vocabularySize }, () => random.next() * spread);
}

function randomModel(seed: number, spread = 5, onEvaluate: (count: number) => void = () => {}): ScriptedEngine {
  return createScriptedEngine((tokens) => logitsAfter(seed, tokens, spread), { onEvaluate });
}

const randomConstraint = (seed: number, length: number, sizes = [1, 2, 3, 5]) =>
  new RandomConstraint({ seed, length, vocabularySize, sizes });

async function run(
  options: Partial<DecodeOptions> & { engine: ScriptedEngine },
): Promise<{ tokens: DecodedToken[]; result: DecodeResult }> {
  const decoding = decode({ promptTokens: prompt, maxTokens: 50, endTokens: [endToken], ...options });
  const tokens: DecodedToken[] = [];
  for (;;) {
    const step = await decoding.next();
    if (step.done) return { tokens, result: step.value };
    tokens.push(step.value);
  }
}

/** Log-probability of an answer; where the constraint leaves one token, it is certain. */
function scoreOf(seed: number, spread: number, constraint: RandomConstraint, answer: readonly number[]): number {
  let score = 0;
  const tokens = [...prompt];
  for (const token of answer) {
    if (constraint.allowed().size > 1) {
      const logits = logitsAfter(seed, tokens, spread);
      score += logits[token]! - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    }
    constraint.advance(token);
    tokens.push(token);
  }
  return score;
}

/** All answers that the constraint allows. */
function allAnswers(constraint: RandomConstraint, length: number): number[][] {
  let answers: number[][] = [[]];
  for (let place = 0; place < length; place++) {
    constraint.position = place;
    answers = answers.flatMap((answer) => [...constraint.allowed()].map((token) => [...answer, token]));
  }
  return answers;
}

const idsOf = (tokens: readonly DecodedToken[]) => tokens.map(({ token }) => token);

describe('the search for the likeliest answer', () => {
  it('finds the likeliest of all when it may try as many as there are', async () => {
    let better = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), fc.integer({ min: 0, max: 5 }), async (seed, masks, length) => {
        const options = () => ({ engine: randomModel(seed), constraint: randomConstraint(masks, length) });
        const { tokens, result } = await run({ ...options(), alternatives: 10_000 });
        const greedy = await run(options());
        const score = (answer: readonly number[]) => scoreOf(seed, 5, randomConstraint(masks, length), answer);
        const likeliest = Math.max(...allAnswers(randomConstraint(masks, length), length).map(score));
        expect(score(idsOf(tokens))).toBeCloseTo(likeliest, 9);
        expect(result).toMatchObject({ reason: 'stop', completionTokens: length });
        if (score(idsOf(greedy.tokens)) < likeliest - 1e-9) better++;
      }),
      { numRuns: 100 },
    );
    expect(better).toBeGreaterThan(10);
  });

  it('finds no less likely one when it may try more, and what it gives fits the constraint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), async (seed, masks) => {
        let before = Number.NEGATIVE_INFINITY;
        for (const alternatives of [0, 1, 2, 4, 8]) {
          const constraint = randomConstraint(masks, 9);
          const { tokens } = await run({ engine: randomModel(seed), constraint, alternatives });
          // RandomConstraint.advance throws for anything that is not allowed.
          const score = scoreOf(seed, 5, randomConstraint(masks, 9), idsOf(tokens));
          expect(score).toBeGreaterThanOrEqual(before - 1e-9);
          before = score;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('evaluates nothing more where the model is sure', async () => {
    const evaluationsWith = async (alternatives: number) => {
      const engine = createScriptedEngine((tokens) =>
        logitsAfter(1, tokens, 5).map((logit, token) => (token === (tokens.length * 7) % endToken ? 40 : logit)),
      );
      const constraint = randomConstraint(0, 12);
      constraint.allowed = () =>
        new Set(constraint.position < 12 ? [((constraint.position + prompt.length) * 7) % endToken, 5, 6] : [endToken]);
      const { result } = await run({ engine, constraint, alternatives });
      expect(result.completionTokens).toBe(12);
      return engine.evaluations.length;
    };
    expect(await evaluationsWith(8)).toBe(await evaluationsWith(0));
  });

  it('branches where something may be chosen, not among the words of a text', async () => {
    const size = 300;
    const engine = () =>
      createScriptedEngine((tokens) => {
        const random = createRandom(tokens.join());
        return Array.from({ length: size }, () => random.next());
      });
    const constraint = () => new RandomConstraint({ seed: 1, length: 6, vocabularySize: size, sizes: [size - 1] });
    const searching = engine();
    const options = { endTokens: [size - 1] };
    const { tokens } = await run({ engine: searching, constraint: constraint(), alternatives: 8, ...options });
    const greedy = await run({ engine: engine(), constraint: constraint(), ...options });
    expect(idsOf(tokens)).toEqual(idsOf(greedy.tokens));
    expect(searching.evaluations.length).toBe(6);
  });

  it('gives what there is of an answer that has no room', async () => {
    const { tokens, result } = await run({
      engine: randomModel(2),
      constraint: randomConstraint(3, 9),
      maxTokens: 5,
      alternatives: 4,
    });
    expect(result).toMatchObject({ reason: 'length', completionTokens: 5 });
    expect(tokens).toHaveLength(5);
  });

  it('stops when aborted, and leaves the engine usable', async () => {
    const controller = new AbortController();
    const engine = randomModel(3, 1, (count) => count === 15 && controller.abort());
    const constraint = randomConstraint(3, 9, [3]);
    const { tokens, result } = await run({ engine, constraint, alternatives: 50, signal: controller.signal });
    expect([tokens.length, result.reason, engine.evaluations.length]).toEqual([0, 'aborted', 15]);
    const again = await run({ engine, constraint: randomConstraint(3, 9, [3]), alternatives: 50 });
    const fresh = await run({ engine: randomModel(3, 1), constraint: randomConstraint(3, 9, [3]), alternatives: 50 });
    expect(idsOf(again.tokens)).toEqual(idsOf(fresh.tokens));
  });

  it('is refused where it would mean nothing', async () => {
    await expect(run({ engine: randomModel(1), alternatives: 1 })).rejects.toThrow(RangeError);
    const sampled = { constraint: randomConstraint(1, 3), sampling: { temperature: 1, seed: 1 } };
    await expect(run({ engine: randomModel(1), alternatives: 1, ...sampled })).rejects.toThrow(RangeError);
  });
});
