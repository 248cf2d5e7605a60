import { type RenderedExample, sha256Hex } from '@tooltune/sdk';

/** A rendered example, and how its labels are learnt. */
export interface TrainingExample extends RenderedExample {
  /**
   * Labels where only some tokens may come: by the label's position, those tokens, the label itself first. The loss is over
   * them alone; at all other labels it is over the whole vocabulary.
   */
  choices?: ReadonlyMap<number, Int32Array>;
  /** How likely each of these tokens is to be, in their order; for a graph whose choices have targets. */
  targets?: ReadonlyMap<number, Float32Array>;
}

/** Rows an example takes: every token but the last, whose successor nobody predicts. */
export function packedRows(example: TrainingExample): number {
  return example.tokens.length - 1;
}

/** Rows from the start that carry no label, and are not the last: what other examples may share. */
export function sharableRows({ tokens, labelMask }: TrainingExample): number {
  const first = labelMask.indexOf(1, 1);
  return (first < 0 ? tokens.length - 1 : first) - 1;
}

/** Number of label tokens. */
export function labelCount(example: TrainingExample): number {
  return example.labelMask.reduce((sum, value) => sum + value, 0);
}

/** SHA-256 (hex) of examples' tokens and labels, and of their targets where they have some. */
export function examplesSha256(examples: readonly TrainingExample[]): string {
  return sha256Hex(
    JSON.stringify(
      examples.map(({ tokens, labelMask, targets }) => [
        [...tokens],
        [...labelMask],
        ...(targets === undefined ? [] : [[...targets].map(([position, values]) => [position, [...values]])]),
      ]),
    ),
  );
}
