import { TooltuneError } from '@tooltune/sdk';

/** What a training run may be tuned by. */
export interface Hyperparameters {
  /** Rank of every low-rank update. */
  rank: number;
  /** The update is multiplied by alpha / rank. */
  alpha: number;
  /** Passes over the training examples. */
  epochs: number;
  /** Examples an optimiser step. */
  batchSize: number;
  /** Peak of the schedule. */
  learningRate: number;
  /** Share of all steps over which the learning rate rises from 0. */
  warmupFraction: number;
  /** AdamW's decoupled weight decay. */
  weightDecay: number;
  /** Gradients are scaled down to this Euclidean norm. */
  maxGradientNorm: number;
  /** Scales updates by alpha / √rank rather than alpha / rank, for ranks much above 16 (Kalajdzievski 2023). */
  rsLora: boolean;
  /** Trains the lengths of the adapted weights' rows too (DoRA, Liu et al. 2024). */
  dora: boolean;
  /** The learning rate of the B matrices is so many times that of the A matrices (LoRA+, Hayou et al. 2024). */
  loraPlusRatio: number;
  /** Share of the adapters' inputs that is dropped in training. */
  dropout: number;
  /** Share of each label's target that is spread over all tokens that may come. */
  labelSmoothing: number;
  /** Steps between two validations, beside the one after each epoch; 0: only that one. */
  validateEvery: number;
  /** Training stops after so many validations in a row that bring nothing better; 0: never. */
  patience: number;
  /**
   * Which state becomes the adapter, where there are validation rows: the one that got most of them right, the one of the
   * smallest validation loss, or the last.
   */
  keep: 'exact' | 'loss' | 'last';
  /** Share of the values copied from requests that every epoch exchanges for other rows' values; 0: rows as they are. */
  valueExchange: number;
  /** Share of every epoch's rows that are general ones, against forgetting; 0: none. */
  replay: number;
}

/** Found on snips with SmolLM2-135M; see docs/training.md. */
export const defaultHyperparameters: Hyperparameters = {
  rank: 16,
  alpha: 32,
  epochs: 3,
  batchSize: 16,
  learningRate: 2e-3,
  warmupFraction: 0.1,
  weightDecay: 0,
  maxGradientNorm: 1,
  rsLora: false,
  dora: false,
  loraPlusRatio: 1,
  dropout: 0,
  labelSmoothing: 0,
  validateEvery: 0,
  patience: 0,
  keep: 'exact',
  valueExchange: 0.6,
  replay: 0.1,
};

/** Where all weights are trained, each is changed less. */
export const defaultFullHyperparameters: Hyperparameters = { ...defaultHyperparameters, learningRate: 1e-4 };

/** Throws `training/bad-option` for a value that makes no sense, naming it. */
export function checkHyperparameters(values: Hyperparameters): void {
  const require = (name: keyof Hyperparameters, ok: boolean, rule: string) => {
    if (!ok) throw new TooltuneError('training/bad-option', `${name} must be ${rule}, it is ${values[name]}`);
  };
  for (const name of ['validateEvery', 'patience'] as const) {
    require(name, Number.isInteger(values[name]) && values[name] >= 0, 'a whole number of at least 0');
  }
  require('keep', ['exact', 'loss', 'last'].includes(values.keep), 'exact, loss or last');
  for (const name of ['rank', 'epochs', 'batchSize'] as const) {
    require(name, Number.isInteger(values[name]) && values[name] >= 1, 'a whole number of at least 1');
  }
  for (const name of ['alpha', 'learningRate', 'maxGradientNorm'] as const) {
    require(name, Number.isFinite(values[name]) && values[name] > 0, 'above 0');
  }
  for (const name of ['warmupFraction', 'valueExchange'] as const) {
    require(name, values[name] >= 0 && values[name] <= 1, 'between 0 and 1');
  }
  for (const name of ['dropout', 'labelSmoothing'] as const) {
    require(name, values[name] >= 0 && values[name] < 1, 'at least 0 and below 1');
  }
  require('loraPlusRatio', Number.isFinite(values.loraPlusRatio) && values.loraPlusRatio > 0, 'above 0');
  require('replay', values.replay >= 0 && values.replay < 1, 'at least 0 and below 1');
  require('weightDecay', Number.isFinite(values.weightDecay) && values.weightDecay >= 0, 'at least 0');
}
