import type { LogitsRequest, ModelEngine, TokenLogit } from '../src/engine/index.js';
import { type PooledSequence, SequencePool } from '../src/engine/sequence-pool.js';

/** Logits of the next token after these tokens, by token id; also given how many tokens each was evaluated together with. */
export type LogitsFunction = (tokens: readonly number[], batches: readonly number[]) => readonly number[];

/** A model for unit tests: its logits are a function of the tokens before. Everything else is as in a real engine. */
export interface ScriptedEngine extends ModelEngine {
  /** What was evaluated: how many tokens at once, and what was asked of them. */
  readonly evaluations: { tokens: number; request: LogitsRequest }[];
}

interface ScriptedSequence extends PooledSequence {
  held: number[];
  /** How many tokens each was evaluated together with. */
  batches: number[];
}

/** @param onEvaluate Called before each evaluation with its number, from 1. */
export function createScriptedEngine(
  logitsAfter: LogitsFunction,
  options: { contextSize?: number; sequences?: number; onEvaluate?: (count: number) => void } = {},
): ScriptedEngine {
  const { contextSize = 1000, sequences = 1, onEvaluate } = options;
  const evaluations: ScriptedEngine['evaluations'] = [];
  const createSequence = (): ScriptedSequence => {
    const held: number[] = [];
    const batches: number[] = [];
    return {
      held,
      batches,
      async copyFrom(source, length) {
        const { held: tokens, batches: sizes } = source as ScriptedSequence;
        held.splice(0, held.length, ...tokens.slice(0, length));
        batches.splice(0, batches.length, ...sizes.slice(0, length));
        return true;
      },
      get length() {
        return held.length;
      },
      get reusableTokens() {
        return held.length;
      },
      reusableLength(prompt) {
        let common = 0;
        while (common < prompt.length - 2 && held[common] === prompt[common]) common++;
        return common;
      },
      async truncate(length) {
        held.length = Math.min(held.length, length);
        batches.length = held.length;
      },
      async evaluate(tokens, request) {
        await Promise.resolve();
        onEvaluate?.(evaluations.length + 1);
        evaluations.push({ tokens: tokens.length, request });
        held.push(...tokens);
        batches.push(...tokens.map(() => tokens.length));
        return answer(logitsAfter(held, batches), request);
      },
    };
  };
  const pool = new SequencePool(Array.from({ length: sequences }, createSequence), contextSize);
  return {
    evaluations,
    contextSize,
    vocabularySize: logitsAfter([], []).length,
    metadata: {},
    acquireSequence: (prompt, signal) => pool.acquire(prompt, signal),
    dispose: async () => pool.dispose(),
  };
}

function answer(logits: readonly number[], request: LogitsRequest): TokenLogit[] {
  const all = logits.map((logit, token) => ({ token, logit }));
  all.sort((first, second) => second.logit - first.logit || first.token - second.token);
  switch (request.kind) {
    case 'none':
      return [];
    case 'best':
      return all.slice(0, 1);
    case 'top':
      return all.slice(0, request.count);
    case 'only':
      return all.filter(({ token }) => request.tokens.includes(token));
  }
}
