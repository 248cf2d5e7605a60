import type { RenderedExample } from '@tooltune/sdk';

/** Rows an example takes: every token but the last, whose successor nobody predicts. */
export function packedRows(example: RenderedExample): number {
  return example.tokens.length - 1;
}

/** Rows from the start that carry no label, and are not the last: what other examples may share. */
export function sharableRows({ tokens, labelMask }: RenderedExample): number {
  const first = labelMask.indexOf(1, 1);
  return (first < 0 ? tokens.length - 1 : first) - 1;
}

/** Number of label tokens. */
export function labelCount(example: RenderedExample): number {
  return example.labelMask.reduce((sum, value) => sum + value, 0);
}
