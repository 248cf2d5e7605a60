import { expect, test } from 'vitest';
import { assertionProgram } from './assertion-program.js';
import { partitionCharacters } from './character-partition.js';
import { ALL_CODE_POINTS } from './code-points.js';
import { Determiniser } from './determiniser.js';
import { parsePattern } from './regular-expression.js';

/** States of the automaton that are told apart, dead ends with them. */
function countStates(source: string): number {
  const program = assertionProgram(parsePattern(source).pattern, ALL_CODE_POINTS);
  const partition = partitionCharacters(program.sets, ALL_CODE_POINTS, true);
  return new Determiniser(program, partition).determinise().next.length;
}

test.each([
  ['^(?:(?!foo).)*$', 4],
  ['^(?:(?!.*foo).)*$', 5],
  ['\\bfoo\\b', 6],
  ['(?<=a)b', 3],
  ['^(?:a(?=b)|b(?=a))*$', 4],
])('%s has no more states than it needs: %i', (source, states) => {
  expect(countStates(source)).toBeLessThanOrEqual(states);
});
