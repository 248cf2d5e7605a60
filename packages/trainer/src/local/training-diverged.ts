import { TooltuneError } from '@tooltune/sdk';

/** The loss is no number any more (`training/diverged`). */
export class TrainingDiverged extends TooltuneError {
  constructor(step: number, loss: number) {
    super('training/diverged', `the loss became ${loss} at step ${step}; try half the learning rate`);
  }
}
