import { join } from 'node:path';
import { type AssistantMessage, type ConversationExample, parseToolset } from '@tooltune/sdk';
import type { Hyperparameters } from '../src/local/hyperparameters.js';
import { type TrainAdapterOptions, trainAdapter } from '../src/local/train-adapter.js';

export const tinyToolset = parseToolset([
  {
    name: 'play',
    description: 'Play music',
    parameters: { type: 'object', properties: { artist: { type: 'string' } }, required: ['artist'] },
  },
  {
    name: 'lamp',
    description: 'Switch a lamp',
    parameters: { type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'] },
  },
]);

const artists = ['Abba', 'Bach', 'Cher', 'Dylan', 'Elgar', 'Fugees', 'Grieg'];

/** Requests and calls, of different lengths; lines counted from 1. */
export const tinyExamples: readonly ConversationExample[] = [
  ...artists.map((artist): ConversationExample => example(`play ${artist}`, 'play', { artist })),
  example('put the lamp on', 'lamp', { on: true }),
  example('lamp off please', 'lamp', { on: false }),
  example('it is far too dark in here', 'lamp', { on: true }),
].map((item, index) => ({ ...item, location: { file: 'rows.jsonl', line: index + 1 } }));

/** Each row's answer, and as the worse one that of another row. */
export const tinyPairs: readonly ConversationExample[] = tinyExamples.map((example, index) => {
  const { messages } = tinyExamples[(index + 3) % tinyExamples.length]!;
  return { ...example, rejected: messages.at(-1) as AssistantMessage };
});

/** Requests that hold the one argument word for word, so many that it is found to be copied. */
export const copyingExamples: readonly ConversationExample[] = [
  ...artists,
  'Haydn',
  'Ives',
  'Joplin',
  'Kinks',
  'Liszt',
].map((artist, index) => ({
  ...example(`play ${artist}`, 'play', { artist }),
  location: { file: 'rows.jsonl', line: index + 1 },
}));

function example(content: string, name: string, args: Record<string, string | boolean>): ConversationExample {
  return {
    kind: 'conversation',
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: null, toolCalls: [{ name, arguments: args }] },
    ],
    location: { file: 'rows.jsonl' },
  };
}

const tinyHyperparameters: Partial<Hyperparameters> = {
  rank: 4,
  alpha: 8,
  epochs: 3,
  batchSize: 3,
  learningRate: 1e-2,
  replay: 0,
};

/** Trains on the tiny rows with the model `model.gguf` of the folder into a folder beside it: a second or less. */
export async function trainTiny(folder: string, output: string, overrides: Partial<TrainAdapterOptions> = {}) {
  return trainAdapter({
    base: { id: 'tiny', path: join(folder, 'model.gguf') },
    toolset: tinyToolset,
    training: tinyExamples.slice(0, 8),
    validation: tinyExamples.slice(8),
    output: join(folder, output),
    threads: 1,
    forgetting: false,
    ...overrides,
    hyperparameters: { ...tinyHyperparameters, ...overrides.hyperparameters },
  });
}
