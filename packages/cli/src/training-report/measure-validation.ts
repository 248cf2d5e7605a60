import {
  createEvaluationReport,
  createIntentEvaluationReport,
  type EvaluationReport,
  type Example,
  evaluateIntentClassifier,
  evaluateToolCaller,
  type IntentEvaluationReport,
} from '@tooltune/sdk';
import { version } from '../../package.json';

export interface MeasureValidationOptions {
  /** Folder of the adapter. */
  adapter: string;
  /** The base model's GGUF file. */
  basePath: string;
  /** Rows that were not learnt from. */
  rows: readonly Example[];
  /** Where they are from, and its SHA-256. */
  dataset: { file: string; sha256: string };
  threads?: number | undefined;
  signal: AbortSignal;
  onProgress: (progress: { done: number; total: number; right: number }) => void;
}

const maxTokens = 256;

/**
 * How an adapter does on validation rows: calls with the constraint as it is served, intents at its own threshold.
 * @throws what the runtime and the evaluation throw; the signal's reason
 */
export async function measureValidation(
  options: MeasureValidationOptions,
): Promise<EvaluationReport | IntentEvaluationReport> {
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const adapter = await readAdapterBundle(options.adapter);
  const base = adapter.modelPath === null ? options.basePath : undefined;
  return adapter.task === 'intents' ? measureIntents(options, base) : measureCalls(options, base);
}

async function measureCalls(
  { adapter, rows, dataset, threads, signal, onProgress }: MeasureValidationOptions,
  base: string | undefined,
): Promise<EvaluationReport> {
  const { createToolRuntime } = await import('@tooltune/runtime');
  const runtime = await createToolRuntime({ adapter, base, maxTokens, threads });
  try {
    const result = await evaluateToolCaller({
      caller: runtime.asToolCaller({ constrained: true }),
      ...{ examples: rows, signal },
      onProgress: ({ done, total, exact }) => onProgress({ done, total, right: exact }),
    });
    return createEvaluationReport({
      ...{ createdBy: `tooltune ${version}`, dataset, toolset: runtime.toolset },
      base: runtime.adapter!.manifest.base.id,
      results: [{ name: 'adapter + constraint', result }],
    });
  } finally {
    await runtime.dispose();
  }
}

async function measureIntents(
  { adapter, rows, dataset, threads, signal, onProgress }: MeasureValidationOptions,
  base: string | undefined,
): Promise<IntentEvaluationReport> {
  const { createIntentClassifier } = await import('@tooltune/runtime');
  const classifier = await createIntentClassifier({ adapter, base, threads });
  try {
    const { manifest } = classifier.adapter;
    return createIntentEvaluationReport({
      ...{ createdBy: `tooltune ${version}`, dataset, base: manifest.base.id, calibration: manifest.calibration },
      labels: classifier.intents.length,
      kind: manifest.kind,
      result: await evaluateIntentClassifier({ classifier, examples: rows, signal, onProgress }),
    });
  } finally {
    await classifier.dispose();
  }
}
