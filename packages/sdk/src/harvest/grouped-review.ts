import { findNearDuplicates, type NearDuplicateOptions } from '../checks/near-duplicates.js';
import { fold, wordsOf } from '../checks/said-text.js';
import { canonicalJson } from '../json/index.js';
import type { JsonValue } from '../toolset/index.js';
import { type ReviewRow, reviewReasons } from './review-row.js';

/** Rows to review, those that ask nearly the same and were answered alike as one. */
export class GroupedReview {
  readonly #options: NearDuplicateOptions;
  readonly #rows = new Map<string, ReviewRow>();

  constructor(options: NearDuplicateOptions) {
    this.#options = options;
  }

  add(row: ReviewRow): void {
    const key = canonicalJson([askedWords(row), groupOf(row)] as JsonValue);
    const earlier = this.#rows.get(key);
    if (earlier === undefined) this.#rows.set(key, { ...row });
    else earlier.count++;
  }

  /** By reason, the most frequent first, then in the order in which they came. */
  rows(): ReviewRow[] {
    const rows = [...this.#rows.values()].map((row) => ({ ...row }));
    const near = findNearDuplicates(rows.map(askedWords), rows.map(groupOf), this.#options);
    const dropped = new Set<number>();
    // The latest first: what is added to a row that is itself like an earlier one is handed on.
    for (const { index, earlier } of near.toReversed()) {
      rows[earlier]!.count += rows[index]!.count;
      dropped.add(index);
    }
    const order = ({ reason }: ReviewRow) => reviewReasons.indexOf(reason);
    return rows.filter((_, index) => !dropped.has(index)).sort((a, b) => order(a) - order(b) || b.count - a.count);
  }
}

/** Words of what was asked, without system messages, which many requests share. */
function askedWords(row: ReviewRow): string[] {
  if ('text' in row) return wordsOf(fold(row.text));
  return row.messages.flatMap(({ role, content }) => (role === 'system' ? [] : wordsOf(fold(content ?? ''))));
}

/** Equal for rows of one reason that were answered alike: with the same tools, intent or error. */
function groupOf(row: ReviewRow): string {
  const { reason, problem = null } = row;
  const answer =
    'text' in row
      ? [row.answered.intent ?? null, row.answered.error?.code ?? null]
      : [
          ...row.answered.calls.map(({ name }) => name),
          ...row.answered.errors.map(({ name, code }) => `${name} ${code}`),
          row.answered.error?.code ?? null,
        ];
  return canonicalJson([reason, problem, ...answer] as JsonValue);
}
