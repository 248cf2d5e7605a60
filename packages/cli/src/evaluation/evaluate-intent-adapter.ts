import type { AdapterBundle } from '@tooltune/runtime';
import {
  createIntentEvaluationReport,
  evaluateIntentClassifier,
  type IntentEvaluationProgress,
  type IntentEvaluationReport,
} from '@tooltune/sdk';
import { fileSha256, readDataset } from '@tooltune/sdk/files';
import { version } from '../../package.json';
import { takeEvenly } from './configurations.js';

export interface EvaluateIntentAdapterOptions {
  /** The adapter bundle, read already or its folder. */
  adapter: string | AdapterBundle;
  /** The base model's GGUF file; undefined for a whole model. */
  basePath: string | undefined;
  /** Held-out rows of `{text, intent}`, JSONL. */
  data: string;
  /** Rows to measure on, evenly spaced; all where it is left out. */
  limit?: number | undefined;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after every row. */
  onProgress?: ((progress: IntentEvaluationProgress) => void) | undefined;
}

/**
 * Measures an adapter that names intents, at its own temperature and threshold.
 * @throws what reading the files, the classifier and the evaluation throw; the signal's reason
 */
export async function evaluateIntentAdapter(options: EvaluateIntentAdapterOptions): Promise<IntentEvaluationReport> {
  const { createIntentClassifier } = await import('@tooltune/runtime');
  const { adapter, basePath, data, limit = Number.POSITIVE_INFINITY, threads, signal, onProgress } = options;
  const examples = takeEvenly(await readDataset(data), limit);
  const classifier = await createIntentClassifier({ adapter, base: basePath, threads });
  try {
    const result = await evaluateIntentClassifier({
      classifier,
      examples,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    const { base, calibration } = classifier.adapter.manifest;
    return createIntentEvaluationReport({
      createdBy: `tooltune ${version}`,
      dataset: { file: data, sha256: await fileSha256(data) },
      base: base.id,
      labels: classifier.intents.length,
      calibration,
      result,
    });
  } finally {
    await classifier.dispose();
  }
}
