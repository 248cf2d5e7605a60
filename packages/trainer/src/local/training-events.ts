import type { AdapterForgetting } from '@tooltune/sdk';
import type { DeviceName } from '../device/index.js';

/** How well held-out examples are predicted. */
export interface Validation {
  /** Mean loss in nats a label token. */
  loss: number;
  /**
   * Share of examples whose every label is the most likely token: what greedy decoding without a constraint would get
   * right to the letter.
   */
  exact: number;
}

/** What happens during training, in order. Losses are means in nats a label token, general rows left out. */
export type TrainingEvent =
  | {
      type: 'start';
      /** Where the graph is computed. */
      device: DeviceName;
      examples: number;
      validationExamples: number;
      /** General rows that every epoch adds, and rows to draw from that this model has no room or form for; absent for none. */
      replay?: { examples: number; skipped: number };
      /** Tokens and label tokens of one epoch, those of general rows included. */
      tokens: number;
      labelTokens: number;
      longestExampleTokens: number;
      trainableParameters: number;
      steps: number;
      /** Steps already taken by the run that is resumed. */
      resumedSteps: number;
    }
  | {
      type: 'step';
      step: number;
      steps: number;
      epoch: number;
      loss: number;
      learningRate: number;
      gradientNorm: number;
      /** Over the last steps. */
      tokensPerSecond: number;
      secondsLeft: number;
    }
  | {
      type: 'validation';
      step: number;
      validation: Validation;
      /** Whether it is better than all before. */
      isBest: boolean;
    }
  | { type: 'epoch'; epoch: number; epochs: number; trainLoss: number; validation: Validation | null }
  | { type: 'checkpoint'; file: string; step: number }
  | ({ type: 'forgetting' } & AdapterForgetting)
  | { type: 'finish'; folder: string; seconds: number; peakResidentBytes: number };
