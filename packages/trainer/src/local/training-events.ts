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

/** What happens during training, in order. Losses are means in nats a label token. */
export type TrainingEvent =
  | {
      type: 'start';
      examples: number;
      validationExamples: number;
      /** Tokens and label tokens of one epoch. */
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
  | { type: 'finish'; folder: string; seconds: number; peakResidentBytes: number };
