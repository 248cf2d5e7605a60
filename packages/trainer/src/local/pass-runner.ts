import type { Random } from '@tooltune/sdk';
import { runPass } from '../device/index.js';
import type { Parameter } from '../model/parameter.js';
import { type DropoutShape, dropoutFeeds } from './dropout-feeds.js';
import type { GraphSession } from './graph-session.js';
import type { LossWeights } from './loss-weights.js';
import { type Pack, pack } from './pack.js';
import { packFeeds, pairFeeds } from './pack-feeds.js';
import type { PrefixTree } from './prefix-tree.js';

export interface PassRunnerOptions {
  session: GraphSession;
  /** Tokens that local layers see, or null for a model without. */
  window: number | null;
  /** The graph's dropout masks, and the share that is dropped in training; null where it has none. */
  dropout: { shape: DropoutShape; rate: number } | null;
  /** Whether the graph has the loss of preferences. */
  preferences: boolean;
}

/** One pass over a pack of examples. */
export interface Pass {
  tree: PrefixTree;
  parameters: readonly Parameter[];
  weights: LossWeights;
  /** Decides what is dropped; null for a pass that drops nothing. */
  random: Random | null;
}

/** What a pass gives, by name; see buildModelGraph. */
export type PassOutputs = Readonly<Record<string, Float32Array>>;

/** Runs the graph of a model over packs of examples. */
export class PassRunner {
  readonly #options: PassRunnerOptions;

  constructor(options: PassRunnerOptions) {
    this.#options = options;
  }

  /** `use` reads the outputs, which are released when it returns. */
  async run<T>(
    { tree, parameters, weights, random }: Pass,
    use: (outputs: PassOutputs, packed: Pack) => T,
  ): Promise<T> {
    const { session, window, dropout, preferences } = this.#options;
    const packed = pack(tree, window);
    const feeds = packFeeds(packed, parameters, weights.ofLeaf);
    if (preferences) Object.assign(feeds, pairFeeds(packed, weights.pairs ?? []));
    if (dropout !== null) {
      Object.assign(feeds, dropoutFeeds(packed.tokens.length, dropout.shape, dropout.rate, random));
    }
    return runPass(session, feeds, (outputs) => use(outputs, packed));
  }
}
