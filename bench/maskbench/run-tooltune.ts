import { ConstraintError, compileSchema, type SchemaConstraint, type Vocabulary } from '@tooltune/runtime/constraint';
import type { JsonSchema } from '@tooltune/sdk';
import { Stopwatch, Times } from '../measuring/times.js';
import type { EngineResult, SchemaResult, TestVerdict } from './engine-result.js';
import type { BenchmarkRow, BenchmarkTest } from './rows.js';

interface Measures {
  stopwatch: Stopwatch;
  firstMask: Times;
  mask: Times;
  check: Times;
}

/** Runs our engine over the warm-up rows untimed, as V8 compiles what has run for a while, then over all. */
export function runTooltune(
  rows: readonly BenchmarkRow[],
  vocabulary: Vocabulary,
  options: { warmUp: readonly BenchmarkRow[]; version: string; onSchema: (done: number) => void },
): EngineResult {
  const mask = new Uint32Array((vocabulary.size + 31) >>> 5);
  const runAll = (list: readonly BenchmarkRow[], measures: Measures, onSchema?: (done: number) => void) =>
    list.map((row, index) => {
      const result = runSchema(row, vocabulary, mask, measures);
      onSchema?.(index + 1);
      return result;
    });
  const newMeasures = (): Measures => ({
    stopwatch: new Stopwatch(),
    firstMask: new Times(),
    mask: new Times(),
    check: new Times(),
  });
  runAll(options.warmUp, newMeasures());
  const measures = newMeasures();
  const schemas = runAll(rows, measures, options.onSchema);
  return {
    engine: 'tooltune',
    versions: { '@tooltune/runtime': options.version, node: process.version },
    notes: [],
    schemas,
    times: { firstMask: measures.firstMask.all(), mask: measures.mask.all(), check: measures.check.all() },
  };
}

function runSchema(row: BenchmarkRow, vocabulary: Vocabulary, mask: Uint32Array, measures: Measures): SchemaResult {
  const { name, group } = row;
  const schema = JSON.parse(row.schema) as JsonSchema;
  measures.stopwatch.start();
  let compiled: SchemaConstraint;
  try {
    compiled = compileSchema(schema, { schemaName: name, vocabulary });
    compiled.start({ vocabulary }).fillMask(mask);
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.code !== 'constraint/unsatisfiable') {
      return { name, group, compileError: explainError(error), masks: 0, tests: [] };
    }
    // A verdict on every instance: none is valid.
    const tests = row.tests.map(({ valid }) => ({ valid, accepted: false }));
    return { name, group, masks: 0, deferred: [], tests };
  }
  const firstMask = measures.stopwatch.stop();
  measures.firstMask.add(firstMask);
  const before = measures.mask.count;
  const slowest = { mask: 0 };
  const deferred = [...new Set(compiled.deferred().map(({ keyword }) => keyword))];
  const tests = row.tests.map((test) => {
    const verdict = runTest(test, compiled, vocabulary, mask, measures, slowest);
    const isContradiction = verdict.refusedByCheck && deferred.length === 0;
    return isContradiction
      ? { ...verdict, failure: 'the check refuses a value although nothing is deferred' }
      : verdict;
  });
  return { name, group, firstMask, masks: measures.mask.count - before, slowestMask: slowest.mask, deferred, tests };
}

function runTest(
  { valid, data, tokens }: BenchmarkTest,
  compiled: SchemaConstraint,
  vocabulary: Vocabulary,
  mask: Uint32Array,
  measures: Measures,
  slowest: { mask: number },
): TestVerdict {
  if (tokens === undefined) return { valid, accepted: false, skipped: true };
  const { stopwatch } = measures;
  try {
    const walk = compiled.start({ vocabulary });
    walk.fillMask(mask);
    stopwatch.start();
    for (const [index, token] of tokens.entries()) {
      if (!isAllowed(mask, token)) return { valid, accepted: false, stoppedAt: index };
      stopwatch.startAgain();
      walk.advance(token);
      walk.fillMask(mask);
      const time = stopwatch.stop();
      measures.mask.add(time);
      if (time > slowest.mask) slowest.mask = time;
    }
    const canEnd = walk.canEnd();
    if (vocabulary.endTokens.some((token) => isAllowed(mask, token) !== canEnd)) {
      return { valid, accepted: false, failure: 'canEnd() and the mask disagree' };
    }
    if (!canEnd) return { valid, accepted: false, stoppedAt: tokens.length };
    stopwatch.start();
    const isValid = compiled.check(data);
    measures.check.add(stopwatch.stop());
    return isValid ? { valid, accepted: true } : { valid, accepted: false, refusedByCheck: true };
  } catch (error) {
    return { valid, accepted: false, failure: String(error) };
  }
}

function isAllowed(mask: Uint32Array, token: number): boolean {
  return ((mask[token >>> 5]! >>> (token & 31)) & 1) === 1;
}

function explainError(error: unknown): NonNullable<SchemaResult['compileError']> {
  if (!(error instanceof ConstraintError)) return { code: 'crash', message: String(error) };
  const { code, keyword, message } = error;
  return keyword === undefined ? { code, message } : { code, keyword, message };
}
