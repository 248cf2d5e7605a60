import { type PersonalDataKind, redactDataset } from '../checks/index.js';
import type { NearDuplicateOptions } from '../checks/near-duplicates.js';
import { collectDataset, type Example, formatDataset, isLearnable } from '../dataset/index.js';
import type { RuntimeRecord } from '../schemas/index.js';
import type { Toolset } from '../toolset/index.js';
import { GroupedReview } from './grouped-review.js';
import { joinFeedback, type RatedRequest } from './join-feedback.js';
import { KnownRows, type Repetition } from './known-rows.js';
import { redactReview } from './redact-review.js';
import { type ReviewReason, type ReviewRow, reviewReason, reviewReasons, reviewRow } from './review-row.js';
import { rightAnswer } from './right-answer.js';

export interface HarvestOptions {
  /** What corrections may call: those that it does not allow are for review. */
  toolset?: Toolset | undefined;
  /** Rows that there are already, to train on or to measure with: what repeats them is left out. */
  known?: readonly Example[] | undefined;
  /** Answers less sure than this are for review, from 0 to 1. Default 0.5. */
  confidence?: number | undefined;
  /** Whether an answer with a thumbs-up is taken for right. Default false. */
  thumbsUp?: boolean | undefined;
  /** Whether the model's answer is kept beside a correction as the worse one. Default false. */
  rejected?: boolean | undefined;
  /** Reasons for review that count. Default: all. */
  reasons?: readonly ReviewReason[] | undefined;
  nearDuplicates?: NearDuplicateOptions | undefined;
  /** Whether personal data is replaced by placeholders. Default true. */
  redact?: boolean | undefined;
}

/** What was made of the records. */
export interface Harvest {
  /** By reason, the most frequent first. */
  review: ReviewRow[];
  /** Rows to learn from. */
  additions: Example[];
  /** Requests that were looked at. */
  requests: number;
  /** Pieces of feedback on requests that are not among the records. */
  unmatchedFeedback: number;
  /** Requests with a known right answer that repeat another row, by how. */
  repetitions: Record<Exclude<Repetition, 'new'>, number>;
  /** Requests for review, and the rows that they come to. */
  reasons: Partial<Record<ReviewReason, { requests: number; rows: number }>>;
  /** Different values that were replaced. */
  replaced: Partial<Record<PersonalDataKind, number>>;
}

/**
 * Makes of recorded requests rows to learn from, where the right answer is known, and rows to review, where something
 * speaks against the answer. Requests of the same kind are told once.
 */
export function harvestRecords(records: readonly RuntimeRecord[], options: HarvestOptions = {}): Harvest {
  const { toolset, known = [], nearDuplicates = {}, reasons = reviewReasons, redact = true } = options;
  const { confidence = 0.5, thumbsUp = false, rejected = false } = options;
  const { requests, unmatched } = joinFeedback(records);
  const repetitions = { duplicate: 0, 'near-duplicate': 0, contradiction: 0 };
  const review = new GroupedReview(nearDuplicates);
  const toReview = (rated: RatedRequest, reason: ReviewReason, problem?: string) => {
    if (reasons.includes(reason)) review.add(reviewRow(rated, reason, problem));
  };

  const right: { rated: RatedRequest; example: Example }[] = [];
  for (const rated of requests) {
    const example = rightAnswer(rated, { thumbsUp, rejected });
    if (example !== undefined) right.push({ rated, example });
    else {
      const reason = reviewReason(rated, { confidence });
      if (reason !== undefined) toReview(rated, reason);
    }
  }

  const texts = right.map(({ example }) => example);
  const redacted = redact ? redactDataset(texts) : { examples: texts, replaced: {} };
  const rows = new KnownRows(nearDuplicates);
  for (const example of known) rows.add(example);
  const additions: Example[] = [];
  for (const [index, { rated }] of right.entries()) {
    const example = redacted.examples[index]!;
    const problem = problemOf(example, toolset);
    if (problem !== undefined) {
      toReview(rated, 'unusable-correction', problem);
      continue;
    }
    const repetition = rows.add(example);
    if (repetition === 'new') additions.push(example);
    else repetitions[repetition]++;
    if (repetition === 'contradiction') {
      toReview(rated, 'unusable-correction', 'another row asks the same and has another answer');
    }
  }

  const reviewed = redact ? redactReview(review.rows()) : { rows: review.rows(), replaced: {} };
  return {
    review: reviewed.rows,
    additions,
    requests: requests.length,
    unmatchedFeedback: unmatched,
    repetitions,
    reasons: countReasons(reviewed.rows),
    replaced: sumOf(redacted.replaced, reviewed.replaced),
  };
}

/** Why a row cannot be learnt from; undefined where it can. */
function problemOf(example: Example, toolset: Toolset | undefined): string | undefined {
  if (!isLearnable(example)) return 'the right answer has neither a call nor words';
  const { problems } = collectDataset(formatDataset([example]), toolset === undefined ? {} : { toolset });
  return problems[0]?.message;
}

function countReasons(rows: readonly ReviewRow[]): Harvest['reasons'] {
  const counts: Harvest['reasons'] = {};
  for (const { reason, count } of rows) {
    counts[reason] ??= { requests: 0, rows: 0 };
    counts[reason].requests += count;
    counts[reason].rows++;
  }
  return counts;
}

function sumOf(one: Harvest['replaced'], other: Harvest['replaced']): Harvest['replaced'] {
  const sum = { ...one };
  for (const [kind, count] of Object.entries(other) as [PersonalDataKind, number][])
    sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
