import type { JsonValue, ToolCall } from '../toolset/index.js';

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
}

type Call = Pick<ToolCall, 'name' | 'arguments'>;

/** Compares calls by valueKey: strings without case and surrounding space, numbers by value, the rest member by member. */
export function scoreAnswer(
  expected: readonly Call[],
  answer: { calls: readonly Call[]; malformed: boolean },
): AnswerScore {
  const { calls: got, malformed } = answer;
  const wantedArguments = expected.flatMap(argumentKeys);
  const gotArguments = got.flatMap(argumentKeys);
  return {
    exact: !malformed && sameMultiset(expected.map(callKey), got.map(callKey)),
    tools:
      !malformed &&
      sameMultiset(
        expected.map(({ name }) => name),
        got.map(({ name }) => name),
      ),
    malformed,
    wantsNoCall: expected.length === 0,
    gotNoCall: got.length === 0,
    wantedArguments: wantedArguments.length,
    gotArguments: gotArguments.length,
    rightArguments: countCommon(wantedArguments, gotArguments),
  };
}

/** Equal texts for values that count as equal. */
export function valueKey(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value.trim().toLowerCase());
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueKey).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${valueKey(value[name]!)}`).join(',')}}`;
}

function callKey(call: Call): string {
  return `${JSON.stringify(call.name)}${valueKey(call.arguments)}`;
}

function argumentKeys(call: Call): string[] {
  return Object.entries(call.arguments).map(([name, value]) => JSON.stringify([call.name, name, valueKey(value)]));
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
