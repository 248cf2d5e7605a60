import type { LlamaContext } from 'node-llama-cpp';
import { holdAdapter } from './adapter-weights.js';
import { EngineError } from './engine-error.js';
import { EvaluationGate } from './evaluation-gate.js';
import { flattenMetadata } from './flatten-metadata.js';
import { LlamaSequence } from './llama-sequence.js';
import type { ModelEngine } from './model-engine.js';
import { explainNativeError, reserveThreads } from './native-llama.js';
import { SequencePool } from './sequence-pool.js';
import { leaseModel, type ModelLease } from './shared-models.js';

/** Where the model is and how it is to be run. */
export interface LlamaEngineOptions {
  /** Path of the base model's GGUF file. Engines with the same path share one copy in memory. */
  modelPath: string;
  /** Path of a LoRA adapter's GGUF file. */
  adapterPath?: string | undefined;
  /** Tokens a sequence can hold, prompt and answer together. Default: 4096, or what the model was trained on if less. */
  contextSize?: number | undefined;
  /** Requests that can be under way at once; each takes its own memory. Default 1; others wait. */
  sequences?: number | undefined;
  /**
   * Most threads of one evaluation. Default: the physical cores. Engines that evaluate at once share them, and fewer are
   * used while other processes want the processor.
   */
  threads?: number | undefined;
  /** Engines with the same gate evaluate one after the other. Default: a gate of its own. */
  gate?: EvaluationGate | undefined;
}

/** Tokens of a sequence where nothing else is said, or what the model was trained on if less. */
export const defaultContextSize = 4096;

/**
 * Loads a model, and an adapter on it, with llama.cpp in this process, on the CPU.
 * @throws EngineError `engine/native-unavailable`, `engine/model-unreadable`, `engine/adapter-unreadable`,
 * `engine/out-of-memory`
 */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<ModelEngine> {
  const lease = await leaseModel(options.modelPath);
  const { model, native } = lease;
  const { gate = new EvaluationGate(), adapterPath } = options;
  const freeAdapter = adapterPath === undefined ? async () => {} : holdAdapter(model, adapterPath);
  try {
    const context = await createContext(lease, options);
    // llama.cpp keeps one place free for the token to come.
    const contextSize = context.contextSize - 1;
    const sequences = Array.from(
      { length: context.totalSequences },
      () => new LlamaSequence(context.getSequence(), { contextSize, gate, governor: native.governor }),
    );
    const pool = new SequencePool(sequences, contextSize);
    const metadata = flattenMetadata(model.fileInfo.metadata);
    return {
      contextSize,
      vocabularySize: vocabularySizeOf(metadata),
      metadata,
      acquireSequence: (prompt, signal) => pool.acquire(prompt, signal),
      async dispose() {
        pool.dispose();
        await context.dispose();
        await freeAdapter();
        await lease.release();
      },
    };
  } catch (error) {
    await freeAdapter();
    await lease.release();
    throw error;
  }
}

async function createContext({ model, native }: ModelLease, options: LlamaEngineOptions): Promise<LlamaContext> {
  const { adapterPath, sequences = 1, contextSize = Math.min(defaultContextSize, model.trainContextSize) } = options;
  try {
    const threads = reserveThreads(native, options.threads);
    return await native.governor.withAll(() =>
      model.createContext({
        contextSize,
        sequences,
        threads,
        // On a CPU it is no faster, and results then depend on how a prompt was cut into batches.
        flashAttention: false,
        ...(adapterPath === undefined ? {} : { lora: adapterPath }),
      }),
    );
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    const { InsufficientMemoryError } = await import('node-llama-cpp');
    if (cause instanceof InsufficientMemoryError) {
      const message = `no memory for ${sequences} × ${contextSize} tokens of context; lower contextSize or sequences`;
      throw new EngineError('engine/out-of-memory', message, { cause });
    }
    if (adapterPath === undefined) throw cause;
    const message = `${adapterPath}: llama.cpp cannot apply this adapter to this base model: ${explainNativeError(cause)}`;
    throw new EngineError('engine/adapter-unreadable', message, { cause });
  }
}

function vocabularySizeOf(metadata: Readonly<Record<string, unknown>>): number {
  const tokens = metadata['tokenizer.ggml.tokens'];
  if (Array.isArray(tokens)) return tokens.length;
  throw new EngineError('engine/model-unreadable', 'the model file holds no vocabulary (tokenizer.ggml.tokens)');
}
