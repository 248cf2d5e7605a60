import type { AdapterBundle } from '@tooltune/runtime';
import {
  createEvaluationReport,
  type EvaluationProgress,
  type EvaluationReport,
  type EvaluationResult,
  evaluateToolCaller,
} from '@tooltune/sdk';
import { fileSha256, readDataset } from '@tooltune/sdk/files';
import { version } from '../../package.json';
import { type ConfigurationKind, configurationKinds, takeEvenly } from './configurations.js';

/** Rows of the configuration that is being measured. */
export interface ConfigurationProgress extends EvaluationProgress {
  configuration: string;
}

export interface EvaluateAdapterOptions {
  /** The adapter bundle, read already or its folder. */
  adapter: string | AdapterBundle;
  /** The base model's GGUF file; undefined for a whole model that is measured alone. */
  basePath: string | undefined;
  /** Held-out rows, JSONL. */
  data: string;
  /** Default: all four. */
  kinds?: readonly ConfigurationKind[] | undefined;
  /** Rows to measure on, evenly spaced; all where it is left out. */
  limit?: number | undefined;
  /** The same for the configurations of the base model. */
  baseLimit?: number | undefined;
  /** Most tokens of an answer. Default 256. */
  maxTokens?: number | undefined;
  /** Answers that are tried beside the greedy one, where there is a constraint. Default: the runtime's. */
  alternatives?: number | undefined;
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after every row. */
  onProgress?: ((progress: ConfigurationProgress) => void) | undefined;
}

/**
 * Measures an adapter and its base model. The base model has the tools in its prompt, the adapter its own format.
 * @throws what reading the files, the runtime and the evaluation throw; the signal's reason
 */
export async function evaluateAdapter(options: EvaluateAdapterOptions): Promise<EvaluationReport> {
  const { createToolRuntime, loadableAdapter, resolveToolAdapter } = await import('@tooltune/runtime');
  const { basePath, data, threads, signal, onProgress } = options;
  const { kinds = configurationKinds, maxTokens = 256, alternatives } = options;
  const { limit = Number.POSITIVE_INFINITY, baseLimit = Number.POSITIVE_INFINITY } = options;
  const adapter = await resolveToolAdapter(options.adapter);
  // Before the base model is measured, which may take long.
  if (kinds.some((kind) => kind.adapter)) loadableAdapter(adapter);
  const { manifest, toolset } = adapter;
  const allRows = await readDataset(data, { toolset });
  const results: { name: string; result: EvaluationResult }[] = [];
  for (const useAdapter of [false, true]) {
    const chosen = kinds.filter((kind) => kind.adapter === useAdapter);
    if (chosen.length === 0) continue;
    const examples = takeEvenly(allRows, useAdapter ? limit : Math.min(limit, baseLimit));
    const source = useAdapter ? { adapter } : { tools: toolset };
    const base = useAdapter && adapter.modelPath !== null ? undefined : basePath;
    const runtime = await createToolRuntime({ ...source, base, maxTokens, threads });
    try {
      for (const kind of chosen) {
        const result = await evaluateToolCaller({
          caller: runtime.asToolCaller({ constrained: kind.constrained, alternatives }),
          examples,
          onProgress: (progress) => onProgress?.({ ...progress, configuration: kind.name }),
          ...(signal === undefined ? {} : { signal }),
        });
        results.push({ name: kind.name, result });
      }
    } finally {
      await runtime.dispose();
    }
  }
  const report = createEvaluationReport({
    createdBy: `tooltune ${version}`,
    dataset: { file: data, sha256: await fileSha256(data) },
    toolset,
    base: manifest.base.id,
    results,
  });
  // The base configurations may have been asked fewer rows: each says how many.
  const rows = Math.max(...report.configurations.map(({ metrics }) => metrics.rows));
  return { ...report, dataset: { ...report.dataset, rows } };
}
