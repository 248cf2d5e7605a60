import { createRandom, type Random } from '@tooltune/sdk';
import type { TokenLogit } from '../engine/index.js';

/** How a token is picked among the allowed ones. */
export interface Sampling {
  /** 0 takes the most likely token always; higher values flatten the distribution. */
  temperature: number;
  /** The same seed, prompt and model give the same output. */
  seed: number;
}

/** Always the most likely token. */
export const greedySampling: Sampling = { temperature: 0, seed: 0 };

/** Picks tokens. Made anew for each output, so that outputs do not depend on each other. */
export class TokenSampler {
  readonly temperature: number;
  readonly #random: Random;

  constructor({ temperature, seed }: Sampling) {
    if (!(temperature >= 0)) throw new RangeError(`temperature must be 0 or more, not ${temperature}`);
    this.temperature = temperature;
    this.#random = createRandom(seed);
  }

  /** One of the candidates, which come highest first; by the softmax of logit / temperature. */
  pick(candidates: readonly TokenLogit[]): number {
    const [best] = candidates;
    if (best === undefined) throw new RangeError('there is no candidate to pick');
    if (this.temperature === 0) return best.token;
    const weights = candidates.map(({ logit }) => Math.exp((logit - best.logit) / this.temperature));
    let left = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return candidates[index === -1 ? candidates.length - 1 : index]!.token;
  }
}
