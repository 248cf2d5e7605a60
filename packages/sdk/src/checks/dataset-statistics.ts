import { type ConversationExample, type Example, isLearnable, namesOf, promptAndTarget } from '../dataset/index.js';
import { canonicalJson } from '../json/index.js';
import type { JsonValue, Tool, ToolCall } from '../toolset/index.js';
import { listedValues, propertySchema } from './argument-schema.js';
import type { FileRole } from './check-finding.js';
import type { GroundedValue } from './check-grounding.js';
import { fold, wordsOf } from './said-text.js';
import type { ValueEvidence } from './value-evidence.js';

/** How often something has which size. */
export interface Distribution {
  count: number;
  smallest: number;
  median: number;
  /** 95 of 100 are at most this. */
  percentile95: number;
  largest: number;
  /** Equal steps; `to` is included. */
  bins: { from: number; to: number; count: number }[];
}

export interface ArgumentStatistics {
  name: string;
  /** Calls that give it. */
  count: number;
  /** Different values. */
  distinct: number;
  /** The most frequent values with their counts, at most 12. */
  values: [value: JsonValue, count: number][];
  /** Values that the schema lists and no call gives. */
  unusedValues: readonly JsonValue[];
  /** How its values, parts counted each, are in their conversations. */
  grounding: Record<ValueEvidence, number>;
}

export interface ToolStatistics {
  name: string;
  /** Calls that are learnt, or in rows to measure with wanted. */
  calls: number;
  arguments: ArgumentStatistics[];
}

/** Rows by what they are; one row may count more than once. */
export interface RowKinds {
  oneCall: number;
  severalCalls: number;
  words: number;
  /** Neither call nor words: to measure with. */
  silent: number;
  severalTurns: number;
  preferences: number;
  intents: number;
  outOfScope: number;
}

const mostValues = 12;
const mostBins = 12;

/** Smallest to largest in at most 12 equal steps of whole numbers; undefined where there is nothing. */
export function distributionOf(values: readonly number[]): Distribution | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
  const [smallest, largest] = [sorted[0]!, sorted.at(-1)!];
  // A few that are very large would leave all others in one bin.
  const end = Math.min(largest, Math.max(at(0.99), smallest));
  const step = Math.max(1, Math.ceil((end - smallest + 1) / mostBins));
  const count = Math.ceil((end - smallest + 1) / step);
  const bins = Array.from({ length: count }, (_, index) => {
    const from = smallest + index * step;
    return { from, to: index === count - 1 ? Math.max(from + step - 1, largest) : from + step - 1, count: 0 };
  });
  for (const value of sorted) bins[Math.min(count - 1, Math.floor((value - smallest) / step))]!.count++;
  return { count: values.length, smallest, median: at(0.5), percentile95: at(0.95), largest, bins };
}

export function rowKinds(examples: readonly Example[]): RowKinds {
  const kinds: RowKinds = {
    ...{ oneCall: 0, severalCalls: 0, words: 0, silent: 0 },
    ...{ severalTurns: 0, preferences: 0, intents: 0, outOfScope: 0 },
  };
  for (const example of examples) {
    if (example.kind !== 'conversation') {
      kinds[namesOf(example).length === 0 ? 'outOfScope' : 'intents']++;
      continue;
    }
    const { prompt, target } = promptAndTarget(example);
    const calls = (target.toolCalls ?? []).length;
    if (calls === 1) kinds.oneCall++;
    else if (calls > 1) kinds.severalCalls++;
    else if (isLearnable(example) || target.content !== null) kinds.words++;
    else kinds.silent++;
    if (prompt.filter(({ role }) => role === 'user').length > 1) kinds.severalTurns++;
    if (example.rejected !== undefined) kinds.preferences++;
  }
  return kinds;
}

/** Words of the last request, or of the text. */
export function requestWords(example: Example): number {
  const text =
    example.kind !== 'conversation'
      ? example.text
      : (example.messages.findLast(({ role }) => role === 'user')?.content ?? '');
  return wordsOf(fold(text)).length;
}

/** Calls of the turns that are learnt; none of a row with tools of its own, which are not the toolset's. */
export function learntCalls(example: ConversationExample): ToolCall[] {
  if (example.tools !== undefined) return [];
  return example.messages.flatMap((message) =>
    message.role === 'assistant' && message.weight !== 0 ? (message.toolCalls ?? []) : [],
  );
}

/** By tool and argument, in the toolset's order; tools and arguments that no call uses are there too. */
export function toolStatistics(
  calls: readonly ToolCall[],
  grounded: readonly GroundedValue[],
  tools: ReadonlyMap<string, Tool>,
): ToolStatistics[] {
  const names = new Set([...tools.keys(), ...calls.map(({ name }) => name)]);
  const byTool = new Map(
    [...names].map((name) => [name, { calls: 0, values: new Map<string, Map<string, [JsonValue, number]>>() }]),
  );
  for (const call of calls) {
    const tool = byTool.get(call.name)!;
    tool.calls++;
    for (const [argument, value] of Object.entries(call.arguments)) {
      const values = tool.values.get(argument) ?? new Map<string, [JsonValue, number]>();
      tool.values.set(argument, values);
      for (const part of Array.isArray(value) ? value : [value]) {
        const key = canonicalJson(part);
        values.set(key, [part, (values.get(key)?.[1] ?? 0) + 1]);
      }
    }
  }
  const groundings = countGrounding(grounded);
  const given = countGiven(calls);
  return [...byTool].map(([name, { calls: count, values }]) => {
    const parameters = tools.get(name)?.parameters;
    const declared = Object.keys((parameters?.properties ?? {}) as object);
    const argumentNames = [...new Set([...declared, ...values.keys()])];
    return {
      name,
      calls: count,
      arguments: argumentNames.map((argument): ArgumentStatistics => {
        const found = [...(values.get(argument)?.values() ?? [])].sort((a, b) => b[1] - a[1]);
        const used = new Set(values.get(argument)?.keys());
        const listed = listedValues(propertySchema(parameters, argument)) ?? [];
        return {
          name: argument,
          count: given.get(JSON.stringify([name, argument])) ?? 0,
          distinct: found.length,
          values: found.slice(0, mostValues),
          unusedValues: listed.filter((value) => value !== null && !used.has(canonicalJson(value))),
          grounding: groundings.get(JSON.stringify([name, argument])) ?? noEvidence(),
        };
      }),
    };
  });
}

const noEvidence = (): Record<ValueEvidence, number> => ({ span: 0, 'span-ignoring-case': 0, derived: 0, none: 0 });

function countGrounding(grounded: readonly GroundedValue[]): Map<string, Record<ValueEvidence, number>> {
  const counts = new Map<string, Record<ValueEvidence, number>>();
  for (const { tool, argument, evidence } of grounded) {
    const key = JSON.stringify([tool, argument]);
    const ofArgument = counts.get(key) ?? noEvidence();
    ofArgument[evidence]++;
    counts.set(key, ofArgument);
  }
  return counts;
}

function countGiven(calls: readonly ToolCall[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, arguments: given } of calls) {
    for (const argument of Object.keys(given)) {
      const key = JSON.stringify([name, argument]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** A file, what it is for, and how many rows it has. */
export interface FileStatistics {
  file: string;
  role: FileRole;
  rows: number;
}
