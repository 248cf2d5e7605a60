import { createToolRuntime, type ToolAdapterBundle } from '@tooltune/runtime';
import { possibleCalls, scoreBfclAnswer, type Tool, type Toolset, TooltuneError } from '@tooltune/sdk';
import { type BfclRow, type Category, categories } from './read-categories.js';

export interface Model {
  base: string | undefined;
  adapter: ToolAdapterBundle | undefined;
  threads: number | undefined;
  contextSize: number;
  maxTokens: number;
}

/** What became of a row. */
export interface RowResult {
  id: string;
  /** By our rule: what cannot be decoded is wrong. */
  right: boolean;
  /** By the leaderboard's: where no call is wanted, what cannot be decoded passes. */
  leaderboardRight: boolean;
  malformed: boolean;
  calls: number;
  durationMs: number;
  promptTokens: number;
  /** Why it was not asked, which counts as wrong by both rules. */
  failure?: string;
}

/** Asks a model one row, with that row's own tools. */
export async function askRow(
  row: BfclRow,
  toolset: Toolset,
  { category, constrained, model }: { category: Category; constrained: boolean; model: Model },
): Promise<RowResult> {
  const { base, threads, contextSize, maxTokens } = model;
  try {
    const runtime = await createToolRuntime({
      ...(model.adapter === undefined ? { tools: toolset } : { adapter: withTools(model.adapter, toolset) }),
      ...{ base, threads, contextSize, maxTokens },
    });
    try {
      const answer = await runtime.asToolCaller({ constrained }).call(row.question[0]);
      const { calls, malformed, durationMs, promptTokens } = answer;
      const wanted = categories[category];
      const right =
        wanted === 'a call'
          ? calls.length > 0 && !malformed
          : scoreBfclAnswer(possibleCalls(row.possible), answer, row.function as unknown as Tool[]).exact;
      const leaderboardRight = wanted === 'no call' ? calls.length === 0 || malformed : right;
      return { id: row.id, right, leaderboardRight, malformed, calls: calls.length, durationMs, promptTokens };
    } finally {
      await runtime.dispose();
    }
  } catch (error) {
    if (!TooltuneError.isInstance(error)) throw error;
    return failed(row, `${error.code}: ${error.message.split('\n')[0]}`);
  }
}

export function failed({ id }: BfclRow, failure: string): RowResult {
  const nothing = { malformed: false, calls: 0, durationMs: 0, promptTokens: 0 };
  return { id, right: false, leaderboardRight: false, ...nothing, failure };
}

/** An adapter that reads tools from its prompt, asked with others than it was trained with. */
function withTools(bundle: ToolAdapterBundle, toolset: Toolset): ToolAdapterBundle {
  return {
    ...bundle,
    toolset,
    manifest: { ...bundle.manifest, toolsetFingerprint: toolset.fingerprint, grounding: {} },
  };
}
