import type { Tokenizer } from '@tooltune/sdk';
import type { SchemaConstraint, Vocabulary } from '../constraint/index.js';
import { type DecodeResult, decode, type Sampling } from '../decode/index.js';
import type { ModelEngine } from '../engine/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { TokenEvent, ToolStreamEvent } from '../stream/index.js';
import { Utf8Text } from '../stream/utf8-text.js';
import { TokenEvents } from '../tool-runtime/index.js';

/** What an answer in JSON is made with. */
export interface SchemaAnswerOptions {
  engine: ModelEngine;
  tokenizer: Pick<Tokenizer, 'tokenBytes' | 'endTokens'>;
  vocabulary: Vocabulary;
  promptTokens: readonly number[];
  constraint: SchemaConstraint;
  /** Texts that `x-grounded` strings are pieces of. */
  groundingTexts?: readonly string[] | undefined;
  maxTokens: number;
  sampling?: Sampling | undefined;
  signal?: AbortSignal | undefined;
  /** Tells each token (`token` events), with so many of the likeliest that might have come. */
  tokens?: { top: number } | undefined;
}

/** Temperatures of further tries at what a schema says beyond what decoding can enforce. */
const retryTemperatures = [0.7, 1, 1.4];

/**
 * Streams JSON that satisfies a schema, as text, and then `finish`. Where decoding cannot enforce all of the schema, the
 * text comes when the whole is valid; up to three more answers are tried for it.
 * @throws RuntimeError `runtime/invalid-answer`; ConstraintError, EngineError, DecodeError
 */
export async function* streamSchemaAnswer(options: SchemaAnswerOptions): AsyncGenerator<ToolStreamEvent, void, void> {
  const { constraint, sampling, promptTokens } = options;
  const started = performance.now();
  const isDoubtful = constraint.deferred().length > 0;
  const tries = [sampling, ...(isDoubtful ? retryTemperatures.map((temperature) => ({ temperature })) : [])];
  let firstTokenMs: number | null = null;
  let completionTokens = 0;
  for (const [index, attempt] of tries.entries()) {
    const trySampling = index === 0 ? sampling : { temperature: 1, ...attempt, seed: (sampling?.seed ?? 0) + index };
    const answer = decodeText(options, trySampling);
    let text = '';
    const held: TokenEvent[] = [];
    let result: DecodeResult;
    try {
      let step = await answer.next();
      for (; !step.done; step = await answer.next()) {
        firstTokenMs ??= performance.now() - started;
        text += step.value.text;
        if (isDoubtful) held.push(...step.value.tokens);
        else yield* step.value.tokens;
        if (!isDoubtful && step.value.text !== '') yield { type: 'text-delta', text: step.value.text };
      }
      result = step.value;
    } finally {
      await answer.return(undefined as never);
    }
    completionTokens += result.completionTokens;
    const read = constraint.read(text);
    if (result.reason === 'stop' && read.status === 'invalid' && index < tries.length - 1) continue;
    if (result.reason === 'stop' && read.status !== 'valid') throw invalidAnswer(text, tries.length);
    yield* held;
    if (isDoubtful && text !== '') yield { type: 'text-delta', text };
    const { reason, cachedPromptTokens, forcedTokens, queueMs, promptMs } = result;
    yield {
      type: 'finish',
      reason,
      usage: {
        ...{ promptTokens: promptTokens.length, cachedPromptTokens, completionTokens, forcedTokens },
        ...(index === 0 ? {} : { repairs: index }),
      },
      timings: { queueMs, promptMs, firstTokenMs, totalMs: performance.now() - started },
    };
    return;
  }
}

async function* decodeText(
  options: SchemaAnswerOptions,
  sampling: Sampling | undefined,
): AsyncGenerator<{ text: string; tokens: TokenEvent[] }, DecodeResult> {
  const { engine, tokenizer, vocabulary, promptTokens, groundingTexts = [], maxTokens, signal } = options;
  const constraint = options.constraint.start({ vocabulary, groundingTexts, maxTokens });
  const { endTokens } = tokenizer;
  const scoring = { scored: options.tokens !== undefined, topCandidates: options.tokens?.top };
  const decoding = decode({ engine, promptTokens, constraint, maxTokens, endTokens, sampling, signal, ...scoring });
  const text = new Utf8Text();
  const tokens = options.tokens && new TokenEvents(tokenizer);
  try {
    let step = await decoding.next(undefined);
    for (; !step.done; step = await decoding.next(undefined)) {
      tokens?.push(step.value);
      yield { text: text.push(tokenizer.tokenBytes(step.value.token)), tokens: tokens?.take() ?? [] };
    }
    yield { text: text.end(), tokens: [] };
    return step.value;
  } finally {
    // Gives the sequence back when the consumer leaves early.
    await decoding.return(undefined as never);
  }
}

function invalidAnswer(text: string, tries: number): RuntimeError {
  const message = `the schema asks for more than decoding can enforce, and ${tries} answers did not have it; the last: ${text}`;
  return new RuntimeError('runtime/invalid-answer', message);
}
