import { Redactor } from '../checks/index.js';
import type { JsonValue } from '../toolset/index.js';
import type { Harvest } from './harvest-records.js';
import type { ReviewRow } from './review-row.js';

/** The rows with placeholders for personal data, in all of their texts but ids and times. */
export function redactReview(rows: readonly ReviewRow[]): { rows: ReviewRow[]; replaced: Harvest['replaced'] } {
  const redactor = new Redactor();
  return {
    rows: rows.map((row) => {
      const { id, time, reason, ...said } = row;
      redactor.startRow(textsIn(said as unknown as JsonValue));
      const { count, ...redacted } = redactor.value(said as unknown as JsonValue) as unknown as typeof said;
      return { reason, count: row.count, id, time, ...redacted } as ReviewRow;
    }),
    replaced: redactor.counts,
  };
}

function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inside of Object.values(value)) yield* textsIn(inside);
}
