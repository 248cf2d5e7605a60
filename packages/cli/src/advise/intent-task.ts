import type { Example, IntentClassifier } from '@tooltune/sdk';
import { createBaseIntentClassifier, type IntentShots } from '../evaluation/index.js';
import type { AdviceTask, AdviceTaskOptions, Asker } from './advice-task.js';

/** Intents: named by the base model, which is told them, by the likeliest of the words that stand for them; and by adapters. */
export function intentTask(options: AdviceTaskOptions): AdviceTask {
  const { basePath, baseId, training, examples: count, seed, threads } = options;
  const intents = [...new Set(training.flatMap((row) => (row.kind === 'intent' ? [row.intent] : [])))].sort();
  const openBase = async (selection?: IntentShots['selection']) => {
    const shots = selection && { examples: training, count, selection };
    return askerOf(await createBaseIntentClassifier({ basePath, intents, shots, threads }));
  };
  return {
    task: 'intents',
    prompted: [
      { name: 'prompting', kind: 'prompting', open: () => openBase() },
      { name: 'few-shot', kind: 'few-shot', open: () => openBase('spread') },
      { name: 'retrieval', kind: 'retrieval', open: () => openBase('similar') },
    ],
    async train({ rows, epochs, output, signal, onEvent }) {
      const { trainIntentAdapter } = await import('@tooltune/trainer');
      await trainIntentAdapter({
        ...{ base: { id: baseId, path: basePath }, training: rows, output, seed, signal, onEvent },
        ...(threads === undefined ? {} : { threads }),
        hyperparameters: { epochs },
      });
    },
    async openAdapter(adapter) {
      const { createIntentClassifier } = await import('@tooltune/runtime');
      return askerOf(await createIntentClassifier({ adapter, base: basePath, threads }));
    },
  };
}

function askerOf(classifier: IntentClassifier & { dispose(): Promise<void> }): Asker {
  return {
    async ask(example: Example, signal) {
      if (example.kind !== 'intent') throw new RangeError('intents are asked of rows of {"text", "intent"}');
      const { intent, durationMs, promptTokens } = await classifier.classify(example.text, { signal });
      return { right: intent === example.intent, tools: null, durationMs, promptTokens };
    },
    dispose: () => classifier.dispose(),
  };
}
