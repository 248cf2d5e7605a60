import type { TokenConstraint } from '@tooltune/sdk';
import type { LogitsSource } from './logits-source.js';
import type { Choice, TokenChooser } from './token-chooser.js';

/** What is searched, and how far. */
export interface SearchOptions {
  source: LogitsSource;
  chooser: TokenChooser;
  constraint: TokenConstraint;
  /** Tokens before the answer. */
  promptLength: number;
  maxTokens: number;
  endTokens: readonly number[];
  /** Most answers that are begun beside the greedy one. */
  alternatives: number;
  signal: AbortSignal | undefined;
}

/** An answer that was found. */
export interface FoundAnswer {
  tokens: readonly Choice[];
  reason: 'stop' | 'length';
  /** Whether the end followed from the constraint. */
  forcedEnd: boolean;
}

/** The answer of a search, and where the search has left the constraint. */
export interface SearchResult extends FoundAnswer {
  /** Tokens that the constraint has taken since the search began; they need not be the answer's. */
  constraintTokens: number;
}

/** Where an answer may go on otherwise. */
interface Branch {
  /** What comes before, and the token that is taken then. */
  before: readonly Choice[];
  token: number;
  probability: number;
  /** Log-probability of all these, in nats: no answer that begins with them has a higher one. */
  score: number;
}

/**
 * The likeliest answer that can be found: the greedy one, then those that begin like the best so far or another and go on with
 * the likeliest token that was passed over, for as long as one of them may still be likelier than the best (best-first search
 * with greedy completions; a log-probability only falls as tokens come). Where the model is sure of its greedy answer nothing
 * more is evaluated.
 * @throws the signal's reason; EngineError, DecodeError
 */
export async function findLikeliestAnswer(options: SearchOptions): Promise<SearchResult> {
  const search = new Search(options);
  let best = await search.complete({ score: 0 }, Number.NEGATIVE_INFINITY);
  for (let count = 0; count < options.alternatives; count++) {
    const branch = search.takeLikeliest();
    const bound = best?.reason === 'stop' ? best.score : Number.NEGATIVE_INFINITY;
    if (branch === undefined || branch.score <= bound) break;
    await search.goTo(branch);
    const answer = await search.complete(branch, bound);
    if (answer !== null && (best === null || answer.reason === 'stop') && answer.score > bound) best = answer;
  }
  return { ...best!, constraintTokens: search.length };
}

class Search {
  readonly #options: SearchOptions;
  readonly #branches: Branch[] = [];
  #tokens: Choice[] = [];

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** Tokens of the present answer. */
  get length(): number {
    return this.#tokens.length;
  }

  /** The branch of highest score, which is no longer one. */
  takeLikeliest(): Branch | undefined {
    let at = 0;
    for (let index = 1; index < this.#branches.length; index++) {
      if (this.#branches[index]!.score > this.#branches[at]!.score) at = index;
    }
    return this.#branches.splice(at, 1)[0];
  }

  /** Goes back to where a branch leaves the present answer, and along it. */
  async goTo({ before, token, probability }: Branch): Promise<void> {
    const { source, constraint, promptLength } = this.#options;
    const present = this.#tokens;
    let common = 0;
    while (common < before.length && before[common]!.token === present[common]?.token) common++;
    const added = [...before.slice(common), { token, forced: false, probability }];
    constraint.rollback(present.length - common);
    for (const { token: next } of added) constraint.advance(next);
    await source.rewind(
      promptLength + common,
      added.map((choice) => choice.token),
    );
    this.#tokens = [...present.slice(0, common), ...added];
  }

  /** Goes on greedily to the end; null once it cannot get above `bound`. */
  async complete(
    { score: begun }: { score: number },
    bound: number,
  ): Promise<(FoundAnswer & { score: number }) | null> {
    const { chooser, constraint, maxTokens, endTokens, signal } = this.#options;
    let score = begun;
    const finished = (reason: 'stop' | 'length', forcedEnd = false) => ({
      ...{ tokens: [...this.#tokens], score, reason, forcedEnd },
    });
    for (;;) {
      signal?.throwIfAborted();
      for (const token of constraint.forced()) {
        if (endTokens.includes(token)) return finished(constraint.isComplete() ? 'stop' : 'length', true);
        if (this.#tokens.length >= maxTokens) return finished('length');
        this.#take({ token, forced: true });
      }
      if (this.#tokens.length >= maxTokens && !chooser.mustEnd()) return finished('length');
      const { ranked, forced } = await chooser.rank();
      const [first, ...others] = ranked;
      for (const { token, logProbability, probability } of others) {
        const passedOver = { before: [...this.#tokens], token, probability, score: score + logProbability };
        if (passedOver.score > bound && !endTokens.includes(token)) this.#branches.push(passedOver);
      }
      score += first!.logProbability;
      if (score <= bound) return null;
      if (endTokens.includes(first!.token))
        return finished(forced && !constraint.isComplete() ? 'length' : 'stop', forced);
      if (this.#tokens.length >= maxTokens) return finished('length');
      this.#take(
        forced ? { token: first!.token, forced } : { token: first!.token, forced, probability: first!.probability },
      );
    }
  }

  #take(choice: Choice): void {
    this.#options.constraint.advance(choice.token);
    this.#options.source.append(choice.token);
    this.#tokens.push(choice);
  }
}
