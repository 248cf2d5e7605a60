import type { ChatMessage, TokenConstraint, Tokenizer, Toolset } from '@tooltune/sdk';
import { type Grounding, groundTools } from '../adapters/index.js';
import {
  type CompiledConstraint,
  compileToolConstraint,
  createVocabulary,
  type ToolChoice,
  type Vocabulary,
} from '../constraint/index.js';

/** Compiles each constraint when it is first asked for and keeps it: masks of states that recur are kept with it. */
export class ConstraintCache {
  readonly #tokenizer: Tokenizer;
  readonly #tools: Toolset['tools'];
  readonly #parallelCalls: boolean;
  readonly #compiled = new Map<string, CompiledConstraint>();
  #vocabulary: Vocabulary | undefined;

  constructor(options: {
    tokenizer: Tokenizer;
    toolset: Pick<Toolset, 'tools'>;
    grounding: Grounding;
    parallelCalls: boolean;
    /** The tokenizer's, where it was made already. */
    vocabulary?: Vocabulary | undefined;
  }) {
    this.#tokenizer = options.tokenizer;
    this.#vocabulary = options.vocabulary;
    this.#tools = groundTools(options.toolset.tools, options.grounding);
    this.#parallelCalls = options.parallelCalls;
  }

  /** Does now what the first request would wait for. @throws ConstraintError for a schema that cannot be enforced */
  prepare(toolChoice: ToolChoice): void {
    this.#compile(toolChoice);
    this.#vocabulary ??= createVocabulary(this.#tokenizer);
  }

  #compile(toolChoice: ToolChoice): CompiledConstraint {
    const key = JSON.stringify(toolChoice);
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = compileToolConstraint({
        tools: this.#tools,
        callFormat: 'json-in-tags',
        toolChoice,
        parallelCalls: this.#parallelCalls,
      });
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  /** A constraint for one answer to this conversation. @throws ConstraintError */
  start(toolChoice: ToolChoice, messages: readonly ChatMessage[], maxTokens: number): TokenConstraint {
    this.#vocabulary ??= createVocabulary(this.#tokenizer);
    const groundingTexts = messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));
    return this.#compile(toolChoice).start({ vocabulary: this.#vocabulary, groundingTexts, maxTokens });
  }
}
