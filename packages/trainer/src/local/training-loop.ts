import type { Random } from '@tooltune/sdk';
import { AdamW, adamWDefaults, type ParameterGroup } from './adamw.js';
import type { EpochResult, TrainingProgress } from './checkpoint.js';
import type { Hyperparameters } from './hyperparameters.js';
import type { Objective } from './objective.js';
import type { ParameterStore } from './parameter-store.js';
import type { PassRunner } from './pass-runner.js';
import { type PrefixTree, planGroupedPasses } from './prefix-tree.js';
import { cosineLearningRate } from './schedule.js';
import { TrainingDiverged } from './training-diverged.js';
import type { TrainingEvent, Validation } from './training-events.js';
import { labelCount, packedRows, type TrainingExample } from './training-example.js';

export interface TrainingLoopOptions<Row> {
  passes: PassRunner;
  store: ParameterStore;
  hyperparameters: Hyperparameters;
  /** What rows are learnt for. */
  objective: Objective<Row>;
  /** What a row is computed from, in one pass. */
  examplesOf: (row: Row) => readonly TrainingExample[];
  /** An epoch's rows, or as many of their size. */
  rows: readonly Row[];
  /** What an epoch learns from, counted from 1: as many, and the same whenever it is asked. */
  rowsOf: (epoch: number) => readonly Row[];
  validation: readonly Row[];
  /** Decides the order of rows; forked by epoch, so that a resumed run sees the same one. */
  random: Random;
  /** Most tokens computed at once; bounds memory, not the result. */
  maxTokensPerPass: number;
  onEvent: (event: TrainingEvent) => void;
  /** Called after each epoch, and when the signal stops the run. */
  saveProgress: (progress: TrainingProgress) => Promise<void>;
  signal: AbortSignal | undefined;
}

/** Steps an epoch, and in all. */
export function countSteps(rows: number, { batchSize, epochs }: Hyperparameters) {
  const perEpoch = Math.ceil(rows / batchSize);
  return { perEpoch, total: perEpoch * epochs };
}

/** The training loop: batches, gradient accumulation, clipping, AdamW, validation, checkpoints. */
export class TrainingLoop<Row> {
  readonly optimizer: AdamW;
  readonly #options: TrainingLoopOptions<Row>;
  readonly #groups: readonly ParameterGroup[];

  constructor(options: TrainingLoopOptions<Row>) {
    this.#options = options;
    const { store, hyperparameters } = options;
    this.optimizer = new AdamW(store.values.length, { ...adamWDefaults, weightDecay: hyperparameters.weightDecay });
    this.#groups = parameterGroups(store.parameters, hyperparameters.loraPlusRatio);
  }

  /**
   * Trains from `progress` to the end and returns what the last epoch gave. Throws the signal's reason when aborted,
   * after saving.
   * @param progress where a resumed run stands; changed in place
   */
  async run(progress: TrainingProgress): Promise<EpochResult> {
    const { hyperparameters, rows, rowsOf, random } = this.#options;
    const { onEvent, saveProgress, signal } = this.#options;
    const { perEpoch, total } = countSteps(rows.length, hyperparameters);
    const warmupSteps = Math.round(total * hyperparameters.warmupFraction);
    const speed = new Speed(this.#tokens(rows) * hyperparameters.epochs);
    let epoch = Math.floor(progress.step / perEpoch) + 1;
    for (; epoch <= hyperparameters.epochs && !this.#isExhausted(progress); epoch++) {
      const order = random.fork(`epoch-${epoch}`).shuffle(rowsOf(epoch));
      for (let index = progress.step - (epoch - 1) * perEpoch; index < perEpoch; index++) {
        if (signal?.aborted) {
          await saveProgress(progress);
          signal.throwIfAborted();
        }
        const batch = order.slice(index * hyperparameters.batchSize, (index + 1) * hyperparameters.batchSize);
        const step = progress.step + 1;
        const learningRate = cosineLearningRate(step, total, warmupSteps, hyperparameters.learningRate);
        const { loss, losses, gradientNorm } = await this.#step(batch, step, learningRate);
        progress.step = step;
        progress.epochLossSum += loss * losses;
        progress.epochLabels += losses;
        const { tokensPerSecond, secondsLeft } = speed.after(this.#tokens(batch), step / total);
        onEvent({
          type: 'step',
          step,
          steps: total,
          epoch,
          loss,
          learningRate,
          gradientNorm,
          tokensPerSecond,
          secondsLeft,
        });
        const { validateEvery } = hyperparameters;
        if (validateEvery > 0 && step % validateEvery === 0 && index < perEpoch - 1) {
          await this.#check(progress);
          speed.pause();
          if (this.#isExhausted(progress)) break;
        }
      }
      const trainLoss = progress.epochLossSum / Math.max(1, progress.epochLabels);
      const validation = this.#isExhausted(progress) ? null : await this.#check(progress);
      progress.epochLossSum = 0;
      progress.epochLabels = 0;
      progress.lastEpoch = { trainLoss, validation };
      onEvent({ type: 'epoch', epoch, epochs: hyperparameters.epochs, trainLoss, validation });
      await saveProgress(progress);
      speed.pause();
    }
    if (progress.lastEpoch === null) throw new Error('training ended before its first epoch did');
    const { trainLoss, validation } = progress.lastEpoch;
    if (hyperparameters.keep === 'last' || progress.best === null) return { trainLoss, validation };
    this.#options.store.restoreBest();
    return { trainLoss, validation: progress.best.validation };
  }

  /** Validates, and keeps what is better than all before. */
  async #check(progress: TrainingProgress): Promise<Validation | null> {
    const { store, hyperparameters, onEvent } = this.#options;
    const validation = await this.validate();
    if (validation === null) return null;
    const isBest = progress.best === null || isBetter(validation, progress.best.validation, hyperparameters.keep);
    if (isBest) {
      progress.best = { step: progress.step, validation };
      progress.validationsSinceBest = 0;
      store.keepBest();
    } else progress.validationsSinceBest++;
    onEvent({ type: 'validation', step: progress.step, validation, isBest });
    return validation;
  }

  #isExhausted({ validationsSinceBest }: TrainingProgress): boolean {
    const { patience } = this.#options.hyperparameters;
    return patience > 0 && validationsSinceBest >= patience;
  }

  /** Measures the validation rows; null where there are none. */
  async validate(): Promise<Validation | null> {
    const { passes, store, objective, validation } = this.#options;
    if (validation.length === 0) return null;
    // Where everything is forced, everything is right.
    const sum = { loss: 0, losses: 0, right: validation.filter((row) => !this.#hasLabels(row)).length };
    const weigh = objective.weigh(validation);
    for (const tree of this.#plan(validation)) {
      const pass = { tree, parameters: store.parameters, weights: weigh(tree), random: null };
      const score = await passes.run(pass, (outputs, packed) => objective.score(outputs, packed, tree));
      sum.loss += score.loss;
      sum.losses += score.losses;
      sum.right += score.right;
    }
    return { loss: sum.loss / sum.losses, exact: sum.right / validation.length };
  }

  async #step(batch: readonly Row[], step: number, learningRate: number) {
    const { passes, store, hyperparameters, objective } = this.#options;
    store.clearGradients();
    let loss = 0;
    const told = { loss: 0, losses: 0 };
    const random = this.#options.random.fork(`dropout-${step}`);
    const weigh = objective.weigh(batch);
    for (const tree of this.#plan(batch)) {
      const pass = { tree, parameters: store.parameters, weights: weigh(tree), random };
      await passes.run(pass, (outputs, packed) => {
        loss += outputs.loss![0]!;
        const score = objective.score(outputs, packed, tree);
        told.loss += score.loss;
        told.losses += score.losses;
        store.parameters.forEach(({ name }, index) => {
          store.addGradient(index, outputs[`gradient:${name}`]!);
        });
      });
    }
    const gradientNorm = store.gradientNorm();
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new TrainingDiverged(step, loss);
    }
    const clip = Math.min(1, hyperparameters.maxGradientNorm / (gradientNorm + 1e-6));
    this.optimizer.step(store.values, store.gradients, step, learningRate, clip, this.#groups);
    // A step of general rows alone has no loss but theirs.
    return { loss: told.losses === 0 ? loss : told.loss / told.losses, losses: told.losses, gradientNorm };
  }

  #plan(rows: readonly Row[]): PrefixTree[] {
    const { examplesOf, maxTokensPerPass } = this.#options;
    // What the constraint forces from end to end teaches nothing.
    const learnt = rows.filter((row) => this.#hasLabels(row));
    return planGroupedPasses(learnt.map(examplesOf), maxTokensPerPass);
  }

  #hasLabels(row: Row): boolean {
    return this.#options.examplesOf(row).some((example) => labelCount(example) > 0);
  }

  #tokens(rows: readonly Row[]): number {
    const examples = rows.flatMap(this.#options.examplesOf);
    return examples.reduce((sum, example) => sum + packedRows(example), 0);
  }
}

/** More rows right, and among equals the smaller loss; or just the smaller loss. */
function isBetter(a: Validation, b: Validation, keep: Hyperparameters['keep']): boolean {
  return (keep !== 'loss' && a.exact > b.exact) || ((keep === 'loss' || a.exact === b.exact) && a.loss < b.loss);
}

/** Matrices by learning rate: the B matrices have one of their own. */
function parameterGroups(parameters: ParameterStore['parameters'], loraPlusRatio: number): ParameterGroup[] {
  let start = 0;
  return parameters.map(({ name, data }) => {
    const group = { start, end: start + data.length, rateFactor: name.endsWith('.lora_b') ? loraPlusRatio : 1 };
    start = group.end;
    return group;
  });
}

/** Tokens a second over the last steps, and what that means for the rest. */
class Speed {
  readonly #totalTokens: number;
  readonly #recent: { tokens: number; seconds: number }[] = [];
  #last = performance.now();

  constructor(totalTokens: number) {
    this.#totalTokens = totalTokens;
  }

  /** What came since the last step was no training. */
  pause(): void {
    this.#last = performance.now();
  }

  after(tokens: number, doneFraction: number) {
    const now = performance.now();
    this.#recent.push({ tokens, seconds: (now - this.#last) / 1000 });
    this.#last = now;
    if (this.#recent.length > 20) this.#recent.shift();
    const sum = this.#recent.reduce((a, b) => ({ tokens: a.tokens + b.tokens, seconds: a.seconds + b.seconds }), {
      tokens: 0,
      seconds: 0,
    });
    const tokensPerSecond = sum.tokens / sum.seconds;
    return { tokensPerSecond, secondsLeft: (this.#totalTokens * (1 - doneFraction)) / tokensPerSecond };
  }
}
