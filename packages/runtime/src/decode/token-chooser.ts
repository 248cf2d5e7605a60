import type { TokenConstraint } from '@tooltune/sdk';
import type { TokenPreference } from '../constraint/index.js';
import type { TokenLogit } from '../engine/index.js';
import { DecodeError } from './decode-error.js';
import type { LogitsSource } from './logits-source.js';
import type { TokenSampler } from './sampling.js';
import { TokenMask } from './token-mask.js';

/** Up to this many allowed tokens their logits are asked for by name, which is exact and cheapest. */
const filterLimit = 128;
/** Candidates that are asked for when the best one may be refused, and when sampling by temperature. */
const fewCandidates = 64;
const manyCandidates = 256;
/** Choices for which several candidates are asked for at once after the best one was refused. */
const cautiousChoices = 16;

/** A preferred token is taken unless another is more than ten times as likely. */
const defaultPreferenceBias = Math.log(10);

/** A token, and whether the model had a say. */
export interface Choice {
  token: number;
  forced: boolean;
  /** Among what might have come; left out of forced tokens, and where only the likeliest token was asked for. */
  probability?: number | undefined;
  /** The likeliest of those that might have come, where they were asked for. */
  top?: readonly TokenProbability[] | undefined;
}

/** A token, and its probability among what might have come. */
export interface TokenProbability {
  token: number;
  probability: number;
}

/** A token that may come, and its log-probability among all tokens of the vocabulary, in nats. */
export interface RankedToken {
  token: number;
  logProbability: number;
  /** Among what may come. */
  probability: number;
}

/** Chooses tokens with as few logits as will do, and asks again for more where they did not. */
export class TokenChooser {
  readonly #source: LogitsSource;
  /** Picks among the candidates. */
  sampler: TokenSampler;
  readonly #constraint: (TokenConstraint & Partial<TokenPreference>) | undefined;
  readonly #vocabularySize: number;
  readonly #endTokens: readonly number[];
  readonly #mask: TokenMask;
  readonly #preferred: TokenMask;
  readonly #bias: number;
  readonly #scored: boolean;
  readonly #topCandidates: number;
  #cautious = 0;

  /**
   * @param options.preferenceBias Nats that are added to the logits of tokens that the constraint prefers.
   * @param options.scored Whether every choice has a probability, for which several candidates are asked for each time.
   * @param options.topCandidates How many of the likeliest tokens are told with each choice that is scored.
   */
  constructor(options: {
    source: LogitsSource;
    sampler: TokenSampler;
    constraint: (TokenConstraint & Partial<TokenPreference>) | undefined;
    vocabularySize: number;
    endTokens: readonly number[];
    preferenceBias?: number | undefined;
    scored?: boolean | undefined;
    topCandidates?: number | undefined;
  }) {
    const { preferenceBias = defaultPreferenceBias } = options;
    if (!(preferenceBias >= 0 && preferenceBias < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`preferenceBias must be 0 or more, not ${preferenceBias}`);
    }
    this.#source = options.source;
    this.sampler = options.sampler;
    this.#constraint = options.constraint;
    this.#vocabularySize = options.vocabularySize;
    this.#endTokens = options.endTokens;
    this.#mask = new TokenMask(options.vocabularySize, options.endTokens);
    this.#preferred = new TokenMask(options.vocabularySize, options.endTokens);
    this.#bias = preferenceBias;
    this.#scored = options.scored ?? false;
    this.#topCandidates = options.topCandidates ?? 0;
  }

  /** True where the constraint allows nothing but to end. */
  mustEnd(): boolean {
    if (this.#constraint?.canEnd() !== true) return false;
    this.#mask.fill(this.#constraint);
    return this.#mask.list().every((token) => this.#endTokens.includes(token));
  }

  /** Asks the model for a token that must come, which changes nothing for the choices after it. */
  async ask(token: number): Promise<Choice> {
    const candidates = await this.#source.glimpse({ kind: 'only', tokens: [token] });
    return { token: this.sampler.pick(candidates), forced: false };
  }

  /** @throws DecodeError `decode/dead-end` */
  async choose(): Promise<Choice> {
    const { temperature } = this.sampler;
    if (this.#constraint === undefined) {
      const count = Math.min(temperature === 0 ? fewCandidates : manyCandidates, this.#vocabularySize);
      return this.#pick(
        await this.#source.ask(temperature === 0 && !this.#scored ? { kind: 'best' } : { kind: 'top', count }),
      );
    }
    this.#mask.fill(this.#constraint);
    const allowed = this.#mask.count();
    if (allowed === 0) throw new DecodeError('decode/dead-end', 'the constraint allows no token here, and no end');
    if (allowed <= this.#endTokens.length && this.mustEnd()) return { token: this.#endTokens[0]!, forced: true };
    if (allowed === 1) return { token: this.#mask.list()[0]!, forced: true };
    const prefers = this.#bias > 0 && this.#preferred.fillPreferred(this.#constraint);
    return this.#pick(await this.#askAllowed(allowed, prefers));
  }

  #pick(candidates: readonly TokenLogit[]): Choice {
    const token = this.sampler.pick(candidates);
    if (candidates.length < 2) return { token, forced: false };
    const total = logSumExp(candidates);
    const probabilityOf = ({ logit }: TokenLogit) => Math.exp(logit - total);
    const probability = probabilityOf(candidates.find((candidate) => candidate.token === token)!);
    if (this.#topCandidates === 0) return { token, forced: false, probability };
    const likeliest = candidates.slice(0, this.#topCandidates);
    const top = likeliest.map((candidate) => ({ token: candidate.token, probability: probabilityOf(candidate) }));
    return { token, forced: false, probability, top };
  }

  /**
   * What may come here, the likeliest first: all that may and is among the 64 likeliest tokens, or what `choose` takes where
   * none is. Of more than 128 that may come (words of a free text) only that one. One token that leaves no choice is certain,
   * and forced.
   *
   * Log-probabilities are of the model unconstrained: where it would rather have said what may not come, all that may is
   * unlikely, which tells that something before was wrong. They are taken among the 64 likeliest tokens. Where the constraint
   * prefers tokens, the others are less likely by the bias.
   * @throws DecodeError `decode/dead-end`
   */
  async rank(): Promise<{ ranked: RankedToken[]; forced: boolean }> {
    this.#mask.fill(this.#constraint!);
    const allowed = this.#mask.count();
    if (allowed === 0) throw new DecodeError('decode/dead-end', 'the constraint allows no token here, and no end');
    const certain = (token: number) => ({ ranked: [{ token, logProbability: 0, probability: 1 }], forced: true });
    if (allowed <= this.#endTokens.length && this.mustEnd()) return certain(this.#endTokens[0]!);
    if (allowed === 1) return certain(this.#mask.list()[0]!);
    const prefers = this.#bias > 0 && this.#preferred.fillPreferred(this.#constraint!);
    const likeliest = await this.#source.ask({ kind: 'top', count: Math.min(fewCandidates, this.#vocabularySize) });
    const total = logSumExp(likeliest);
    const offset = prefers ? this.#bias : 0;
    let candidates = this.#biased(
      likeliest.filter(({ token }) => this.#mask.has(token)),
      prefers,
    );
    const best = candidates[0]?.logit ?? Number.NEGATIVE_INFINITY;
    if (prefers ? best < likeliest.at(-1)!.logit + this.#bias : candidates.length === 0) {
      candidates = await this.#askAllowed(allowed, prefers);
    }
    const totalAllowed = logSumExp(candidates);
    const ranked = candidates.map(({ token, logit }) => ({
      token,
      logProbability: Math.min(0, logit - offset - total),
      probability: Math.exp(logit - totalAllowed),
    }));
    return { ranked: allowed <= filterLimit ? ranked : ranked.slice(0, 1), forced: false };
  }

  /** Candidates that may come, the likeliest first; the bias is in their logits where the constraint prefers tokens. */
  async #askAllowed(allowed: number, prefers: boolean): Promise<TokenLogit[]> {
    if (allowed > filterLimit) return prefers ? this.#askPreferring() : this.#askAmongMany();
    return this.#biased(await this.#source.ask({ kind: 'only', tokens: this.#mask.list() }), prefers);
  }

  /** The candidates by their logits, highest first, with the bias of those that are preferred where any is. */
  #biased(candidates: readonly TokenLogit[], prefers: boolean): TokenLogit[] {
    if (!prefers) return [...candidates];
    return candidates
      .map(({ token, logit }) => ({ token, logit: this.#preferred.has(token) ? logit + this.#bias : logit }))
      .sort((one, other) => other.logit - one.logit);
  }

  /** The same as #askAmongMany with the bias: as many as are needed for a preferred one not to be overlooked. */
  async #askPreferring(): Promise<TokenLogit[]> {
    const greedy = this.sampler.temperature === 0;
    let count = greedy ? fewCandidates : manyCandidates;
    for (;;) {
      const top = await this.#source.ask({ kind: 'top', count: Math.min(count, this.#vocabularySize) });
      const candidates = this.#biased(
        top.filter(({ token }) => this.#mask.has(token)),
        true,
      );
      const best = candidates[0]?.logit ?? Number.NEGATIVE_INFINITY;
      const isSure = greedy ? best >= top.at(-1)!.logit + this.#bias : candidates.length > 0;
      if (isSure || count >= this.#vocabularySize) return candidates;
      count = count <= manyCandidates ? 4096 : this.#vocabularySize;
    }
  }

  /** The allowed ones among the most likely tokens; more and more of them until there is one. */
  async #askAmongMany(): Promise<TokenLogit[]> {
    const greedy = this.sampler.temperature === 0;
    if (greedy && this.#cautious === 0 && !this.#scored) {
      const best = await this.#source.ask({ kind: 'best' });
      if (this.#mask.has(best[0]!.token)) return best;
      // A model that was refused once will be again: several candidates cost less than a second evaluation.
      this.#cautious = cautiousChoices;
    } else if (greedy && this.#cautious > 0) this.#cautious--;
    let count = greedy ? fewCandidates : manyCandidates;
    for (;;) {
      const top = await this.#source.ask({ kind: 'top', count: Math.min(count, this.#vocabularySize) });
      const candidates = top.filter(({ token }) => this.#mask.has(token));
      if (candidates.length > 0 || count >= this.#vocabularySize) return candidates;
      count = count <= manyCandidates ? 4096 : this.#vocabularySize;
    }
  }
}

function logSumExp(candidates: readonly TokenLogit[]): number {
  const highest = candidates[0]!.logit;
  return highest + Math.log(candidates.reduce((sum, { logit }) => sum + Math.exp(logit - highest), 0));
}
