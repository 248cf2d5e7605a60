import type { AdapterBundle } from '@tooltune/runtime';
import {
  createIntentEvaluationReport,
  type Example,
  evaluateIntentClassifier,
  type IntentClassifier,
  type IntentEvaluationProgress,
  type IntentEvaluationReport,
  type IntentEvaluationResult,
} from '@tooltune/sdk';
import { fileSha256, readDataset } from '@tooltune/sdk/files';
import { version } from '../../package.json';
import { createBaseIntentClassifier, type IntentShots } from './base-intent-classifier.js';
import { type ConfigurationKind, takeEvenly } from './configurations.js';
import type { FewShotData } from './evaluate-adapter.js';

/** Rows of what is being measured: the adapter, or its base model. */
export interface IntentProgress extends IntentEvaluationProgress {
  configuration: string;
}

export interface EvaluateIntentAdapterOptions {
  /** The adapter bundle, read already or its folder. */
  adapter: string | AdapterBundle;
  /** The base model's GGUF file; undefined for a whole model. */
  basePath: string | undefined;
  /** Held-out rows of `{text, intent}`, JSONL; or of `{text, intents}` or `{text, score}`, as the adapter's were. */
  data: string;
  /** What is measured beside the adapter. Default: all that `basePath` and `fewShot` allow. */
  kinds?: readonly Pick<ConfigurationKind, 'model' | 'fewShot'>[] | undefined;
  /** Rows to show the base model, which it is then asked with too. */
  fewShot?: FewShotData | undefined;
  /** Rows to measure on, evenly spaced; all where it is left out. */
  limit?: number | undefined;
  /** How many of these the base model is asked, evenly spaced. */
  baseLimit?: number | undefined;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after every row. */
  onProgress?: ((progress: IntentProgress) => void) | undefined;
}

/**
 * Measures an adapter that names intents, at its own temperature and threshold, and beside it its base model, which is told
 * the intents in its prompt.
 * @throws what reading the files, the classifiers and the evaluation throw; the signal's reason
 */
export async function evaluateIntentAdapter(options: EvaluateIntentAdapterOptions): Promise<IntentEvaluationReport> {
  const { createIntentClassifier, resolveIntentAdapter } = await import('@tooltune/runtime');
  const { basePath, data, limit = Number.POSITIVE_INFINITY, threads } = options;
  const adapter = await resolveIntentAdapter(options.adapter);
  const examples = takeEvenly(await readDataset(data), limit);
  const base = adapter.modelPath === null ? basePath : undefined;
  const classifier = await createIntentClassifier({ adapter, base, threads });
  try {
    // First the adapter, which refuses rows that are not for it.
    const result = await measureIntents('adapter', classifier, examples, options);
    const { manifest } = adapter;
    return createIntentEvaluationReport({
      createdBy: `tooltune ${version}`,
      dataset: { file: data, sha256: await fileSha256(data) },
      base: manifest.base.id,
      labels: classifier.intents.length,
      kind: manifest.kind,
      calibration: manifest.calibration,
      result,
      // The base is asked to name one intent, and nothing else.
      baselines:
        manifest.kind === undefined
          ? await measureBaselines(
              manifest.labels.map(({ intent }) => intent),
              examples,
              options,
            )
          : [],
    });
  } finally {
    await classifier.dispose();
  }
}

/** The base model with nothing but the intents in its prompt, and with solved texts where there are rows to show. */
async function measureBaselines(
  known: readonly (string | null)[],
  examples: readonly Example[],
  options: EvaluateIntentAdapterOptions,
): Promise<{ name: string; result: IntentEvaluationResult }[]> {
  const { basePath, kinds, fewShot, threads } = options;
  if (basePath === undefined) return [];
  const isWanted = (shows: boolean) =>
    kinds === undefined || kinds.some((kind) => kind.model === 'base' && kind.fewShot === shows);
  const some = takeEvenly(examples, options.baseLimit ?? Number.POSITIVE_INFINITY);
  // An adapter that has not learnt what is out of scope may be asked about it all the same.
  const outside = some.some((example) => example.kind === 'intent' && example.intent === null);
  const intents = outside && !known.includes(null) ? [...known, null] : known;
  const shots: IntentShots | undefined = fewShot && {
    examples: await readDataset(fewShot.data),
    count: fewShot.count,
    selection: fewShot.selection ?? 'similar',
  };
  const measured: { name: string; result: IntentEvaluationResult }[] = [];
  const wanted = [
    ...(isWanted(false) ? [{ name: 'base', shown: undefined }] : []),
    ...(isWanted(true) && shots !== undefined ? [{ name: 'base + few-shot', shown: shots }] : []),
  ];
  for (const { name, shown } of wanted) {
    const classifier = await createBaseIntentClassifier({ basePath, intents, shots: shown, threads });
    try {
      measured.push({ name, result: await measureIntents(name, classifier, some, options) });
    } finally {
      await classifier.dispose();
    }
  }
  return measured;
}

function measureIntents(
  configuration: string,
  classifier: IntentClassifier,
  examples: readonly Example[],
  { signal, onProgress }: EvaluateIntentAdapterOptions,
): Promise<IntentEvaluationResult> {
  return evaluateIntentClassifier({
    classifier,
    examples,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress({ ...progress, configuration }) }),
  });
}
