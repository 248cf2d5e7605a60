import { checkGrounding } from '../../checks/check-grounding.js';
import { answerKey, askedWords } from '../../checks/check-repetitions.js';
import { placedTexts } from '../../checks/example-texts.js';
import { createNearDuplicateIndex, textSimilarity } from '../../checks/near-duplicates.js';
import { findPersonalData } from '../../checks/personal-data.js';
import { fold, wordsOf } from '../../checks/said-text.js';
import { type Example, promptKey, userTexts } from '../../dataset/index.js';
import type { Toolset } from '../../toolset/index.js';

/** Why a row is not taken. */
export type Refused = 'duplicate' | 'near-duplicate' | 'ungrounded' | 'personal-data' | 'held-out';

/** Takes the rows of a data set one by one, and only those that `tooltune check` finds nothing wrong with. */
export interface RowGate {
  /** What `add` would say, without taking it. */
  check(example: Example): Refused | undefined;
  /** Undefined: it is taken, and what asks nearly the same will not be. */
  add(example: Example): Refused | undefined;
  /** Takes a row of the user's as it is. False for one that asks what an earlier row asks. */
  addAsIs(example: Example): boolean;
}

/** From here on a request counts as one that is to be held out; stricter than among rows. */
const heldOutSimilarity = 0.6;

/** @param options.heldOut requests that no row may repeat, nearly either */
export function createRowGate(options: { toolset?: Pick<Toolset, 'tools'>; heldOut?: readonly string[] }): RowGate {
  const tools = new Map((options.toolset?.tools ?? []).map((tool) => [tool.name, tool]));
  const asked = new Set<string>();
  const near = createNearDuplicateIndex();
  const heldOut = (options.heldOut ?? []).map((text) => wordsOf(fold(text)));
  const isHeldOut = (example: Example): boolean =>
    heldOut.length > 0 &&
    requestsOf(example).some((words) => heldOut.some((other) => textSimilarity(words, other) >= heldOutSimilarity));
  const check = (example: Example): Refused | undefined => {
    if (asked.has(promptKey(example))) return 'duplicate';
    if (isHeldOut(example)) return 'held-out';
    if (example.kind === 'conversation' && !isGrounded(example, tools)) return 'ungrounded';
    for (const { text } of placedTexts(example)) if (findPersonalData(text).length > 0) return 'personal-data';
    return near.has(askedWords(example), answerKey(example)) ? 'near-duplicate' : undefined;
  };
  const take = (example: Example) => {
    asked.add(promptKey(example));
    near.add(askedWords(example), answerKey(example));
  };
  return {
    check,
    add(example) {
      const reason = check(example);
      if (reason === undefined) take(example);
      return reason;
    },
    addAsIs(example) {
      if (asked.has(promptKey(example))) return false;
      take(example);
      return true;
    },
  };
}

function isGrounded(
  example: Extract<Example, { kind: 'conversation' }>,
  tools: Parameters<typeof checkGrounding>[1],
): boolean {
  let isFine = true;
  checkGrounding(example, tools, (rule) => {
    if (rule === 'ungrounded') isFine = false;
  });
  return isFine;
}

/** What the user says in each turn, and in all, in words. */
function requestsOf(example: Example): string[][] {
  if (example.kind !== 'conversation') return [wordsOf(fold(example.text))];
  const said = userTexts(example.messages);
  return [...said, ...(said.length > 1 ? [said.join(' ')] : [])].map((text) => wordsOf(fold(text)));
}
