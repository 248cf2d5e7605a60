import type { RenderedExample } from '@tooltune/sdk';
import fc from 'fast-check';

/** An example that answers a prompt, all of the answer labelled. */
export function render(prompt: readonly number[], answer: readonly number[]): RenderedExample {
  return {
    tokens: Int32Array.from([...prompt, ...answer]),
    labelMask: Uint8Array.from([...prompt.map(() => 0), ...answer.map(() => 1)]),
  };
}

const tokens = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength, maxLength });

/** Examples of which many begin alike: runs of a few texts one after another, and an answer; sometimes labels between. */
export const branchingExamples: fc.Arbitrary<RenderedExample[]> = fc
  .array(tokens(1, 14), { minLength: 1, maxLength: 3 })
  .chain((texts) =>
    fc.array(
      fc
        .record({
          texts: fc.array(fc.nat(texts.length - 1), { minLength: 1, maxLength: 3 }),
          own: tokens(0, 3),
          answer: tokens(1, 5),
          labelledAt: fc.option(fc.nat(20), { freq: 8 }),
        })
        .map(({ texts: chosen, own, answer, labelledAt }) => {
          const example = render([...chosen.flatMap((at) => texts[at]!), ...own], answer);
          if (labelledAt !== null && labelledAt > 0 && labelledAt < example.tokens.length) {
            example.labelMask[labelledAt] = 1;
          }
          return example;
        }),
      { minLength: 1, maxLength: 9 },
    ),
  );
