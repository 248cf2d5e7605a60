import type { JsonObject, JsonValue, Tool } from '../toolset/index.js';
import { isPossibleValue, type PossibleValues } from './bfcl-values.js';
import { type Call, pairCalls } from './pair-calls.js';
import { type AnswerScore, type ArgumentCount, argumentFigures, callFigures } from './score-answer.js';

/** A call with the values that each argument may have. */
export interface PossibleCall {
  name: string;
  arguments: Record<string, PossibleValues>;
}

/**
 * Scores an answer by the AST rules of the Berkeley Function Calling Leaderboard (see isPossibleValue): as many calls as
 * wanted, each wanted one answered by the first call left that fits it; what the schema requires is there, and nothing
 * that the possible answers do not have. Where no call is wanted the leaderboard passes whatever it cannot decode; here a
 * malformed answer is never right.
 */
export function scoreBfclAnswer(
  possible: readonly PossibleCall[],
  answer: { calls: readonly Call[]; malformed: boolean },
  tools: readonly Tool[],
): AnswerScore {
  const { calls: got, malformed } = answer;
  const parameters = new Map(tools.map((tool) => [tool.name, tool.parameters]));
  const fits = (call: Call, wanted: PossibleCall) => isPossibleCall(call, wanted, parameters.get(wanted.name) ?? {});
  const expected = possible.map(asCall);
  const left = [...got];
  const matched = possible.map((wanted) => {
    const index = left.findIndex((call) => fits(call, wanted));
    return index < 0 ? undefined : left.splice(index, 1)[0]!;
  });
  return {
    exact: !malformed && got.length === possible.length && matched.every((call) => call !== undefined),
    ...callFigures(expected, got, malformed),
    ...argumentFigures(countArguments(possible, matched, left, parameters)),
  };
}

/** Possible answers as the leaderboard writes them, `[{ tool: { argument: [values] } }]`. */
export function possibleCalls(answers: readonly Record<string, Record<string, unknown[]>>[]): PossibleCall[] {
  return answers.map((answer) => {
    const [name, values] = Object.entries(answer)[0]!;
    return { name, arguments: values as Record<string, JsonValue[]> };
  });
}

/** Calls whose every argument has one possible value, and none may be left out. */
export function onlyPossibleCalls(calls: readonly Call[]): PossibleCall[] {
  return calls.map((call) => ({
    name: call.name,
    arguments: Object.fromEntries(Object.entries(call.arguments).map(([name, value]) => [name, [alone(value)]])),
  }));
}

/** Inside objects, and objects in arrays, possible answers have lists of values. */
function alone(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((element) => (Array.isArray(element) ? element : alone(element)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, [inside]]));
}

function isPossibleCall(call: Call, wanted: PossibleCall, parameters: JsonObject): boolean {
  if (call.name !== wanted.name) return false;
  const properties = objectOf(parameters.properties);
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  const given = Object.keys(call.arguments);
  return (
    required.every((name) => given.includes(name as string)) &&
    given.every(
      (name) =>
        Object.hasOwn(properties, name) &&
        Object.hasOwn(wanted.arguments, name) &&
        isPossibleValue(call.arguments[name]!, wanted.arguments[name]!, properties[name]),
    ) &&
    Object.entries(wanted.arguments).every(([name, values]) => given.includes(name) || values.includes(''))
  );
}

/** An argument that may be left out is wanted where it is given. */
function countArguments(
  possible: readonly PossibleCall[],
  matched: readonly (Call | undefined)[],
  left: readonly Call[],
  parameters: ReadonlyMap<string, JsonObject>,
): ArgumentCount[] {
  const counts = new Map<string, ArgumentCount>();
  const add = (tool: string, argument: string, wanted: boolean, got: boolean, right: boolean) => {
    const key = JSON.stringify([tool, argument]);
    const count = counts.get(key) ?? { tool, argument, wanted: 0, got: 0, right: 0 };
    counts.set(key, count);
    count.wanted += Number(wanted);
    count.got += Number(got);
    count.right += Number(right);
  };
  const compare = (wanted: PossibleCall, call: Call | undefined) => {
    const properties = objectOf(parameters.get(wanted.name)?.properties);
    const given = call?.name === wanted.name ? call.arguments : {};
    for (const name of new Set([...Object.keys(wanted.arguments), ...Object.keys(given)])) {
      const values = Object.hasOwn(wanted.arguments, name) ? wanted.arguments[name]! : [];
      const got = Object.hasOwn(given, name);
      const isWanted = values.length > 0 && (got || !values.includes(''));
      add(wanted.name, name, isWanted, got, got && isPossibleValue(given[name]!, values, properties[name]));
    }
  };
  const extra = (call: Call) => {
    for (const name of Object.keys(call.arguments)) add(call.name, name, false, true, false);
  };
  const unmatched = possible.filter((wanted, place) => {
    if (matched[place] === undefined) return true;
    compare(wanted, matched[place]);
    return false;
  });
  for (const [place, pair] of pairCalls(unmatched.map(asCall), left).entries()) {
    const wanted = unmatched[place];
    if (wanted !== undefined) compare(wanted, pair.got ?? undefined);
    if (pair.got !== null && pair.got.name !== wanted?.name) extra(pair.got);
  }
  return [...counts.values()].filter(({ wanted, got }) => wanted + got > 0);
}

/** One call of the possible ones, to show and to pair: every argument's first value. */
export function asCall({ name, arguments: values }: PossibleCall): Call {
  const first = Object.entries(values).flatMap(([argument, possible]) =>
    possible.includes('') || possible.length === 0 ? [] : [[argument, possible[0]!] as const],
  );
  return { name, arguments: Object.fromEntries(first) };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
