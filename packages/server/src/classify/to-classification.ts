import { requestIdOf } from '@tooltune/runtime/observe';
import type { IntentAnswer } from '@tooltune/sdk';

/** What is told of one text. */
export interface Classification {
  /** Under which it is recorded, where it is. */
  id?: string;
  /** Null: out of scope, or not sure enough. */
  intent: string | null;
  probability: number;
  top: { intent: string | null; probability: number }[];
  /** Of a model that names several: those above their thresholds. */
  intents?: readonly string[];
  /** Of a model that scores. */
  score?: IntentAnswer['score'];
}

/** Answers to the texts of one request. */
export interface ClassificationList {
  object: 'list';
  model: string;
  results: Classification[];
  usage: { prompt_tokens: number; total_tokens: number };
}

export function toClassifications(model: string, answers: readonly IntentAnswer[]): ClassificationList {
  const tokens = answers.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  return {
    ...{ object: 'list', model },
    results: answers.map((answer) => {
      const { intent, probability, top, intents, score } = answer;
      const id = requestIdOf(answer);
      return {
        ...(id === undefined ? {} : { id }),
        intent,
        probability,
        top: top.map((label) => ({ ...label })),
        ...(intents === undefined ? {} : { intents }),
        ...(score === undefined ? {} : { score }),
      };
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
