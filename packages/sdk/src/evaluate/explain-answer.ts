import type { RuleResult } from './check-rules.js';
import { type Call, pairCalls } from './pair-calls.js';
import { valueKey } from './value-key.js';

/** What is wrong with an answer, a reason each; for one whose calls are not exact. */
export function explainCalls(
  wanted: readonly Call[],
  answer: { calls: readonly Call[]; malformed: boolean },
): string[] {
  const reasons = answer.malformed ? ['a call that is malformed'] : [];
  for (const pair of pairCalls(wanted, answer.calls)) {
    if (pair.wanted === null) reasons.push(`calls ${pair.got!.name}, which is not wanted`);
    else if (pair.got === null) reasons.push(`does not call ${pair.wanted.name}`);
    else if (pair.got.name !== pair.wanted.name) reasons.push(`calls ${pair.got.name} in place of ${pair.wanted.name}`);
    else reasons.push(...explainArguments(pair.wanted, pair.got));
  }
  return reasons;
}

/** The reasons of the rules that are broken. */
export function explainRules(rules: readonly RuleResult[]): string[] {
  return rules.filter(({ kept }) => !kept).map(({ reason }) => reason);
}

function explainArguments(wanted: Call, got: Call): string[] {
  const names = new Set([...Object.keys(wanted.arguments), ...Object.keys(got.arguments)]);
  return [...names].flatMap((name) => {
    if (!Object.hasOwn(got.arguments, name)) return [`leaves out ${name}`];
    const given = JSON.stringify(got.arguments[name]);
    if (!Object.hasOwn(wanted.arguments, name)) return [`adds ${name}: ${given}`];
    if (valueKey(got.arguments[name]!) === valueKey(wanted.arguments[name]!)) return [];
    return [`${name}: ${given} in place of ${JSON.stringify(wanted.arguments[name])}`];
  });
}
