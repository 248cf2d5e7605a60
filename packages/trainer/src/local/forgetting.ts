import { type AdapterForgetting, TooltuneError } from '@tooltune/sdk';
import type { ForgettingSet } from '../general-data.js';
import type { Parameter } from '../model/parameter.js';
import type { GeneralRenderer } from './general-examples.js';
import type { TrainingExample } from './training-example.js';

/** Mean losses in nats a token, of what a training does not teach. */
export interface GeneralLoss {
  /** On general prose, all tokens but the first. */
  text: number;
  /** On the answers to general questions. */
  questions: number;
}

/** Mean loss of a model with an adapter, in nats a label token. */
export type MeanLoss = (examples: readonly TrainingExample[], adapter: readonly Parameter[]) => Promise<number>;

/** Measures a model with an adapter; with one whose every B is 0, the base. */
export type MeasureGeneralLoss = (adapter: readonly Parameter[]) => Promise<GeneralLoss>;

/**
 * Makes a measure of how well a model still does what its adapter is not taught.
 * @param maxTokens longest example: longer texts are cut, longer questions left out
 * @throws TooltuneError `training/bad-option` where not even a question fits
 */
export function createGeneralLoss(
  set: ForgettingSet,
  { renderer, maxTokens, meanLoss }: { renderer: GeneralRenderer; maxTokens: number; meanLoss: MeanLoss },
): MeasureGeneralLoss {
  const texts = set.texts.map((text) => cut(renderer.text(text), maxTokens));
  const questions = renderer.conversations(set.questions, maxTokens).examples;
  if (questions.length === 0) {
    throw new TooltuneError(
      'training/bad-option',
      `no general question fits into ${maxTokens} tokens, or into the chat template; train without measuring forgetting`,
    );
  }
  return async (adapter) => ({
    text: await meanLoss(texts, adapter),
    questions: await meanLoss(questions, adapter),
  });
}

/** What a training changed. */
export function compareGeneralLoss(before: GeneralLoss, after: GeneralLoss): AdapterForgetting {
  const pair = (of: keyof GeneralLoss) => ({ before: before[of], after: after[of] });
  return { text: pair('text'), questions: pair('questions') };
}

function cut({ tokens, labelMask }: TrainingExample, length: number): TrainingExample {
  return { tokens: tokens.slice(0, length), labelMask: labelMask.slice(0, length) };
}
