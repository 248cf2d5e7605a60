import type { AdapterBundle, ToolRuntime } from '@tooltune/runtime';
import {
  createEvaluationReport,
  createFewShotCaller,
  type EvaluationReport,
  type FewShotOptions,
  reportScenarios,
  type Scoring,
  type ToolCaller,
} from '@tooltune/sdk';
import { fileSha256, readDataset, readScenarios } from '@tooltune/sdk/files';
import { version } from '../../package.json';
import { availableKinds, type ConfigurationKind, candidateOf, takeEvenly } from './configurations.js';
import {
  type ConfigurationProgress,
  type MeasuredConfiguration,
  type Measurement,
  measureConfiguration,
} from './measure-configuration.js';
import { createRemoteCaller, type RemoteModel } from './remote-tool-caller.js';

/** Solved requests that stand in the base model's prompt. */
export interface FewShotData {
  /** JSONL. */
  data: string;
  count: number;
  selection?: FewShotOptions['selection'] | undefined;
}

export interface EvaluateAdapterOptions {
  /** The adapter bundle, read already or its folder. */
  adapter: string | AdapterBundle;
  /** The base model's GGUF file; undefined for a whole model that is measured alone. */
  basePath: string | undefined;
  /** Held-out rows, JSONL. */
  data: string;
  /** Default: all that what is given allows. */
  kinds?: readonly ConfigurationKind[] | undefined;
  fewShot?: FewShotData | undefined;
  remote?: RemoteModel | undefined;
  /** Cases with a name, JSONL, which every configuration is asked. */
  scenarios?: string | undefined;
  /** How calls are compared. Default `strict`. */
  scoring?: Scoring | undefined;
  /** What declining looks like. Default: the built-in detector. */
  refusal?: RegExp | undefined;
  /** Rows to measure on, evenly spaced; all where it is left out. */
  limit?: number | undefined;
  /** How many of these the base and the remote model are asked, evenly spaced. */
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
 * Measures an adapter, its base model and a remote one. Base and remote model have the tools in their prompts, the adapter
 * its own format.
 * @throws what reading the files, the runtime, the remote model and the evaluation throw; the signal's reason
 */
export async function evaluateAdapter(options: EvaluateAdapterOptions): Promise<EvaluationReport> {
  const { checkAdapterFits, createToolRuntime, loadableAdapter, resolveToolAdapter } = await import(
    '@tooltune/runtime'
  );
  const { basePath, data, fewShot, remote, scoring, refusal, alternatives, threads, signal, onProgress } = options;
  const { kinds = availableKinds({ fewShot: fewShot !== undefined, remote: remote !== undefined }) } = options;
  const { maxTokens = 256, limit = Number.POSITIVE_INFINITY, baseLimit = Number.POSITIVE_INFINITY } = options;
  const adapter = await resolveToolAdapter(options.adapter);
  // Before the base model is measured, which may take long.
  if (kinds.some(({ model }) => model === 'adapter')) loadableAdapter(adapter);
  if (basePath !== undefined && adapter.modelPath === null) {
    checkAdapterFits(adapter, { base: { path: basePath, sha256: await fileSha256(basePath) } });
  }
  const { manifest, toolset } = adapter;
  const rows = takeEvenly(await readDataset(data, { toolset }), limit);
  const scenarios = options.scenarios === undefined ? [] : await readScenarios(options.scenarios, { toolset });
  const shots = fewShot === undefined ? [] : await readDataset(fewShot.data, { toolset });
  const measurement: Measurement = { toolset, scenarios, scoring, refusal, signal, onProgress };
  const measured = new Map<ConfigurationKind, MeasuredConfiguration>();
  const someRows = takeEvenly(rows, baseLimit);
  const callerOf = (runtime: ToolRuntime, kind: ConfigurationKind): ToolCaller => {
    const caller = runtime.asToolCaller({ constrained: kind.constrained, alternatives });
    if (!kind.fewShot || fewShot === undefined) return caller;
    const { count, selection } = fewShot;
    return createFewShotCaller({ caller, examples: shots, count, ...(selection === undefined ? {} : { selection }) });
  };

  // First what may refuse: a key or an address that is wrong is told at once.
  for (const kind of kinds.filter(({ model }) => model === 'remote')) {
    if (remote === undefined) continue;
    const caller = await createRemoteCaller(remote, { toolset, maxTokens });
    const name = `remote (${remote.model})`;
    measured.set(kind, await measureConfiguration({ name, caller, examples: someRows }, measurement));
  }
  for (const model of ['base', 'adapter'] as const) {
    const chosen = kinds.filter((kind) => kind.model === model);
    if (chosen.length === 0) continue;
    const examples = model === 'adapter' ? rows : someRows;
    const source = model === 'adapter' ? { adapter } : { tools: toolset };
    const base = model === 'adapter' && adapter.modelPath !== null ? undefined : basePath;
    const runtime = await createToolRuntime({ ...source, base, maxTokens, threads });
    try {
      for (const kind of chosen) {
        const caller = callerOf(runtime, kind);
        measured.set(kind, await measureConfiguration({ name: kind.name, caller, examples }, measurement));
      }
    } finally {
      await runtime.dispose();
    }
  }
  const results = kinds.flatMap((kind) => measured.get(kind) ?? []);
  const candidate = candidateOf(results.map(({ name }) => name));
  return createEvaluationReport({
    createdBy: `tooltune ${version}`,
    dataset: { file: data, sha256: await fileSha256(data) },
    toolset,
    base: manifest.base.id,
    results,
    ...(candidate === undefined ? {} : { candidate }),
    ...(scenarios.length === 0
      ? {}
      : {
          scenarios: reportScenarios(
            scenarios,
            results.map(({ scenarioAnswers }) => scenarioAnswers),
          ),
        }),
  });
}
