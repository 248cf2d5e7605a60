import { createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { RandomConstraint } from '../../test/random-constraint.js';
import { createScriptedEngine, type ScriptedEngine } from '../../test/scripted-engine.js';
import { compileSchema, compileToolConstraint, createVocabulary, type ToolChoice } from '../constraint/index.js';
import { type DecodedToken, type DecodeOptions, type DecodeResult, decode } from './decode.js';

const vocabularySize = 700;
const endToken = 699;
const prompt = [1, 2, 3, 4];

/** A model whose likely tokens change with every token. */
function randomModel(seed: number, calls?: { onEvaluate?: (count: number) => void }): ScriptedEngine {
  return createScriptedEngine((tokens) => {
    const random = createRandom(`${seed}:${tokens.join()}`);
    return Array.from({ length: vocabularySize }, () => random.next() * 20);
  }, calls);
}

const randomConstraint = (seed: number, length: number) =>
  new RandomConstraint({ seed, length, vocabularySize, sizes: [1, 2, 100, 129, 400, vocabularySize - 1] });

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

/** What greedy decoding must give: at every place the allowed token of highest logit. */
function reference(seed: number, constraint: RandomConstraint | undefined, maxTokens: number): number[] {
  const tokens = [...prompt];
  const answer: number[] = [];
  while (answer.length < maxTokens) {
    const random = createRandom(`${seed}:${tokens.join()}`);
    const logits = Array.from({ length: vocabularySize }, () => random.next() * 20);
    const allowed = constraint?.allowed();
    let best = -1;
    for (let token = 0; token < vocabularySize; token++) {
      if (allowed?.has(token) === false) continue;
      if (best === -1 || logits[token]! > logits[best]!) best = token;
    }
    if (best === endToken) break;
    constraint?.advance(best);
    tokens.push(best);
    answer.push(best);
  }
  return answer;
}

describe('decode', () => {
  it('takes the most likely allowed token, however few or many are allowed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), fc.integer({ min: 0, max: 12 }), async (seed, masks, length) => {
        const { tokens, result } = await run({
          engine: randomModel(seed),
          constraint: randomConstraint(masks, length),
        });
        const expected = reference(seed, randomConstraint(masks, length), 50);
        expect(tokens.map(({ token }) => token)).toEqual(expected);
        expect(result).toMatchObject({ reason: 'stop', completionTokens: length });
      }),
      { numRuns: 60 },
    );
  });

  it('is plain greedy decoding without a constraint', async () => {
    const { tokens, result } = await run({ engine: randomModel(7), maxTokens: 9 });
    expect(tokens.map(({ token }) => token)).toEqual(reference(7, undefined, 9));
    expect(result).toMatchObject({ reason: 'length', completionTokens: 9, forcedTokens: 0, cachedPromptTokens: 0 });
  });

  it('tells an end for want of tokens from an end of what the constraint describes', async () => {
    const tokenizer = createBytePairTokenizer();
    const vocabulary = createVocabulary(tokenizer);
    const engine = createScriptedEngine(() =>
      Array.from({ length: tokenizer.vocabularySize }, (_, token) => (tokenizer.endTokens.includes(token) ? -1 : 1)),
    );
    const reasonOf = async (toolChoice: ToolChoice, parallelCalls: boolean, maxTokens: number) => {
      const tools = [{ name: 'stop', parameters: { type: 'object', properties: {}, additionalProperties: false } }];
      const compiled = compileToolConstraint({ tools, callFormat: 'json-in-tags', toolChoice, parallelCalls });
      const constraint = compiled.start({ vocabulary, maxTokens });
      const { result } = await run({ engine, constraint, maxTokens, endTokens: tokenizer.endTokens });
      return result.reason;
    };
    const oneCall = tokenizer.encode('<tool_call>{"name":"stop","arguments":{}}</tool_call>').length;
    // Words, which could go on; a call, after which nothing can come; a call, after which another would have come.
    expect(await reasonOf('none', true, 5)).toBe('length');
    expect(await reasonOf('required', false, oneCall)).toBe('stop');
    expect(await reasonOf('required', true, oneCall)).toBe('length');
    expect(await reasonOf('required', true, oneCall + 3)).toBe('length');
  });

  it('takes forced tokens in one batch with what follows, and asks nothing for them', async () => {
    const text = [10, 11, 12, 13, 14];
    const constraint = randomConstraint(0, 6);
    constraint.forced = () => (constraint.position < 5 ? text.slice(constraint.position) : []);
    constraint.allowed = () =>
      new Set(
        constraint.position < 5 ? [text[constraint.position]!] : constraint.position === 5 ? [20, 30] : [endToken],
      );
    const engine = randomModel(1);
    const { tokens, result } = await run({ engine, constraint });
    expect(tokens.map(({ forced }) => forced)).toEqual([true, true, true, true, true, false]);
    expect(engine.evaluations).toEqual([{ tokens: prompt.length + 5, request: { kind: 'only', tokens: [20, 30] } }]);
    expect(result).toMatchObject({ reason: 'stop', completionTokens: 6, forcedTokens: 5 });
  });

  it('chooses the same with forced tokens asked for, where batches show in the logits', async () => {
    const decoded = async (seed: number, masks: number, promptTokens: number[], forcing: boolean) => {
      const engine = createScriptedEngine((tokens, batches) => {
        const random = createRandom(`${seed}:${tokens.join()}:${batches.join()}`);
        return Array.from({ length: vocabularySize }, () => random.next() * 20);
      });
      const constraint = randomConstraint(masks, 12);
      const { tokens } = await run({ engine, constraint, promptTokens, forcing });
      return { tokens: tokens.map(({ token }) => token), evaluations: engine.evaluations.length };
    };
    let looks = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), fc.constantFrom(4, 140), async (seed, masks, length) => {
        const promptTokens = Array.from({ length }, (_, index) => index);
        const taken = await decoded(seed, masks, promptTokens, true);
        const asked = await decoded(seed, masks, promptTokens, false);
        expect(asked.tokens).toEqual(taken.tokens);
        looks += asked.evaluations - taken.evaluations;
      }),
      { numRuns: 60 },
    );
    expect(looks).toBeGreaterThan(20);
  });

  it('evaluates a long prompt in several batches, none of them of one token', async () => {
    for (const length of [128, 129, 130, 257, 300]) {
      const engine = randomModel(1);
      await run({ engine, promptTokens: Array.from({ length }, (_, index) => index), maxTokens: 1 });
      const sizes = engine.evaluations.map(({ tokens }) => tokens);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(length);
      expect(Math.min(...sizes)).toBeGreaterThan(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(129);
    }
  });

  it('stops at the end token', async () => {
    const engine = createScriptedEngine((tokens) =>
      Array.from({ length: vocabularySize }, (_, token) => (token === (tokens.length < 6 ? 5 : endToken) ? 1 : 0)),
    );
    const { tokens, result } = await run({ engine });
    expect(tokens.map(({ token }) => token)).toEqual([5, 5]);
    expect(result).toMatchObject({ reason: 'stop', completionTokens: 3 });
  });

  it('stops between tokens when aborted, and the engine goes on', async () => {
    const engine = randomModel(3);
    const controller = new AbortController();
    const decoding = decode({
      engine,
      promptTokens: prompt,
      maxTokens: 50,
      endTokens: [endToken],
      signal: controller.signal,
    });
    const tokens: number[] = [];
    let step = await decoding.next();
    while (!step.done) {
      tokens.push(step.value.token);
      if (tokens.length === 3) controller.abort();
      step = await decoding.next();
    }
    expect(tokens).toEqual(reference(3, undefined, 3));
    expect(step.value).toMatchObject({ reason: 'aborted', completionTokens: 3 });
    const next = await run({ engine, maxTokens: 5 });
    expect(next.tokens.map(({ token }) => token)).toEqual(reference(3, undefined, 5));
    expect(next.result.cachedPromptTokens).toBe(2);
  });

  it('stops inside a long prompt when aborted', async () => {
    const controller = new AbortController();
    const engine = randomModel(3, { onEvaluate: (count) => count === 2 && controller.abort() });
    const promptTokens = Array.from({ length: 600 }, (_, index) => index);
    const { tokens, result } = await run({ engine, promptTokens, signal: controller.signal });
    expect([tokens.length, result.reason, engine.evaluations.length]).toEqual([0, 'aborted', 2]);
  });

  it('asks nothing when it is aborted before it begins', async () => {
    const engine = randomModel(3);
    const { tokens, result } = await run({ engine, signal: AbortSignal.abort() });
    expect([tokens, result.reason, engine.evaluations]).toEqual([[], 'aborted', []]);
  });

  it('gives the sequence back when the loop is left early, and after an error', async () => {
    let failing = false;
    const engine = randomModel(3, {
      onEvaluate: () => {
        if (failing) throw new Error('broken');
      },
    });
    for await (const _token of decode({ engine, promptTokens: prompt, maxTokens: 9, endTokens: [endToken] })) break;
    failing = true;
    await expect(run({ engine })).rejects.toThrow('broken');
    failing = false;
    await expect(run({ engine, maxTokens: 2 })).resolves.toMatchObject({ tokens: { length: 2 } });
  });

  it('samples by temperature: the same for the same seed, spread over what is likely', async () => {
    const drawn = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const draw = () => run({ engine: randomModel(5), maxTokens: 1, sampling: { temperature: 1, seed } });
      const [first, second] = [await draw(), await draw()];
      expect(first.tokens).toEqual(second.tokens);
      drawn.add(first.tokens[0]!.token);
    }
    expect(drawn.size).toBeGreaterThan(5);
  });

  it('samples by topP among the fewest tokens that have so much probability', async () => {
    const shares = [0.5, 0.3, 0.15, 0.05];
    const engine = () => createScriptedEngine(() => shares.map((share) => Math.log(share)));
    const drawn = async (topP: number) => {
      const tokens = new Set<number>();
      for (let seed = 0; seed < 60; seed++) {
        const { tokens: answer } = await run({
          engine: engine(),
          maxTokens: 1,
          sampling: { temperature: 1, seed, topP },
        });
        tokens.add(answer[0]!.token);
      }
      return [...tokens].sort();
    };
    expect(await drawn(0.5)).toEqual([0]);
    expect(await drawn(0.51)).toEqual([0, 1]);
    expect(await drawn(0.94)).toEqual([0, 1, 2]);
    expect(await drawn(1)).toEqual([0, 1, 2, 3]);
    await expect(drawn(0)).rejects.toThrow(RangeError);
  });

  it('samples only what is allowed', async () => {
    for (let seed = 0; seed < 10; seed++) {
      // RandomConstraint.advance throws for anything else.
      const constraint = randomConstraint(seed, 8);
      const { result } = await run({ engine: randomModel(5), constraint, sampling: { temperature: 3, seed } });
      expect(result.completionTokens).toBe(8);
    }
  });

  describe('with a string that is optionally grounded', () => {
    const tokenizer = createBytePairTokenizer(0);
    const vocabulary = createVocabulary(tokenizer);
    const compiled = compileSchema({ type: 'string', 'x-grounded': 'optional', maxLength: 12 });
    const tokensOf = (text: string) => tokenizer.encode(text);

    /** A model that would say a text, each token of it by so many nats likelier than the next of another text. */
    function modelOf(text: string, other: string, lead: number): ScriptedEngine {
      return createScriptedEngine((tokens) => {
        const logits = Array.from({ length: tokenizer.vocabularySize }, (_, token) => -30 - token / 1000);
        const place = tokens.length - prompt.length;
        const said = [text, other].map((one) => tokensOf(one));
        for (const [index, one] of said.entries()) {
          const token = one[place];
          const isOn = tokens.slice(prompt.length).every((before, at) => before === one[at]);
          if (token !== undefined && isOn) logits[token] = Math.max(logits[token]!, index === 0 ? 0 : -lead);
        }
        return logits;
      });
    }

    async function say(
      text: string,
      other: string,
      lead: number,
      options: Pick<DecodeOptions, 'preferenceBias' | 'sampling'> = {},
    ) {
      const constraint = compiled.start({ vocabulary, groundingTexts: ['near Lisbon or Porto'], maxTokens: 20 });
      const engine = modelOf(`"${text}"`, `"${other}"`, lead);
      const { tokens } = await run({ engine, constraint, maxTokens: 20, endTokens: tokenizer.endTokens, ...options });
      return tokenizer.decode(tokens.map(({ token }) => token));
    }

    it('a piece of the texts is said unless something else is much likelier', async () => {
      expect(await say('Lima', 'Lisbon', 2)).toBe('"Lisbon"');
      expect(await say('Kiel', 'porto', 2)).toBe('"porto"');
      expect(await say('Paris', 'Porto', 2)).toBe('"Porto"');
      expect(await say('Lima', 'Lisbon', 2.4)).toBe('"Lima"');
      expect(await say('Lima', 'London', 0.1)).toBe('"Lima"');
    });

    it('how much likelier is up to the options', async () => {
      expect(await say('Lima', 'Lisbon', 2, { preferenceBias: 0 })).toBe('"Lima"');
      expect(await say('Lima', 'Lisbon', 2.4, { preferenceBias: 3 })).toBe('"Lisbon"');
      for (const preferenceBias of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(say('Lima', 'Lisbon', 2, { preferenceBias })).rejects.toThrow(RangeError);
      }
    });

    it('pieces are drawn more often when sampling', async () => {
      let pieces = 0;
      for (let seed = 0; seed < 40; seed++) {
        if ((await say('Lima', 'Lisbon', 1, { sampling: { temperature: 1, seed } })) === '"Lisbon"') pieces++;
      }
      // By 10 / e to 1; without the bias by 1 / e to 1.
      expect(pieces).toBeGreaterThan(25);
    });

    it('a piece is found however many tokens are likelier', async () => {
      const least = tokensOf('L')[0]!;
      const size = tokenizer.vocabularySize;
      const isEnd = (token: number) => tokenizer.endTokens.includes(token);
      // All are within the bias of the likeliest, and what begins a piece is the least likely.
      const engine = createScriptedEngine((tokens) => {
        const logits = Array.from({ length: size }, (_, token) => (isEnd(token) ? -50 : -token / 1000));
        if (tokens.length === prompt.length) logits[tokensOf('"')[0]!] = 10;
        for (const text of ['n', 'o', 'N', 'O', 'P', 'p', 'l', ' ']) logits[tokensOf(text)[0]!] = -40;
        logits[least] = -2;
        return logits;
      });
      const constraint = compiled.start({ vocabulary, groundingTexts: ['near Lisbon or Porto'], maxTokens: 20 });
      const { tokens } = await run({ engine, constraint, maxTokens: 20, endTokens: tokenizer.endTokens });
      expect(tokens[1]!.token).toBe(least);
    });
  });

  it('says so where the constraint has no way on', async () => {
    const constraint = randomConstraint(1, 3);
    constraint.allowed = () => new Set();
    await expect(run({ engine: randomModel(1), constraint })).rejects.toMatchObject({ code: 'decode/dead-end' });
  });
});
