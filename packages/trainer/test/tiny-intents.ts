import { join } from 'node:path';
import type { IntentExample } from '@tooltune/sdk';
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
