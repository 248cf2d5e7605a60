import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from 'node-llama-cpp';
import { contextFull } from './context-full.js';
import { EngineError } from './engine-error.js';
import type { EvaluationGate } from './evaluation-gate.js';
import type { LogitsRequest, TokenLogit } from './model-engine.js';
import { explainNativeError } from './native-llama.js';
import type { PooledSequence } from './sequence-pool.js';
import type { ThreadGovernor } from './thread-governor.js';

type GenerateNext = NonNullable<Exclude<ControlledEvaluateInputItem, number>[1]['generateNext']>;

/** node-llama-cpp copies sequences for itself; where a later version no longer does, nothing is copied. */
type CopyableSequence = LlamaContextSequence & {
  _copyStateFromOtherSequence?(other: LlamaContextSequence, length: number): Promise<boolean>;
};

/** The tokens of one of llama.cpp's sequences and what of them later requests may build on. */
export class LlamaSequence implements PooledSequence {
  readonly #sequence: LlamaContextSequence;
  readonly #contextSize: number;
  readonly #governor: ThreadGovernor;
  readonly #gate: EvaluationGate;
  #tokens: number[] = [];
  /**
   * Tokens at the beginning that were evaluated two or more at once. llama.cpp evaluates a single token by other
   * kernels, whose rounding differs now and then, and quantised layers make half a logit of it. Only what came in
   * batches is reused, so that an answer never depends on what was asked before.
   */
  #reproducibleLength = 0;

  constructor(
    sequence: LlamaContextSequence,
    options: { contextSize: number; governor: ThreadGovernor; gate: EvaluationGate },
  ) {
    this.#sequence = sequence;
    this.#contextSize = options.contextSize;
    this.#governor = options.governor;
    this.#gate = options.gate;
  }

  get length(): number {
    return this.#tokens.length;
  }

  get reusableTokens(): number {
    return this.#reproducibleLength;
  }

  /** How many tokens could be kept for this prompt. Two at least are left to evaluate, see above. */
  reusableLength(prompt: readonly number[]): number {
    const most = Math.min(this.#reproducibleLength, prompt.length - 2);
    let common = 0;
    while (common < most && this.#tokens[common] === prompt[common]) common++;
    return common;
  }

  async truncate(length: number): Promise<void> {
    if (length >= this.#tokens.length) return;
    this.#tokens.length = length;
    this.#reproducibleLength = Math.min(this.#reproducibleLength, length);
    if (length === 0) await this.#sequence.clearHistory();
    else await this.#sequence.eraseContextTokenRanges([{ start: length, end: this.#sequence.nextTokenIndex }]);
  }

  async copyFrom(source: PooledSequence, length: number): Promise<boolean> {
    const sequence = this.#sequence as CopyableSequence;
    if (!(source instanceof LlamaSequence) || sequence._copyStateFromOtherSequence === undefined) return false;
    return this.#gate.run(async () => {
      // It may have been cut back meanwhile.
      if (source.#reproducibleLength < length) return false;
      const tokens = source.#tokens.slice(0, length);
      const isWhole = await sequence._copyStateFromOtherSequence!(source.#sequence, length);
      this.#tokens = isWhole ? tokens : [];
      this.#reproducibleLength = this.#tokens.length;
      if (!isWhole) await this.#sequence.clearHistory();
      return isWhole;
    });
  }

  async evaluate(tokens: readonly number[], request: LogitsRequest): Promise<TokenLogit[]> {
    if (tokens.length === 0) throw new RangeError('evaluate needs at least one token');
    // Left to itself, node-llama-cpp would silently forget the beginning of the prompt.
    if (this.length + tokens.length > this.#contextSize)
      throw contextFull(this.length + tokens.length, this.#contextSize);
    const wasReproducible = this.#reproducibleLength === this.length;
    const input: ControlledEvaluateInputItem[] = tokens.map((token) => token as Token);
    const generateNext = generateNextFor(request);
    if (generateNext !== undefined) input[input.length - 1] = [tokens.at(-1) as Token, { generateNext }];
    let output: Awaited<ReturnType<LlamaContextSequence['controlledEvaluate']>>;
    try {
      output = await this.#gate.run(() =>
        this.#governor.watch(this.#sequence.context.idealThreads, () => this.#sequence.controlledEvaluate(input)),
      );
    } catch (cause) {
      // How many of the tokens were taken in is not known.
      if (!this.#sequence.disposed) await this.truncate(0);
      const message = `llama.cpp could not evaluate the tokens: ${explainNativeError(cause)}`;
      throw new EngineError('engine/evaluation-failed', message, { cause });
    }
    for (const token of tokens) this.#tokens.push(token);
    if (wasReproducible && tokens.length > 1) this.#reproducibleLength = this.length;
    const logits = output[tokens.length - 1]?.next.logits ?? [];
    return Array.from(logits, ([token, logit]) => ({ token, logit })).sort(
      (first, second) => second.logit - first.logit || first.token - second.token,
    );
  }
}

/**
 * Measured on a vocabulary of 49,152 (ms over the 9.3 of an evaluation and its best token): a filter of 32 tokens 0.3,
 * of 256 2.5, of 1,024 12 to 20, as it is searched for every token; `includeTop` 3.5, as it sorts the vocabulary; the
 * top-k sampler, which sorts only k, 1.7; all logits 18.
 */
function generateNextFor(request: LogitsRequest): GenerateNext | undefined {
  switch (request.kind) {
    case 'none':
      return undefined;
    case 'best':
      return { logits: { filter: { tokens: [], includeSelected: true } }, options: { temperature: 0 } };
    case 'top':
      // Temperature 1 leaves the logits as they are; the token that is drawn is not looked at.
      return { logits: true, options: { temperature: 1, topK: request.count, topP: 1, minP: 0, seed: 0 } };
    case 'only':
      return { logits: { filter: { tokens: request.tokens as readonly Token[] } }, options: { temperature: 0 } };
  }
}
