import type { Tool, ToolCall, Toolset } from '../toolset/index.js';
import { isLearnable, promptAndTarget, promptKey, targetKey } from './conversation.js';
import { type Example, namesOf } from './example.js';

/** What a dataset holds. Counts of rows, unless they say otherwise. */
export interface DatasetSummary {
  rows: number;
  conversations: number;
  intents: number;
  /** Conversations with more than one message of the user. */
  multiTurn: number;
  /** Conversations whose last turn calls no tool. */
  withoutCall: number;
  /** Conversations whose last turn makes more than one call. */
  withSeveralCalls: number;
  /** Conversations with a worse answer, to learn a preference from. */
  withRejected: number;
  /** Rows that only evaluation can use: nothing to learn in them (no call, no words). */
  notLearnable: number;
  /** Rows that ask what an earlier row asked, case and white space aside. */
  duplicates: number;
  /** Of these, rows whose answer differs from the earlier row's. */
  contradictions: number;
  /** Calls in last turns, by tool and argument, but for rows with tools of their own; also tools and arguments of the toolset that no row uses. */
  tools: Record<string, { calls: number; arguments: Record<string, number> }>;
  /** By intent. */
  intentRows: Record<string, number>;
  outOfScope: number;
}

/** Counts what `tooltune check` tells. */
export function datasetSummary(
  examples: readonly Example[],
  options: { toolset?: Pick<Toolset, 'tools'> } = {},
): DatasetSummary {
  const conversations = examples.filter((example) => example.kind === 'conversation');
  const intents = examples.filter((example) => example.kind !== 'conversation');
  const turns = conversations.map((example) => promptAndTarget(example));
  const ofToolset = conversations.filter(({ tools }) => tools === undefined).map((example) => promptAndTarget(example));
  const callCounts = turns.map(({ target }) => (target.toolCalls ?? []).length);
  return {
    rows: examples.length,
    conversations: conversations.length,
    intents: intents.length,
    multiTurn: turns.filter(({ prompt }) => prompt.filter(({ role }) => role === 'user').length > 1).length,
    withoutCall: callCounts.filter((count) => count === 0).length,
    withSeveralCalls: callCounts.filter((count) => count > 1).length,
    withRejected: conversations.filter(({ rejected }) => rejected !== undefined).length,
    notLearnable: examples.filter((example) => !isLearnable(example)).length,
    ...countRepetitions(examples),
    tools: countTools(
      ofToolset.flatMap(({ target }) => target.toolCalls ?? []),
      options.toolset?.tools ?? [],
    ),
    intentRows: countNames(intents.flatMap(namesOf)),
    outOfScope: intents.filter((example) => namesOf(example).length === 0).length,
  };
}

function countRepetitions(examples: readonly Example[]): Pick<DatasetSummary, 'duplicates' | 'contradictions'> {
  const answers = new Map<string, string>();
  let duplicates = 0;
  let contradictions = 0;
  for (const example of examples) {
    const asked = promptKey(example);
    const earlier = answers.get(asked);
    if (earlier === undefined) answers.set(asked, targetKey(example));
    else {
      duplicates++;
      if (earlier !== targetKey(example)) contradictions++;
    }
  }
  return { duplicates, contradictions };
}

function countTools(calls: readonly ToolCall[], tools: readonly Tool[]): DatasetSummary['tools'] {
  const known = new Map(tools.map((tool) => [tool.name, Object.keys((tool.parameters.properties ?? {}) as object)]));
  const names = new Set([...known.keys(), ...calls.map(({ name }) => name)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const ofTool = calls.filter((call) => call.name === name);
      const used = ofTool.flatMap((call) => Object.keys(call.arguments));
      return [name, { calls: ofTool.length, arguments: countNames(used, known.get(name)) }];
    }),
  );
}

/** How often each name occurs; also the expected names that do not. */
function countNames(names: readonly string[], expected: readonly string[] = []): Record<string, number> {
  const counts = new Map(expected.map((name) => [name, 0]));
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
