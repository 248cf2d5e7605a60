import type { RecordedCorrection } from '@tooltune/sdk';
import { z } from 'zod';

const call = z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.json()) });

/** The body of a request to `/v1/feedback`: what somebody says of an answer. */
export const feedbackBody = z
  .object({
    /** Of the answer: `chatcmpl-…`, or that of a text's result. */
    id: z.string().min(1),
    rating: z.enum(['up', 'down']).optional(),
    correction: z
      .union([
        z.object({ calls: z.array(call), content: z.string().optional() }),
        z.object({ intent: z.string().nullable() }),
      ])
      .transform((correction) => correction as RecordedCorrection)
      .optional(),
    comment: z.string().max(10_000).optional(),
  })
  .refine(({ rating, correction, comment }) => [rating, correction, comment].some((part) => part !== undefined), {
    error: 'needs a rating, a correction or a comment',
  });
