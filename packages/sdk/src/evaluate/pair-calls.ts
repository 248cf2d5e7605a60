import type { ToolCall } from '../toolset/index.js';
import { callKey, valueKey } from './value-key.js';

/** A call without what only the conversation needs. */
export type Call = Pick<ToolCall, 'name' | 'arguments'>;

/** A wanted call and the one that answers it; null where there is none. */
export interface CallPair {
  wanted: Call | null;
  got: Call | null;
}

/**
 * Puts each call that was wanted beside the call that answers it, and the calls that answer none at the end: the same
 * call where there is one, else the one of the same tool that has most of its arguments, else the first that is left.
 */
export function pairCalls(wanted: readonly Call[], got: readonly Call[]): CallPair[] {
  const answers: (Call | null)[] = wanted.map(() => null);
  const left = [...got];
  const take = (place: number, index: number) => {
    if (index >= 0) answers[place] = left.splice(index, 1)[0]!;
  };
  const each = (find: (call: Call) => number) => {
    for (const [place, call] of wanted.entries()) if (answers[place] === null) take(place, find(call));
  };
  each((call) => left.findIndex((other) => callKey(other) === callKey(call)));
  each((call) => mostAlike(call, left));
  each(() => (left.length > 0 ? 0 : -1));
  return [
    ...wanted.map((call, place): CallPair => ({ wanted: call, got: answers[place]! })),
    ...left.map((call): CallPair => ({ wanted: null, got: call })),
  ];
}

function mostAlike(call: Call, others: readonly Call[]): number {
  let [best, most] = [-1, -1];
  for (const [index, other] of others.entries()) {
    if (other.name !== call.name) continue;
    const common = Object.entries(call.arguments).filter(
      ([name, value]) => Object.hasOwn(other.arguments, name) && valueKey(other.arguments[name]!) === valueKey(value),
    ).length;
    if (common > most) [best, most] = [index, common];
  }
  return best;
}
