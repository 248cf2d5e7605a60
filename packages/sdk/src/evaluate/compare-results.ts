import { TooltuneError } from '../errors/index.js';
import { createRandom, type Random } from '../random/index.js';
import type { EvaluationComparison, EvaluationSlice } from '../schemas/index.js';
import type { EvaluatedRow, EvaluationResult } from './evaluate-tool-caller.js';
import { argumentRatios, isRight } from './evaluation-metrics.js';
import { differenceOf, holm, mcNemarExact, pairedRate } from './paired-tests.js';

/** A configuration's name and what it answered. */
export interface NamedResult {
  name: string;
  result: Pick<EvaluationResult, 'rows'>;
}

/** One row with both answers. */
type RowPair = readonly [baseline: EvaluatedRow, candidate: EvaluatedRow];

/**
 * A candidate beside a baseline, on the rows that both were asked: rates by McNemar's exact test, argument F1 by the
 * paired bootstrap, whose draws are always the same.
 * @throws TooltuneError `evaluate/no-common-rows`
 */
export function compareResults(baseline: NamedResult, candidate: NamedResult): EvaluationComparison {
  const pairs = commonRows(baseline.result.rows, candidate.result.rows);
  if (pairs.length === 0) {
    const message = `"${baseline.name}" and "${candidate.name}" were asked no row in common; ask both the same rows`;
    throw new TooltuneError('evaluate/no-common-rows', message);
  }
  const random = createRandom(`compare ${baseline.name} with ${candidate.name}`);
  const rate = (name: string, test: (row: EvaluatedRow) => boolean, among: readonly RowPair[] = pairs) =>
    pairedRate(
      among.map(([first, second]): [boolean, boolean] => [test(first), test(second)]),
      random.fork(name),
    );
  const wantsNoCall = ([{ score }]: RowPair) => score.wantsNoCall;
  return {
    baseline: baseline.name,
    candidate: candidate.name,
    rows: pairs.length,
    rowAccuracy: rate('row', isRight),
    exactCallAccuracy: rate('exact', ({ score }) => score.exact),
    toolAccuracy: rate('tool', ({ score }) => score.tools),
    malformedRate: rate('malformed', ({ score }) => score.malformed),
    unwantedCallRate: rate('unwanted', ({ score }) => !score.gotNoCall, pairs.filter(wantsNoCall)),
    missedCallRate: rate(
      'missed',
      ({ score }) => score.gotNoCall,
      pairs.filter((pair) => !wantsNoCall(pair)),
    ),
    argumentF1: compareArguments(pairs, random.fork('F1')),
    slices: slicesOf(pairs),
  };
}

/** Rows are the same where they stand in the same line of the same file, or, without lines, are the same example. */
export function rowKey({ example }: EvaluatedRow): unknown {
  const { file, line } = example.location;
  return line === undefined ? example : `${line}:${file}`;
}

function commonRows(baseline: readonly EvaluatedRow[], candidate: readonly EvaluatedRow[]): RowPair[] {
  const known = new Map(baseline.map((row) => [rowKey(row), row]));
  return candidate.flatMap((row) => {
    const other = known.get(rowKey(row));
    return other === undefined ? [] : [[other, row] as const];
  });
}

function compareArguments(pairs: readonly RowPair[], random: Random): EvaluationComparison['argumentF1'] {
  const f1 = (some: readonly RowPair[], side: 0 | 1) => argumentRatios(some.map((pair) => pair[side].score)).f1;
  const [baseline, candidate] = [f1(pairs, 0), f1(pairs, 1)];
  if (baseline === null || candidate === null) return null;
  const difference = (some: readonly RowPair[]) => {
    const [first, second] = [f1(some, 0), f1(some, 1)];
    return first === null || second === null ? null : second - first;
  };
  return { baseline, candidate, ...differenceOf(pairs, difference, random) };
}

/** By the tools that rows want, and by tag; a row that wants several tools counts for each. */
function slicesOf(pairs: readonly RowPair[]): EvaluationSlice[] {
  const slices = new Map<string, { kind: 'tool' | 'tag'; name: string | null; pairs: RowPair[] }>();
  const add = (kind: 'tool' | 'tag', name: string | null, pair: RowPair) => {
    const key = JSON.stringify([kind, name]);
    const slice = slices.get(key) ?? { kind, name, pairs: [] };
    slices.set(key, slice);
    slice.pairs.push(pair);
  };
  for (const pair of pairs) {
    const { expected, example } = pair[1];
    const tools = expected.length === 0 ? [null] : new Set(expected.map(({ name }) => name));
    for (const name of tools) add('tool', name, pair);
    for (const tag of new Set(example.tags)) add('tag', tag, pair);
  }
  const counted = [...slices.values()].map(({ kind, name, pairs: some }) => {
    const count = (first: boolean, second: boolean) =>
      some.filter(([a, b]) => isRight(a) === first && isRight(b) === second).length;
    const [both, baselineOnly, candidateOnly] = [count(true, true), count(true, false), count(false, true)];
    return {
      ...{ kind, name, rows: some.length, baseline: both + baselineOnly, candidate: both + candidateOnly },
      pValue: mcNemarExact(baselineOnly, candidateOnly),
    };
  });
  const adjusted = holm(counted.map(({ pValue }) => pValue));
  return counted.map((slice, index) => ({ ...slice, adjustedPValue: adjusted[index]! }));
}
