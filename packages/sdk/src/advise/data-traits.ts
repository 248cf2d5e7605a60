import { checkGrounding, type GroundedValue } from '../checks/check-grounding.js';
import { type Example, namesOf, promptAndTarget } from '../dataset/index.js';
import { canonicalJson } from '../json/index.js';
import type { AdviceTraits } from '../schemas/index.js';
import type { Tool } from '../toolset/index.js';

/** What a data set is like, as far as it decides between learning and looking up. */
export function dataTraits(
  { training, heldOut }: { training: readonly Example[]; heldOut: readonly Example[] },
  tools: readonly Tool[],
): AdviceTraits {
  const named = new Map(tools.map((tool) => [tool.name, tool]));
  const valuesOf = (examples: readonly Example[]) =>
    examples.flatMap((example) =>
      example.kind === 'conversation' ? checkGrounding(example, named, () => undefined) : [],
    );
  const learnt = new Set(valuesOf(training).map(keyOf));
  const values = { total: 0, choices: 0, said: 0, learnt: 0, unknown: 0 };
  for (const value of valuesOf(heldOut)) {
    values.total++;
    if (value.isChoice) values.choices++;
    else if (value.evidence !== 'none') values.said++;
    else if (learnt.has(keyOf(value))) values.learnt++;
    else values.unknown++;
  }
  const counts = new Map<string, number>(tools.map(({ name }) => [name, 0]));
  for (const name of training.flatMap(classesOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const noCall = heldOut.filter((example) => classesOf(example).length === 0).length;
  return {
    classes: counts.size,
    smallestClassRows: counts.size === 0 ? 0 : Math.min(...counts.values()),
    noCallShare: heldOut.length === 0 ? 0 : noCall / heldOut.length,
    values,
  };
}

function keyOf({ tool, argument, value }: GroundedValue): string {
  return canonicalJson([tool, argument, value]);
}

/** The tools that a row's answer calls, each once, or its intent; none out of scope. */
function classesOf(example: Example): string[] {
  if (example.kind !== 'conversation') return namesOf(example);
  return [...new Set((promptAndTarget(example).target.toolCalls ?? []).map(({ name }) => name))];
}
