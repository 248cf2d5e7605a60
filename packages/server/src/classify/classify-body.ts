import { z } from 'zod';

const maximumTexts = 1024;

/** The body of a request to `/v1/classify`. */
export const classifyBody = z.object({
  model: z.string(),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(maximumTexts)], {
    error: `must be a text, or a list of up to ${maximumTexts}`,
  }),
  /** Intents that are told of each text, the likeliest first. */
  top_k: z.number().int().min(1).nullish(),
  /** In place of the adapter's; null never to abstain for its sake. */
  threshold: z.number().min(0).max(1).nullish(),
});

export type ClassifyBody = z.infer<typeof classifyBody>;
