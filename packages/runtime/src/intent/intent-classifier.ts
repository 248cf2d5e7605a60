import type { IntentAnswer, IntentClassifier } from '@tooltune/sdk';
import type { AdapterBundle, IntentAdapterBundle } from '../adapters/index.js';

/** What a classifier is made of. */
export interface IntentClassifierOptions {
  /** An adapter bundle that names intents, read already or its folder. */
  adapter: string | AdapterBundle;
  /** Base model: an id of the model registry or the path of a GGUF file. Default: the one that the adapter names. */
  base?: string | undefined;
  /** Most threads of one evaluation. Default: the physical cores; fewer are used while other processes want them. */
  threads?: number | undefined;
  /** Tokens of a prompt. Default 4096, or what the model was trained on if less. */
  contextSize?: number | undefined;
  /**
   * Texts that can be under way at once; each takes its own memory, others wait. Default 1, with which texts share their
   * beginnings: on one thread more were a fifth slower.
   */
  sequences?: number | undefined;
}

/** One request. */
export interface ClassifyOptions {
  /** How many intents are told in `top`. Default 5. */
  topK?: number | undefined;
  /** In place of the adapter's threshold, on the same score: from 0 to 1, or null never to abstain for its sake. */
  threshold?: number | null | undefined;
  /** Ends the wait for a free sequence. */
  signal?: AbortSignal | undefined;
}

/** A loaded model that names the intent of a text. */
export interface LlamaIntentClassifier extends IntentClassifier {
  readonly adapter: IntentAdapterBundle;
  /** @throws EngineError `engine/context-full` for a text that is too long; RuntimeError */
  classify(text: string, options?: ClassifyOptions): Promise<IntentAnswer>;
  /** Many texts, the answers in their order. Fails where one of them does. */
  classifyBatch(texts: readonly string[], options?: ClassifyOptions): Promise<IntentAnswer[]>;
  /** Frees the memory; texts under way fail. */
  dispose(): Promise<void>;
}
