import { wilsonRate } from '@tooltune/sdk';
import type { RowResult } from './ask-row.js';
import type { Category } from './read-categories.js';

/** One category, asked in one way. */
export interface CategoryResult {
  category: Category;
  configuration: string;
  /** Rows that were asked, of all of the category. */
  rows: number;
  of: number;
  right: ReturnType<typeof wilsonRate>;
  leaderboardRight: ReturnType<typeof wilsonRate>;
  malformed: number;
  /** Rows that could not be asked, by the error's code; they count as wrong. */
  failures: Record<string, number>;
  medianMs: number;
}

export function summarise(
  { category, configuration, of }: Pick<CategoryResult, 'category' | 'configuration' | 'of'>,
  results: readonly RowResult[],
): CategoryResult {
  const share = (test: (result: RowResult) => boolean) => wilsonRate(results.filter(test).length, results.length);
  const failures: Record<string, number> = {};
  for (const { failure } of results) {
    const code = failure?.split(':')[0];
    if (code !== undefined) failures[code] = (failures[code] ?? 0) + 1;
  }
  const times = results.filter(({ failure }) => failure === undefined).map(({ durationMs }) => durationMs);
  return {
    ...{ category, configuration, rows: results.length, of },
    right: share(({ right }) => right),
    leaderboardRight: share(({ leaderboardRight }) => leaderboardRight),
    malformed: results.filter(({ malformed }) => malformed).length,
    failures,
    medianMs: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
  };
}

/** Markdown, as it stands in the documentation. */
export function formatResults(results: readonly CategoryResult[]): string {
  const percent = ({ rate, count }: CategoryResult['right']) => `${((rate ?? 0) * 100).toFixed(1)}% (${count})`;
  const lines = results.map(
    ({ category, configuration, rows, of, right, leaderboardRight, malformed, failures, medianMs }) => {
      const failed = Object.entries(failures)
        .map(([code, count]) => `${count} ${code}`)
        .join(', ');
      return `| ${category} | ${configuration} | ${rows} of ${of} | ${percent(right)} | ${percent(leaderboardRight)} | ${malformed} | ${failed} | ${(medianMs / 1000).toFixed(1)} s |`;
    },
  );
  return [
    '| category | configuration | rows | right | by the leaderboard | malformed | not asked | time |',
    '|---|---|--:|--:|--:|--:|---|--:|',
    ...lines,
  ].join('\n');
}
