import { type Call, pairCalls } from './pair-calls.js';
import { callKey, valueKey } from './value-key.js';

/** How one answer compares with what was expected. */
export interface AnswerScore {
  /** Every call, its name and each of its arguments are right, and nothing is malformed. The order of calls is free. */
  exact: boolean;
  /** The same tools are called, each as often, and nothing is malformed. */
  tools: boolean;
  malformed: boolean;
  /** No call was wanted. */
  wantsNoCall: boolean;
  /** No valid call was made. */
  gotNoCall: boolean;
  /** Counts of (tool, argument, value). */
  wantedArguments: number;
  gotArguments: number;
  rightArguments: number;
  /** The same counts by tool and argument. */
  arguments: ArgumentCount[];
  /** The tool of each wanted call and of the one that answers it; one pair of nulls where no call was wanted or made. */
  toolPairs: ToolPair[];
}

export interface ArgumentCount {
  tool: string;
  argument: string;
  wanted: number;
  got: number;
  right: number;
}

export interface ToolPair {
  wanted: string | null;
  got: string | null;
}

/** Compares calls by valueKey: strings without case and surrounding space, numbers by value, the rest member by member. */
export function scoreAnswer(
  expected: readonly Call[],
  answer: { calls: readonly Call[]; malformed: boolean },
): AnswerScore {
  const { calls: got, malformed } = answer;
  return {
    exact: !malformed && sameMultiset(expected.map(callKey), got.map(callKey)),
    ...callFigures(expected, got, malformed),
    ...argumentFigures(countArguments(expected, got)),
  };
}

/** What does not depend on how values are compared. */
export function callFigures(expected: readonly Call[], got: readonly Call[], malformed: boolean) {
  const names = (calls: readonly Call[]) => calls.map(({ name }) => name);
  const pairs = pairCalls(expected, got).map(
    (pair): ToolPair => ({ wanted: pair.wanted?.name ?? null, got: pair.got?.name ?? null }),
  );
  return {
    tools: !malformed && sameMultiset(names(expected), names(got)),
    malformed,
    wantsNoCall: expected.length === 0,
    gotNoCall: got.length === 0,
    toolPairs: pairs.length === 0 ? [{ wanted: null, got: null }] : pairs,
  };
}

export function argumentFigures(counts: ArgumentCount[]) {
  const sum = (count: 'wanted' | 'got' | 'right') => counts.reduce((total, one) => total + one[count], 0);
  return {
    wantedArguments: sum('wanted'),
    gotArguments: sum('got'),
    rightArguments: sum('right'),
    arguments: counts,
  };
}

function countArguments(expected: readonly Call[], got: readonly Call[]): ArgumentCount[] {
  const places = new Map<string, { tool: string; argument: string; wanted: string[]; got: string[] }>();
  for (const [side, calls] of [['wanted', expected] as const, ['got', got] as const]) {
    for (const { name: tool, arguments: values } of calls) {
      for (const [argument, value] of Object.entries(values)) {
        const key = JSON.stringify([tool, argument]);
        const place = places.get(key) ?? { tool, argument, wanted: [], got: [] };
        places.set(key, place);
        place[side].push(valueKey(value));
      }
    }
  }
  return [...places.values()].map(({ tool, argument, wanted, got }) => ({
    ...{ tool, argument, wanted: wanted.length, got: got.length },
    right: countCommon(wanted, got),
  }));
}

function sameMultiset(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && countCommon(a, b) === a.length;
}

function countCommon(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const key of a) left.set(key, (left.get(key) ?? 0) + 1);
  let common = 0;
  for (const key of b) {
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    common++;
  }
  return common;
}
