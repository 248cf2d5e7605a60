import type { TokenConstraint } from '@tooltune/sdk';
import type { TokenPreference } from '../constraint/index.js';
import type { ModelEngine, ModelSequence } from '../engine/index.js';
import { LogitsSource } from './logits-source.js';
import { greedySampling, type Sampling, TokenSampler } from './sampling.js';
import { findLikeliestAnswer } from './search.js';
import { type Choice, TokenChooser } from './token-chooser.js';

/** What is to be continued, and how. */
export interface DecodeOptions {
  engine: ModelEngine;
  /** At least two tokens. */
  promptTokens: readonly number[];
  /** What may be said; undefined: anything. It is advanced, so it must be a fresh one. */
  constraint?: (TokenConstraint & Partial<TokenPreference>) | undefined;
  /** Most tokens of the answer. The constraint must have been started with the same number. */
  maxTokens: number;
  /** Tokens that end the answer. */
  endTokens: readonly number[];
  sampling?: Sampling | undefined;
  /**
   * How much likelier tokens are taken to be that the constraint prefers (`x-grounded: optional`), in nats that are added
   * to their logits. Default ln 10: another token is taken only where it is more than ten times as likely. 0: none is
   * preferred.
   */
  preferenceBias?: number | undefined;
  /**
   * Whether text that must come is taken without asking the model. Default true. The tokens are the same either way; false
   * is slower, and only for comparison.
   */
  forcing?: boolean;
  /**
   * Most answers that are begun beside the greedy one, in search of the likeliest (see findLikeliestAnswer). Nothing comes
   * before the search has ended. Default 0: none. Only with a constraint and without a temperature.
   */
  alternatives?: number | undefined;
  /** Whether every token that is not forced has a probability. Default false; costs a look at several candidates a token. */
  scored?: boolean | undefined;
  /** How many of the likeliest tokens are told with each that has a probability. Default 0. */
  topCandidates?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What a consumer may say to a token (the argument of `next`), for the tokens to come. */
export interface DecodeFeedback {
  /** Tokens of the answer that stay; those after them are decoded anew. */
  keepTokens?: number | undefined;
  /** How tokens are picked from now on. */
  sampling?: Sampling | undefined;
}

/** A token of the answer. `forced`: the constraint left no choice, so the model was not asked. */
export type DecodedToken = Choice;

/** How an answer ended, and what it took. Times in milliseconds. */
export interface DecodeResult {
  reason: 'stop' | 'length' | 'aborted';
  cachedPromptTokens: number;
  /** The end token included. */
  completionTokens: number;
  forcedTokens: number;
  queueMs: number;
  /** Evaluation of the prompt, and of what was forced right after it. */
  promptMs: number;
}

/**
 * Continues a prompt token by token; end tokens are not among them. Text that is forced is taken without asking the
 * model and evaluated in one batch with what follows. Stops between tokens when the signal is aborted; an answer that
 * is abandoned half-way leaves the engine usable.
 * @throws EngineError, DecodeError
 */
export async function* decode(
  options: DecodeOptions,
): AsyncGenerator<DecodedToken, DecodeResult, DecodeFeedback | undefined> {
  const { engine, promptTokens, signal } = options;
  const result: DecodeResult = {
    reason: 'aborted',
    cachedPromptTokens: 0,
    completionTokens: 0,
    forcedTokens: 0,
    queueMs: 0,
    promptMs: 0,
  };
  const started = performance.now();
  let sequence: ModelSequence | undefined;
  try {
    sequence = await engine.acquireSequence(promptTokens, signal);
    result.queueMs = performance.now() - started;
    result.cachedPromptTokens = sequence.cachedTokens;
    yield* continuePrompt(sequence, options, result);
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    result.reason = 'aborted';
  } finally {
    sequence?.release();
  }
  return result;
}

async function* continuePrompt(
  sequence: ModelSequence,
  options: DecodeOptions,
  result: DecodeResult,
): AsyncGenerator<DecodedToken, void, DecodeFeedback | undefined> {
  const { engine, promptTokens, constraint, maxTokens, endTokens, forcing = true, signal } = options;
  const taken: Choice[] = [];
  const source = new LogitsSource(sequence, promptTokens.slice(sequence.cachedTokens), signal);
  const sampler = new TokenSampler(options.sampling ?? greedySampling);
  const { vocabularySize } = engine;
  const { preferenceBias, scored, topCandidates } = options;
  const rules = { preferenceBias, scored, topCandidates };
  const chooser = new TokenChooser({ source, sampler, constraint, vocabularySize, endTokens, ...rules });
  const { alternatives = 0 } = options;
  /** Does what the consumer says; true where tokens were taken back. */
  const goBack = async ({ keepTokens, sampling }: DecodeFeedback = {}): Promise<boolean> => {
    if (sampling !== undefined) chooser.sampler = new TokenSampler(sampling);
    if (keepTokens === undefined) return false;
    constraint?.rollback(taken.length - keepTokens);
    taken.length = keepTokens;
    const kept = [...promptTokens.slice(-1), ...taken.map(({ token }) => token)];
    // What the search left in the sequence may be another answer.
    if (alternatives > 0) await source.rewind(promptTokens.length - 1, kept);
    else await source.rewind(promptTokens.length + keepTokens - 1, kept.slice(-1));
    result.completionTokens = taken.length;
    result.forcedTokens = taken.filter(({ forced }) => forced).length;
    return true;
  };
  if (alternatives > 0) {
    if (constraint === undefined || sampler.temperature > 0) {
      throw new RangeError('alternatives can be searched only with a constraint and at temperature 0');
    }
    const promptLength = promptTokens.length;
    const search = { source, chooser, constraint, promptLength, maxTokens, endTokens, alternatives, signal };
    const { tokens, reason, forcedEnd, constraintTokens } = await findLikeliestAnswer(search);
    result.reason = reason;
    result.completionTokens = tokens.length + (reason === 'stop' && !forcedEnd ? 1 : 0);
    result.forcedTokens = tokens.filter(({ forced }) => forced).length;
    let isRefused = false;
    for (const choice of tokens) {
      taken.push(choice);
      const feedback = yield choice;
      if (feedback?.keepTokens === undefined) continue;
      constraint.rollback(constraintTokens);
      for (const { token } of taken) constraint.advance(token);
      await goBack(feedback);
      isRefused = true;
      break;
    }
    if (!isRefused) return;
  }
  let asked = false;
  decoding: for (;;) {
    const forced = constraint?.forced() ?? [];
    const choices: Choice[] = forcing ? forced.map((token) => ({ token, forced: true })) : [];
    if (choices.length === 0) {
      if (result.completionTokens >= maxTokens && !chooser.mustEnd()) {
        result.reason = 'length';
        return;
      }
      const asking = performance.now();
      const choice = forced.length > 0 ? await chooser.ask(forced[0]!) : await chooser.choose();
      if (!asked && !choice.forced) {
        asked = true;
        result.promptMs = performance.now() - asking;
      }
      choices.push(choice);
    }
    for (const choice of choices) {
      if (endTokens.includes(choice.token)) {
        // Where the constraint would let more follow, were there room for it, it is the budget that ended the answer.
        result.reason = choice.forced && constraint?.isComplete() === false ? 'length' : 'stop';
        // An end that follows from the constraint costs nothing and is not counted.
        if (!choice.forced) result.completionTokens++;
        return;
      }
      if (result.completionTokens >= maxTokens) {
        result.reason = 'length';
        return;
      }
      result.completionTokens++;
      if (choice.forced) result.forcedTokens++;
      constraint?.advance(choice.token);
      source.append(choice.token);
      taken.push(choice);
      const feedback = yield choice;
      signal?.throwIfAborted();
      if (await goBack(feedback ?? {})) continue decoding;
    }
  }
}
