import type { RenderedExample } from '@tooltune/sdk';
import { type ControlledEvaluateInputItem, getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp';

/** What llama.cpp makes of a model and an adapter. */
export interface LlamaCppModel {
  /** All logits at every label of the examples, in order: one row of the vocabulary's size for each. */
  labelLogits(examples: readonly RenderedExample[]): Promise<Float32Array[]>;
  /** The most likely token at every label of the examples, in order. */
  likeliestTokens(examples: readonly RenderedExample[]): Promise<number[]>;
  /** Token ids of a text, texts of special tokens being those tokens. */
  tokenize(text: string): number[];
}

/**
 * Loads a model, and an adapter if any, into llama.cpp, for as long as `use` takes.
 * @param options.threads default 2. One for a tiny model: llama.cpp's threads spin, which a busy machine makes slow
 * @param options.cache precision of keys and values; F16, the default, is what the runtime serves with
 */
export async function withLlamaCpp<T>(
  options: { model: string; adapter?: string; contextSize: number; cache?: 'F16' | 'F32'; threads?: number },
  use: (model: LlamaCppModel) => Promise<T>,
): Promise<T> {
  const { contextSize, adapter, cache = 'F16', threads = 2 } = options;
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error, maxThreads: 2 });
  try {
    const model = await llama.loadModel({ modelPath: options.model });
    const context = await model.createContext({
      contextSize,
      batchSize: contextSize,
      threads,
      flashAttention: false,
      experimentalKvCacheKeyType: cache,
      experimentalKvCacheValueType: cache,
      ...(adapter === undefined ? {} : { lora: adapter }),
    });
    const sequence = context.getSequence();
    const evaluate = async (
      examples: readonly RenderedExample[],
      logits: true | { filter: { tokens: Token[]; includeTop: 1 } },
    ) => {
      const results: Map<Token, number>[] = [];
      for (const { tokens, labelMask } of examples) {
        await sequence.clearHistory();
        const items = [...tokens.subarray(0, -1)].map((token, at): ControlledEvaluateInputItem => {
          return labelMask[at + 1] === 1 ? [token as Token, { generateNext: { logits } }] : (token as Token);
        });
        for (const result of await sequence.controlledEvaluate(items)) {
          if (result?.next.logits !== undefined) results.push(result.next.logits);
        }
      }
      return results;
    };
    return await use({
      async labelLogits(examples) {
        return (await evaluate(examples, true)).map((logits) => {
          const row = new Float32Array(logits.size);
          for (const [token, logit] of logits) row[token] = logit;
          return row;
        });
      },
      async likeliestTokens(examples) {
        const found = await evaluate(examples, { filter: { tokens: [], includeTop: 1 } });
        return found.map((logits) => [...logits].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]);
      },
      tokenize: (text) => model.tokenize(text, true, 'trimLeadingSpace'),
    });
  } finally {
    await llama.dispose();
  }
}
