import type { EvaluationAnswer, SideBySideRow } from '../schemas/index.js';
import { type NamedResult, rowKey } from './compare-results.js';
import { type EvaluatedRow, reasonsOf, requestOf, withoutId } from './evaluate-tool-caller.js';
import { isRight } from './evaluation-metrics.js';

/**
 * The worst rows of a candidate, with what every configuration that was asked answered. First those that another
 * configuration got right; of these, and of the others, first malformed answers, then calls that no one wanted, wrong or
 * missing tools, and the most wrong arguments.
 */
export function sideBySide(candidate: NamedResult, all: readonly NamedResult[], limit: number): SideBySideRow[] {
  const others = all
    .filter((one) => one !== candidate)
    .map(({ name, result }) => ({ name, rows: new Map(result.rows.map((row) => [rowKey(row), row])) }));
  const answersTo = (row: EvaluatedRow) =>
    others.flatMap(({ name, rows }) => {
      const other = rows.get(rowKey(row));
      return other === undefined ? [] : [{ name, row: other }];
    });
  return candidate.result.rows
    .filter((row) => !isRight(row))
    .map((row) => {
      const answers = answersTo(row);
      const isRegression = answers.some((answer) => isRight(answer.row));
      return { row, answers, badness: (isRegression ? 1e6 : 0) + badnessOf(row) };
    })
    .sort((a, b) => b.badness - a.badness)
    .slice(0, limit)
    .map(({ row, answers }): SideBySideRow => {
      const { file, line } = row.example.location;
      return {
        file,
        ...(line === undefined ? {} : { line }),
        request: requestOf(row.example),
        expected: row.expected.map(withoutId),
        answers: [...answers, { name: candidate.name, row }].map((answer) => describe(answer.name, answer.row)),
      };
    });
}

function badnessOf({ score, rules }: EvaluatedRow): number {
  const { wantedArguments, gotArguments, rightArguments } = score;
  const wrongArguments = Math.max(wantedArguments, gotArguments) - rightArguments;
  const isUnwanted = score.wantsNoCall && !score.gotNoCall;
  const brokenRules = rules.filter(({ kept }) => !kept).length;
  return (
    (score.malformed ? 4e4 : 0) + (isUnwanted ? 2e4 : 0) + (score.tools ? 0 : 1e4) + brokenRules * 100 + wrongArguments
  );
}

function describe(configuration: string, row: EvaluatedRow): EvaluationAnswer {
  const { calls, content, malformed } = row.answer;
  return {
    configuration,
    right: isRight(row),
    reasons: reasonsOf(row),
    calls: calls.map(withoutId),
    content,
    malformed,
  };
}
