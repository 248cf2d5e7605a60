import { expect, it } from 'vitest';
import { render } from '../../test/branching-examples.js';
import { defaultPassTokens } from './default-pass-tokens.js';

/** Examples whose prompts begin with the same tokens, and go on with five of their own. */
const sharing = (prefix: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const own = Array.from({ length: 5 }, (_, place) => 1000 + index * 5 + place);
    return render([...Array.from({ length: prefix }, (_, place) => place), ...own], [1, 2]);
  });

it.each([
  ['short prompts', sharing(20, 40), 16, 768],
  ['a tool block', sharing(900, 40), 16, 1540],
  ['fewer examples than a batch', sharing(900, 3), 16, 1540],
  ['a single one', sharing(900, 1), 16, 768],
  ['a tool block that few have', [...sharing(900, 4), ...sharing(0, 36)], 16, 768],
])('leaves room beside what examples share: %s', (_name, examples, batchSize, tokens) => {
  expect(defaultPassTokens(examples, batchSize)).toBe(tokens);
});
