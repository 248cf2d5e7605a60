import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenizer, type Tokenizer } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLlamaEngine } from './llama-engine.js';
import type { LogitsRequest, ModelEngine, ModelSequence, TokenLogit } from './model-engine.js';

let modelPath: string;
let engine: ModelEngine;
let tokenizer: Tokenizer;

beforeAll(async () => {
  modelPath = (await resolveBaseModel('smollm2-135m')).path;
  engine = await createLlamaEngine({ modelPath, contextSize: 768 });
  tokenizer = createTokenizer(engine.metadata);
});
afterAll(() => engine.dispose());

const top: LogitsRequest = { kind: 'top', count: 200 };

async function withSequence<T>(
  on: ModelEngine,
  prompt: readonly number[],
  work: (sequence: ModelSequence) => Promise<T>,
): Promise<T> {
  const sequence = await on.acquireSequence(prompt);
  try {
    return await work(sequence);
  } finally {
    sequence.release();
  }
}

const logitsAfter = (on: ModelEngine, prompt: readonly number[], request: LogitsRequest = top) =>
  withSequence(on, prompt, (sequence) => sequence.evaluate(prompt.slice(sequence.cachedTokens), request));

async function freshLogits(prompt: readonly number[]): Promise<TokenLogit[]> {
  const fresh = await createLlamaEngine({ modelPath, contextSize: 768 });
  try {
    return await logitsAfter(fresh, prompt);
  } finally {
    await fresh.dispose();
  }
}

function largestDifference(first: readonly TokenLogit[], second: readonly TokenLogit[]): number {
  const logits = new Map(second.map(({ token, logit }) => [token, logit]));
  const shared = first.filter(({ token }) => logits.has(token));
  expect(shared.length).toBeGreaterThan(first.length * 0.98);
  return Math.max(...shared.map(({ token, logit }) => Math.abs(logit - logits.get(token)!)));
}

const beginning =
  '<|im_start|>system\nYou control a house. You can switch lights, set alarms, play music and close the blinds.<|im_end|>\n';
const request = (text: string) =>
  tokenizer.encode(`${beginning}<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`);

describe('createLlamaEngine', () => {
  it('gives the logits of a fresh context after a prefix was kept and what followed was erased', async () => {
    const first = request('Play some jazz from the nineties, please.');
    await withSequence(engine, first, async (sequence) => {
      await sequence.evaluate(first.slice(sequence.cachedTokens), { kind: 'none' });
      // An answer, token by token, which must leave no trace.
      for (const token of tokenizer.encode('Sure, I will play jazz now.'))
        await sequence.evaluate([token], { kind: 'best' });
    });
    for (const text of [
      'Wake me up at seven tomorrow.',
      'Play some rock.',
      'Play some jazz from the nineties, please.',
    ]) {
      const prompt = request(text);
      const reused = await withSequence(engine, prompt, async (sequence) => {
        expect(sequence.cachedTokens).toBeGreaterThan(20);
        return sequence.evaluate(prompt.slice(sequence.cachedTokens), top);
      });
      expect(largestDifference(reused, await freshLogits(prompt))).toBeLessThan(1e-3);
    }
  });

  it('gives the logits of a fresh context when a prompt goes on with what was answered', async () => {
    const first = request('Wake me up at seven.');
    const answer = tokenizer.encode('Your alarm is set for seven in the morning.');
    await withSequence(engine, first, async (sequence) => {
      await sequence.evaluate(first.slice(sequence.cachedTokens), { kind: 'none' });
      for (const token of answer) await sequence.evaluate([token], { kind: 'best' });
    });
    const next = [...first, ...answer, ...tokenizer.encode('<|im_end|>\n<|im_start|>user\nThanks!<|im_end|>\n')];
    expect(largestDifference(await logitsAfter(engine, next), await freshLogits(next))).toBeLessThan(1e-3);
  });

  it('says the same in every way of asking', async () => {
    const prompt = request('Close the blinds.');
    const all = await logitsAfter(engine, prompt, { kind: 'top', count: engine.vocabularySize });
    expect(all).toHaveLength(engine.vocabularySize);
    expect(await logitsAfter(engine, prompt, { kind: 'best' })).toEqual(all.slice(0, 1));
    expect(await logitsAfter(engine, prompt, { kind: 'top', count: 5 })).toEqual(all.slice(0, 5));
    const tokens = [all[40_000]!.token, all[3]!.token, all[900]!.token];
    expect(await logitsAfter(engine, prompt, { kind: 'only', tokens })).toEqual([all[3], all[900], all[40_000]]);
    expect(await logitsAfter(engine, prompt, { kind: 'none' })).toEqual([]);
  });

  it('refuses what does not fit, instead of forgetting the beginning', async () => {
    const long = Array.from({ length: engine.contextSize }, () => 100);
    await expect(engine.acquireSequence(long)).rejects.toMatchObject({ code: 'engine/context-full' });
    await withSequence(engine, [5, 6], async (sequence) => {
      await expect(sequence.evaluate([...long, 1], { kind: 'none' })).rejects.toMatchObject({
        code: 'engine/context-full',
      });
      expect(sequence.length).toBe(0);
    });
  });

  it('runs engines on one copy of the model side by side, and each lives on its own', async () => {
    const other = await createLlamaEngine({ modelPath, contextSize: 256, sequences: 2 });
    const prompt = request('What time is it?');
    const answers = await Promise.all([engine, other, other].map((on) => logitsAfter(on, prompt)));
    for (const answer of answers) expect(largestDifference(answer, answers[0]!)).toBeLessThan(1e-3);
    await other.dispose();
    await expect(logitsAfter(other, prompt)).rejects.toMatchObject({ code: 'engine/disposed' });
    expect(largestDifference(await logitsAfter(engine, prompt), answers[0]!)).toBeLessThan(1e-3);
  });

  it('gives a request the same logits whatever others are under way', async () => {
    const shared = await createLlamaEngine({ modelPath, contextSize: 256, sequences: 3, threads: 1 });
    const decode = (prompt: readonly number[]) =>
      withSequence(shared, prompt, async (sequence) => {
        const steps = [await sequence.evaluate(prompt.slice(sequence.cachedTokens), { kind: 'top', count: 5 })];
        for (let step = 0; step < 10; step++) {
          steps.push(await sequence.evaluate([steps.at(-1)![0]!.token], { kind: 'top', count: 5 }));
        }
        return steps;
      });
    const prompts = ['Close the blinds.', 'What time is it in Lisbon?', 'Play something loud!'].map(request);
    const alone = [];
    for (const prompt of prompts) alone.push(await decode(prompt));
    expect(await Promise.all(prompts.map(decode))).toEqual(alone);
    await shared.dispose();
  });

  it('copies what another sequence holds of a long prompt, with the logits of a fresh one', async () => {
    const shared = await createLlamaEngine({ modelPath, contextSize: 512, sequences: 2, threads: 1 });
    const system = request('The house has a kitchen, a hall and an attic. '.repeat(12));
    await withSequence(shared, [...system, 5, 6], async (first) => {
      await first.evaluate([...system, 5, 6], { kind: 'none' });
      const prompt = [...system, ...request('Close the blinds.')];
      await withSequence(shared, prompt, async (second) => {
        expect(second.cachedTokens).toBe(system.length);
        const logits = await second.evaluate(prompt.slice(system.length), top);
        expect(logits).toEqual(await freshLogits(prompt));
      });
    });
    await shared.dispose();
  });

  it('names the file and the reason when it cannot be loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-'));
    const file = join(folder, 'broken.gguf');
    await writeFile(file, 'This is not a model.');
    await expect(createLlamaEngine({ modelPath: file })).rejects.toMatchObject({
      code: 'engine/model-unreadable',
      message: expect.stringMatching(/broken\.gguf.*GGUF/),
    });
    await expect(createLlamaEngine({ modelPath, adapterPath: file })).rejects.toMatchObject({
      code: 'engine/adapter-unreadable',
      message: expect.stringMatching(/broken\.gguf/),
    });
    await expect(createLlamaEngine({ modelPath, adapterPath: modelPath })).rejects.toMatchObject({
      code: 'engine/adapter-unreadable',
      message: expect.stringMatching(/adapter/),
    });
    await rm(folder, { recursive: true });
  });

  it('refuses more threads than there are', async () => {
    await expect(createLlamaEngine({ modelPath, threads: 10_000 })).rejects.toThrow(/threads must be/);
  });
});
