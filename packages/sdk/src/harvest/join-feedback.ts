import type { FeedbackRecord, IntentRecord, RuntimeRecord, ToolRecord } from '../schemas/index.js';

/** A request, and all that was said of its answer. */
export interface RatedRequest {
  request: ToolRecord | IntentRecord;
  feedback: Omit<FeedbackRecord, 'type' | 'id' | 'time'>;
}

/**
 * Requests in the order in which they are first met, each once, with their feedback, whichever comes first in the files.
 * Of several pieces of feedback the latest counts, part by part.
 * @returns also how much feedback is on requests that are not among the records
 */
export function joinFeedback(records: readonly RuntimeRecord[]): { requests: RatedRequest[]; unmatched: number } {
  const requests = new Map<string, RatedRequest>();
  const feedback = new Map<string, FeedbackRecord[]>();
  for (const record of records) {
    if (record.type !== 'feedback') {
      if (!requests.has(record.id)) requests.set(record.id, { request: record, feedback: {} });
      continue;
    }
    const earlier = feedback.get(record.id);
    if (earlier === undefined) feedback.set(record.id, [record]);
    else earlier.push(record);
  }
  let unmatched = 0;
  for (const [id, said] of feedback) {
    const rated = requests.get(id);
    if (rated === undefined) unmatched += said.length;
    else rated.feedback = latest(said);
  }
  return { requests: [...requests.values()], unmatched };
}

function latest(said: FeedbackRecord[]): RatedRequest['feedback'] {
  const joined: RatedRequest['feedback'] = {};
  for (const { rating, correction, comment } of said.sort((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
    if (rating !== undefined) joined.rating = rating;
    if (correction !== undefined) joined.correction = correction;
    if (comment !== undefined) joined.comment = comment;
  }
  return joined;
}
