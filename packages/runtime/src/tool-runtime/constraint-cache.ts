import { type ChatMessage, type TokenConstraint, type Tokenizer, type Toolset, userTexts } from '@tooltune/sdk';
import { type Grounding, groundTools } from '../adapters/index.js';
import {
  type CompiledConstraint,
  compileToolConstraint,
  createVocabulary,
  type ToolChoice,
  type Vocabulary,
} from '../constraint/index.js';

/** What a ConstraintCache needs to know. */
interface ConstraintCacheOptions {
  toolset: Pick<Toolset, 'tools'>;
  grounding: Grounding;
  parallelCalls: boolean;
  /** Bounds on values that no schema asks for. Default: those that small models need. */
  bounds?: { maximumStringLength: number; exponents: boolean };
}

/** A vocabulary that was made already, or the tokenizer to make it of. */
type VocabularySource =
  | { tokenizer: Tokenizer; vocabulary?: Vocabulary | undefined }
  | { tokenizer?: undefined; vocabulary: Vocabulary };

/** Compiles each constraint when it is first asked for and keeps it: masks of states that recur are kept with it. */
export class ConstraintCache {
  readonly #options: ConstraintCacheOptions & VocabularySource;
  readonly #tools: Toolset['tools'];
  readonly #compiled = new Map<string, CompiledConstraint>();
  #made: Vocabulary | undefined;

  constructor(options: ConstraintCacheOptions & VocabularySource) {
    this.#options = options;
    this.#tools = groundTools(options.toolset.tools, options.grounding);
  }

  /** Does now what the first request would wait for. @throws ConstraintError for a schema that cannot be enforced */
  prepare(toolChoice: ToolChoice): void {
    this.#compile(toolChoice);
    this.#vocabulary();
  }

  #compile(toolChoice: ToolChoice): CompiledConstraint {
    const key = JSON.stringify(toolChoice);
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      const { parallelCalls, bounds } = this.#options;
      compiled = compileToolConstraint({
        tools: this.#tools,
        callFormat: 'json-in-tags',
        toolChoice,
        parallelCalls,
        ...bounds,
      });
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  #vocabulary(): Vocabulary {
    const { vocabulary, tokenizer } = this.#options;
    return (this.#made ??= vocabulary ?? createVocabulary(tokenizer!));
  }

  /** A constraint for one answer to this conversation. @throws ConstraintError */
  start(
    toolChoice: ToolChoice,
    messages: readonly ChatMessage[],
    maxTokens = Number.POSITIVE_INFINITY,
  ): TokenConstraint {
    const vocabulary = this.#vocabulary();
    return this.#compile(toolChoice).start({ vocabulary, groundingTexts: userTexts(messages), maxTokens });
  }
}
