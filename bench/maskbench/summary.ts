import { type Percentiles, percentiles, Times } from '../measuring/times.js';
import {
  type EngineResult,
  isFalseAccept,
  isFalseReject,
  passes,
  type SchemaResult,
  type TestVerdict,
} from './engine-result.js';

export interface Counts {
  schemas: number;
  /** Schemas that are right on every instance. */
  passing: number;
  /** Of the passing: nothing is left to the check at the end. */
  wholly: number;
  /** Of the passing: a keyword is left to the check at the end. */
  withCheck: number;
  /** Schemas that are refused. */
  compileErrors: number;
  /** Instances that are invalid and were accepted. */
  falseAccepts: number;
  /** Instances that are valid and were not accepted. */
  falseRejects: number;
  /** Instances that the engine failed on. */
  failures: number;
}

export interface Summary {
  total: Counts;
  groups: Record<string, Counts>;
  /** Refusals by reason, the most frequent first. */
  compileErrors: { reason: string; schemas: number; example: string }[];
  /** Names of rows, as all lists of names. */
  falseAccepts: string[];
  falseRejects: string[];
  failures: string[];
  /** Schemas by keyword that is left to the check at the end. */
  deferred: Record<string, number>;
  /** Instances that the vocabulary cannot write. */
  skipped: number;
  firstMask: Percentiles | undefined;
  mask: Percentiles | undefined;
  check: Percentiles | undefined;
  slowestFirstMasks: { name: string; microseconds: number }[];
  slowestMasks: { name: string; microseconds: number }[];
}

/** Times of two engines on the schemas that both compile: what one refuses would else make the other look slow or fast. */
export interface SharedTimes {
  schemas: number;
  engines: Record<string, Record<'firstMask' | 'mask', Percentiles | undefined>>;
}

export function sharedTimes(results: readonly EngineResult[]): SharedTimes {
  const shared = results[0]!.schemas.map((_, index) =>
    results.every(({ schemas }) => schemas[index]!.compileError === undefined),
  );
  return {
    schemas: shared.filter((both) => both).length,
    engines: Object.fromEntries(
      results.map(({ engine, schemas, times }) => {
        const firstMask = schemas.flatMap((schema, index) => (shared[index] ? (schema.firstMask ?? []) : []));
        const mask = new Times();
        let start = 0;
        for (const [index, { masks }] of schemas.entries()) {
          if (shared[index]) for (const time of times.mask.subarray(start, start + masks)) mask.add(time);
          start += masks;
        }
        return [engine, { firstMask: percentiles(Float64Array.from(firstMask)), mask: percentiles(mask.all()) }];
      }),
    ),
  };
}

export function summarise({ schemas, times }: EngineResult): Summary {
  const named = (wanted: (test: TestVerdict) => boolean) =>
    schemas.filter(({ tests }) => tests.some(wanted)).map(({ name }) => name);
  const groups = [...new Set(schemas.map(({ group }) => group))].sort();
  const deferred = schemas.flatMap((schema) => schema.deferred ?? []);
  return {
    total: count(schemas),
    groups: Object.fromEntries(groups.map((name) => [name, count(schemas.filter(({ group }) => group === name))])),
    compileErrors: compileErrors(schemas),
    falseAccepts: named(isFalseAccept),
    falseRejects: named(isFalseReject),
    failures: named(({ failure }) => failure !== undefined),
    deferred: Object.fromEntries(mostFrequent(deferred)),
    skipped: schemas.flatMap(({ tests }) => tests).filter(({ skipped }) => skipped).length,
    firstMask: percentiles(times.firstMask),
    mask: percentiles(times.mask),
    check: percentiles(times.check),
    slowestFirstMasks: slowest(schemas, 'firstMask'),
    slowestMasks: slowest(schemas, 'slowestMask'),
  };
}

function count(schemas: readonly SchemaResult[]): Counts {
  const passing = schemas.filter(passes);
  const withCheck = passing.filter(({ deferred }) => deferred !== undefined && deferred.length > 0).length;
  const tests = schemas.flatMap((schema) => schema.tests);
  return {
    schemas: schemas.length,
    passing: passing.length,
    wholly: passing.length - withCheck,
    withCheck,
    compileErrors: schemas.filter(({ compileError }) => compileError !== undefined).length,
    falseAccepts: tests.filter(isFalseAccept).length,
    falseRejects: tests.filter(isFalseReject).length,
    failures: tests.filter(({ failure }) => failure !== undefined).length,
  };
}

/** Refusals of the same kind, whatever the place and the texts that their messages quote. */
function compileErrors(schemas: readonly SchemaResult[]): Summary['compileErrors'] {
  const reasons = new Map<string, string[]>();
  for (const { name, compileError } of schemas) {
    if (compileError === undefined) continue;
    const { code, keyword, message } = compileError;
    const said = message.startsWith(name) ? message.slice(message.indexOf(': ') + 2) : message;
    const general = said
      .split('\n')[0]!
      .slice(0, 200)
      .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
      .replace(/\d{3,}/g, '…');
    const reason = [code, keyword, general].filter((part) => part !== undefined).join(' | ');
    const names = reasons.get(reason);
    if (names === undefined) reasons.set(reason, [name]);
    else names.push(name);
  }
  return [...reasons]
    .map(([reason, names]) => ({ reason, schemas: names.length, example: names[0]! }))
    .sort((a, b) => b.schemas - a.schemas);
}

function mostFrequent(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function slowest(schemas: readonly SchemaResult[], time: 'firstMask' | 'slowestMask'): Summary['slowestMasks'] {
  return schemas
    .map((schema) => ({ name: schema.name, microseconds: schema[time] ?? 0 }))
    .sort((a, b) => b.microseconds - a.microseconds)
    .slice(0, 10);
}
