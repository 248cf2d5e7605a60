import { type IntentAnswer, type IntentLabel, type PromptRenderer, predictText, type ReadLabels } from '@tooltune/sdk';
import type { ModelEngine } from '../engine/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { ClassifyOptions } from './intent-classifier.js';

const defaultTopK = 5;

/** What a classifier is made of. */
export interface EngineClassifierOptions extends ReadLabels {
  engine: ModelEngine;
  renderer: Pick<PromptRenderer, 'renderPrompt'>;
}

/** Names intents by one evaluation of the prompt: no token is generated, and only the labels' logits are read. */
export class EngineClassifier {
  readonly #options: EngineClassifierOptions;
  readonly #tokens: readonly number[];

  constructor(options: EngineClassifierOptions) {
    this.#options = options;
    this.#tokens = options.labels.map(({ token }) => token);
  }

  async classify(text: string, options: ClassifyOptions = {}): Promise<IntentAnswer> {
    return this.#classify(this.#render(text), options);
  }

  /** Answers in the order of the texts. Texts that begin alike are asked one after another: their beginning is kept. */
  async classifyBatch(texts: readonly string[], options: ClassifyOptions = {}): Promise<IntentAnswer[]> {
    const prompts = texts.map((text, index) => ({ index, prompt: this.#render(text) }));
    const answers = new Array<IntentAnswer>(texts.length);
    const ordered = prompts.sort((a, b) => comparePrompts(a.prompt, b.prompt));
    await Promise.all(
      ordered.map(async ({ index, prompt }) => {
        answers[index] = await this.#classify(prompt, options);
      }),
    );
    return answers;
  }

  #render(text: string): number[] {
    return this.#options.renderer.renderPrompt([{ role: 'user', content: text }]);
  }

  async #classify(
    prompt: readonly number[],
    { topK = defaultTopK, threshold, signal }: ClassifyOptions,
  ): Promise<IntentAnswer> {
    if (typeof threshold === 'number' && !(threshold >= 0 && threshold <= 1)) {
      throw new RuntimeError('runtime/bad-options', `a threshold must be from 0 to 1, not ${threshold}`);
    }
    const { engine, kind, labels, calibration } = this.#options;
    if (kind === 'ordinal' && typeof threshold === 'number') {
      throw new RuntimeError('runtime/bad-options', 'this adapter scores: it has no threshold; leave it out');
    }
    const sequence = await engine.acquireSequence(prompt, signal);
    const started = performance.now();
    try {
      const request = { kind: 'only' as const, tokens: this.#tokens };
      const logits = await sequence.evaluate(prompt.slice(sequence.cachedTokens), request);
      const prediction = predictText({ kind, labels, calibration }, inOrder(labels, logits), { threshold, topK });
      return { ...prediction, promptTokens: prompt.length, durationMs: performance.now() - started };
    } finally {
      sequence.release();
    }
  }
}

function inOrder(labels: readonly IntentLabel[], logits: readonly { token: number; logit: number }[]): Float64Array {
  const byToken = new Map(logits.map(({ token, logit }) => [token, logit]));
  return Float64Array.from(labels, ({ token }) => byToken.get(token)!);
}

function comparePrompts(a: readonly number[], b: readonly number[]): number {
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return (a[common] ?? -1) - (b[common] ?? -1);
}
