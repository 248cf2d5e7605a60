import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { TooltuneError } from '../errors/index.js';
import { sha256 } from '../hash/index.js';

/** A generator's state, as JSON: kept in checkpoints. */
export interface RandomState {
  algorithm: 'xoroshiro128plus';
  /** What forks are named after. */
  seed: string;
  /** Four 32-bit words. */
  words: number[];
}

/** Seeded pseudo-random numbers: the same seed and the same calls give the same values on every machine. */
export interface Random {
  /** A number in [0, 1), with 53 random bits. */
  next(): number;
  /** An integer from min to max, both included. */
  integer(min: number, max: number): number;
  /** A number from the standard normal distribution (Marsaglia's polar method, 1964). */
  normal(): number;
  /** A copy in random order (Fisher and Yates). */
  shuffle<T>(values: readonly T[]): T[];
  /** An independent generator named by the label; not changed by, and not changing, what is drawn here. */
  fork(label: string | number): Random;
  getState(): RandomState;
  /** Goes on from a state of getState. @throws TooltuneError `random/state` */
  setState(state: RandomState): void;
}

/** A generator (xoroshiro128+, Blackman and Vigna 2018) seeded by the SHA-256 of the seed. */
export function createRandom(seed: number | string): Random {
  return fromWords(`${typeof seed}:${seed}`);
}

function fromWords(seed: string): Random {
  let generator = xoroshiro128plusFromState(wordsOf(seed));

  const next = () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  };
  const integer = (min: number, max: number) => {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || max < min || !Number.isSafeInteger(max - min)) {
      throw new RangeError(`integer(min, max) needs safe integers with min <= max, got ${min} and ${max}`);
    }
    return uniformInt(generator, min, max);
  };

  return {
    next,
    integer,
    normal() {
      for (;;) {
        const u = 2 * next() - 1;
        const v = 2 * next() - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    shuffle(values) {
      const shuffled = [...values];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
    fork: (label) => fromWords(`${seed}/${typeof label}:${label}`),
    getState: () => ({ algorithm: 'xoroshiro128plus', seed, words: [...generator.getState()] }),
    setState(state) {
      const { algorithm, words } = state;
      if (algorithm !== 'xoroshiro128plus' || words?.length !== 4 || !words.every(Number.isInteger)) {
        throw new TooltuneError(
          'random/state',
          'This is not the state of a random generator; start again from a seed.',
        );
      }
      seed = state.seed;
      generator = xoroshiro128plusFromState([...words]);
    },
  };
}

function wordsOf(seed: string): number[] {
  const view = new DataView(sha256(`tooltune random ${seed}`).buffer);
  // `| 1`: the one state that xoroshiro cannot leave is all zeros.
  return [view.getInt32(0) | 1, view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}
