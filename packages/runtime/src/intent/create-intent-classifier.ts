import { intentPromptFormat } from '@tooltune/sdk';
import { openModel, resolveIntentAdapter } from '../adapters/index.js';
import { EngineClassifier } from './engine-classifier.js';
import type { IntentClassifierOptions, LlamaIntentClassifier } from './intent-classifier.js';
import { labelKind } from './label-kind.js';

/**
 * Loads an adapter that names intents, and its base model. What all prompts begin with is evaluated once and kept: a text
 * then costs its own tokens and no more.
 * @throws AdapterError for an adapter that does not fit or calls tools, EngineError, RuntimeError, PromptError, and the
 * errors of the model registry (ModelError)
 */
export async function createIntentClassifier(options: IntentClassifierOptions): Promise<LlamaIntentClassifier> {
  const { base, threads, contextSize, sequences } = options;
  const bundle = await resolveIntentAdapter(options.adapter);
  const { prompt, kind, labels, calibration } = bundle.manifest;
  const { engine, renderer } = await openModel({
    ...{ bundle, base, threads, contextSize, sequences },
    format: intentPromptFormat(prompt.system),
    toolset: { tools: [] },
  });
  const classifier = new EngineClassifier({ engine, renderer, labels, calibration, kind });
  return {
    adapter: bundle,
    ...labelKind(bundle.manifest),
    classify: (text, request) => classifier.classify(text, request),
    classifyBatch: (texts, request) => classifier.classifyBatch(texts, request),
    dispose: () => engine.dispose(),
  };
}
