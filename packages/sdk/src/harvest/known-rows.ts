import { answerKey, askedWords } from '../checks/check-repetitions.js';
import { createNearDuplicateIndex, type NearDuplicateOptions } from '../checks/near-duplicates.js';
import { type Example, promptKey } from '../dataset/index.js';

/** How a row stands to those before it. */
export type Repetition = 'new' | 'duplicate' | 'near-duplicate' | 'contradiction';

/** Rows that are there already, by what they ask and answer, compared as `check` compares them. */
export class KnownRows {
  readonly #answers = new Map<string, string>();
  readonly #near: ReturnType<typeof createNearDuplicateIndex>;

  constructor(options: NearDuplicateOptions = {}) {
    this.#near = createNearDuplicateIndex(options);
  }

  /** Remembers a row that is new; tells what it is. */
  add(example: Example): Repetition {
    const [asked, answer] = [promptKey(example), answerKey(example)];
    const earlier = this.#answers.get(asked);
    if (earlier !== undefined) return earlier === answer ? 'duplicate' : 'contradiction';
    this.#answers.set(asked, answer);
    return this.#near.add(askedWords(example), answer) ? 'near-duplicate' : 'new';
  }
}
