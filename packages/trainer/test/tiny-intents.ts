import { join } from 'node:path';
import type { IntentExample, LabelsExample, ScoreExample } from '@tooltune/sdk';
import { type TrainIntentAdapterOptions, trainIntentAdapter } from '../src/local/intents/train-intent-adapter.js';

const texts: Readonly<Record<string, readonly string[]>> = {
  light_on: ['lamp on', 'put the lamp on', 'it is dark', 'more light please'],
  light_off: ['lamp off', 'put the lamp off', 'it is bright', 'less light please'],
  play_music: ['play Abba', 'play Bach', 'a song please', 'some music'],
  stop: ['stop', 'stop it', 'be quiet', 'silence please'],
};

/** Four intents, four texts of each; lines counted from 1. */
export const tinyIntentRows: readonly IntentExample[] = Object.entries(texts).flatMap(([intent, list], group) =>
  list.map((text, index) => intentRow(text, intent, group * 4 + index + 1)),
);

/** Texts that have none of these intents. */
export const tinyOutOfScopeRows: readonly IntentExample[] = ['what is 12', 'who are you', 'x', 'tell me a joke'].map(
  (text, index) => intentRow(text, null, 17 + index),
);

function intentRow(text: string, intent: string | null, line: number): IntentExample {
  return { kind: 'intent', text, intent, location: { file: 'intents.jsonl', line } };
}

/** Trains on the tiny rows with the model `model.gguf` of the folder into a folder beside it: some seconds. */
export async function trainTinyIntents(
  folder: string,
  output: string,
  overrides: Partial<TrainIntentAdapterOptions> = {},
) {
  return trainIntentAdapter({
    base: { id: 'tiny', path: join(folder, 'model.gguf') },
    training: tinyIntentRows,
    ...(overrides.validationFraction === undefined ? { validation: tinyIntentRows } : {}),
    output: join(folder, output),
    threads: 1,
    ...overrides,
    hyperparameters: { rank: 4, alpha: 8, epochs: 12, batchSize: 4, learningRate: 1e-2, ...overrides.hyperparameters },
  });
}

/** Texts of which some want two things, and some nothing. */
export const tinyLabelsRows: readonly LabelsExample[] = [
  ...(
    [
      ['lamp on', ['light']],
      ['a song please', ['music']],
      ['lamp on and a song', ['light', 'music']],
      ['more light please', ['light']],
      ['some music', ['music']],
      ['some light and music', ['light', 'music']],
      ['what is 12', []],
      ['who are you', []],
    ] as const
  ).map(([text, intents], index): LabelsExample => {
    return { kind: 'labels', text, intents: [...intents], location: { file: 'labels.jsonl', line: index + 1 } };
  }),
];

/** Texts by how good they are, from 1 to 4. */
export const tinyScoreRows: readonly ScoreExample[] = [
  ...['bad', 'dull', 'good', 'superb'].flatMap((word, level) =>
    [`it was ${word}`, `${word}, I say`, `a ${word} day`].map((text, at): ScoreExample => {
      return { kind: 'score', text, score: level + 1, location: { file: 'scores.jsonl', line: level * 3 + at + 1 } };
    }),
  ),
];
