import type { ToolRuntime } from '@tooltune/runtime';
import {
  createFewShotCaller,
  type Example,
  evaluateToolCaller,
  type FewShotOptions,
  type ToolCaller,
  type Toolset,
} from '@tooltune/sdk';
import type { AdviceTask, AdviceTaskOptions, Asker } from './advice-task.js';

const maxTokens = 256;

/** Calls that are held to their schemas: by the base model with the tools in its prompt, and by adapters. */
export function toolTask(toolset: Toolset, options: AdviceTaskOptions): AdviceTask {
  const { basePath: base, baseId, training, examples: count, seed, threads } = options;
  const shown = (selection: NonNullable<FewShotOptions['selection']>) => (caller: ToolCaller) =>
    createFewShotCaller({ caller, examples: training, count, selection });
  const openBase = async (wrap?: (caller: ToolCaller) => ToolCaller) => {
    const { createToolRuntime } = await import('@tooltune/runtime');
    return askerOf(await createToolRuntime({ tools: toolset, base, maxTokens, threads }), wrap);
  };
  const openAdapter = async (adapter: string, wrap?: (caller: ToolCaller) => ToolCaller) => {
    const { createToolRuntime } = await import('@tooltune/runtime');
    return askerOf(await createToolRuntime({ adapter, base, maxTokens, threads }), wrap);
  };
  return {
    task: 'tools',
    prompted: [
      { name: 'prompting', kind: 'prompting', open: () => openBase() },
      // The rows stand in an order drawn by the seed, so that evenly spaced ones are a random sample.
      { name: 'few-shot', kind: 'few-shot', open: () => openBase(shown('spread')) },
      { name: 'retrieval', kind: 'retrieval', open: () => openBase(shown('similar')) },
    ],
    async train({ rows, epochs, output, signal, onEvent }) {
      const { trainAdapter } = await import('@tooltune/trainer');
      await trainAdapter({
        ...{ base: { id: baseId, path: base }, toolset, training: rows, output, seed, signal, onEvent },
        ...(threads === undefined ? {} : { threads }),
        forgetting: false,
        hyperparameters: { epochs, replay: 0 },
      });
    },
    openAdapter: (folder) => openAdapter(folder),
    openAdapterWithExamples: (folder) => openAdapter(folder, shown('similar')),
  };
}

function askerOf(runtime: ToolRuntime, wrap: (caller: ToolCaller) => ToolCaller = (caller) => caller): Asker {
  const caller = wrap(runtime.asToolCaller({ constrained: true }));
  return {
    async ask(example: Example, signal) {
      const { rows, metrics } = await evaluateToolCaller({ caller, examples: [example], signal });
      const { score, answer } = rows[0]!;
      return {
        right: metrics.rowAccuracy!.count === 1,
        tools: score.tools,
        durationMs: answer.durationMs,
        promptTokens: answer.promptTokens,
      };
    },
    dispose: () => runtime.dispose(),
  };
}
