import { createRandom, type Random } from '@tooltune/sdk';
import type { TokenLogit } from '../engine/index.js';

/** How a token is picked among the allowed ones. */
export interface Sampling {
  /** 0 takes the most likely token always; higher values flatten the distribution. */
  temperature: number;
  /** Only the likeliest tokens that have this much probability together are picked from (nucleus sampling). Default 1: all. */
  topP?: number | undefined;
  /** The same seed, prompt and model give the same output. */
  seed: number;
}

/** Always the most likely token. */
export const greedySampling: Sampling = { temperature: 0, seed: 0 };

/** Picks tokens. Made anew for each output, so that outputs do not depend on each other. */
export class TokenSampler {
  readonly temperature: number;
  readonly #topP: number;
  readonly #random: Random;

  constructor({ temperature, topP = 1, seed }: Sampling) {
    if (!(temperature >= 0)) throw new RangeError(`temperature must be 0 or more, not ${temperature}`);
    if (!(topP > 0 && topP <= 1)) throw new RangeError(`topP must be above 0 and at most 1, not ${topP}`);
    this.temperature = temperature;
    this.#topP = topP;
    this.#random = createRandom(seed);
  }

  /** One of the candidates, which come highest first; by the softmax of logit / temperature. */
  pick(candidates: readonly TokenLogit[]): number {
    const [best] = candidates;
    if (best === undefined) throw new RangeError('there is no candidate to pick');
    if (this.temperature === 0) return best.token;
    const weights = candidates.map(({ logit }) => Math.exp((logit - best.logit) / this.temperature));
    const kept = this.#topP === 1 ? weights : weights.slice(0, nucleus(weights, this.#topP));
    let left = this.#random.next() * sumOf(kept);
    const index = kept.findIndex((weight) => (left -= weight) < 0);
    return candidates[index === -1 ? kept.length - 1 : index]!.token;
  }
}

/** How many of the weights, highest first, are needed for this share of all (Holtzman et al. 2020). */
function nucleus(weights: readonly number[], share: number): number {
  let left = share * sumOf(weights);
  const last = weights.findIndex((weight) => (left -= weight) <= 0);
  return last === -1 ? weights.length : last + 1;
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
