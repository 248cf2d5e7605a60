import type { IntentRecord, RecordedCorrection, ToolRecord } from '../schemas/index.js';
import type { RatedRequest } from './join-feedback.js';

/** Why somebody should look at a request, the most telling first. */
export const reviewReasons = [
  'thumbs-down',
  'error',
  'unusable-correction',
  'low-confidence',
  'abstained',
  'repaired',
] as const;
export type ReviewReason = (typeof reviewReasons)[number];

/** A line of review.jsonl. It has no answer that could be learnt by mistake: the right one is for the reader to add. */
export type ReviewRow = {
  reason: ReviewReason;
  /** Requests that ask the same, or nearly so, and were answered alike. */
  count: number;
  /** Of the first of them. */
  id: string;
  time: string;
  comment?: string;
  /** A correction that cannot be learnt from, and why. */
  correction?: RecordedCorrection;
  problem?: string;
} & (
  | {
      messages: ToolRecord['messages'];
      answered: ToolRecord['answer'] & Pick<ToolRecord, 'reason' | 'confidence' | 'error'>;
    }
  | { text: string; answered: Partial<NonNullable<IntentRecord['answer']>> & Pick<IntentRecord, 'error'> }
);

/** From which confidence on an answer is not looked at for being unsure. */
export interface ReviewThresholds {
  /** Of the least sure token of a call, or of an intent; from 0 to 1. Default 0.5. */
  confidence: number;
}

/** Why a request should be looked at; undefined where nothing speaks for it. */
export function reviewReason(
  { request, feedback }: RatedRequest,
  { confidence }: ReviewThresholds,
): ReviewReason | undefined {
  if (feedback.rating === 'down') return 'thumbs-down';
  if (isAbandoned(request)) return undefined;
  if (hasFailed(request)) return 'error';
  if (feedback.rating === 'up') return undefined;
  if (request.type === 'intent') {
    if (request.answer!.intent === null) return 'abstained';
    return request.answer!.probability < confidence ? 'low-confidence' : undefined;
  }
  if (request.confidence !== undefined && request.confidence.min < confidence) return 'low-confidence';
  if (request.answer.calls.length === 0) return 'abstained';
  return (request.usage?.repairs ?? 0) > 0 ? 'repaired' : undefined;
}

/** Nobody waited for the answer: it says nothing of the model. */
export function isAbandoned(request: ToolRecord | IntentRecord): boolean {
  return request.type === 'tools' && (request.reason === 'aborted' || request.reason === 'abandoned');
}

/** Whether there is no whole answer. */
export function hasFailed(request: ToolRecord | IntentRecord): boolean {
  if (request.type === 'intent') return request.answer === undefined;
  return request.reason === 'error' || request.reason === 'length' || request.answer.errors.length > 0;
}

export function reviewRow({ request, feedback }: RatedRequest, reason: ReviewReason, problem?: string): ReviewRow {
  const { id, time } = request;
  const { comment, correction } = feedback;
  const notes = {
    ...{ reason, count: 1, id, time },
    ...(comment === undefined ? {} : { comment }),
    ...(problem === undefined ? {} : { ...(correction === undefined ? {} : { correction }), problem }),
  };
  const error = request.error === undefined ? {} : { error: request.error };
  if (request.type === 'intent') return { ...notes, text: request.text, answered: { ...request.answer, ...error } };
  const { confidence } = request;
  const more = { ...(confidence === undefined ? {} : { confidence }), ...error };
  return { ...notes, messages: request.messages, answered: { ...request.answer, reason: request.reason, ...more } };
}
