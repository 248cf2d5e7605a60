import {
  type CompileOptions,
  ConstraintError,
  compileSchema,
  type SchemaConstraint,
} from '@tooltune/runtime/constraint';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { byteVocabulary, judgeInstance } from '../measuring/byte-vocabulary.js';
import type { SuiteFile } from './read-suite.js';

export interface FileResult {
  name: string;
  isOptional: boolean;
  tests: number;
  right: number;
  /** Of the right: on schemas of which nothing is left to the check at the end. */
  rightWholly: number;
  /** Invalid and accepted. */
  falsePositives: number;
  /** Valid and not accepted. */
  falseNegatives: number;
  /** Tests whose schema is refused. */
  refused: number;
  /** Tests on which the engine failed. */
  failures: number;
  /** Every test that is not right. */
  wrong: { group: string; test: string; verdict: string }[];
  /** Refused schemas by code and keyword: their descriptions. */
  refusals: Record<string, string[]>;
}

/** Runs one file of the suite; formats are asserted where the suite expects it. */
export function runFile({ name, isOptional, groups }: SuiteFile, remotes: ReadonlyMap<string, JsonValue>): FileResult {
  const formats = name === 'format' ? 'annotation' : 'assert';
  const result: FileResult = {
    name,
    isOptional,
    tests: 0,
    right: 0,
    rightWholly: 0,
    falsePositives: 0,
    falseNegatives: 0,
    refused: 0,
    failures: 0,
    wrong: [],
    refusals: {},
  };
  for (const { description, schema, tests } of groups) {
    result.tests += tests.length;
    const compiled = compile(schema, { remotes, formats, vocabulary: byteVocabulary, schemaName: name });
    // That no value is valid is a verdict on every instance, not a refusal.
    const isNever = compiled === 'constraint/unsatisfiable';
    if (typeof compiled === 'string' && !isNever) {
      result.refused += tests.length;
      (result.refusals[compiled] ??= []).push(description);
      continue;
    }
    const isWhole = typeof compiled === 'string' || compiled.deferred().length === 0;
    for (const test of tests) {
      const verdict = typeof compiled === 'string' ? 'rejected' : judgeInstance(compiled, test.data, isWhole);
      if (verdict === (test.valid ? 'accepted' : 'rejected')) {
        result.right++;
        if (isWhole) result.rightWholly++;
        continue;
      }
      result.wrong.push({ group: description, test: test.description, verdict });
      if (verdict === 'accepted') result.falsePositives++;
      else if (verdict === 'rejected') result.falseNegatives++;
      else result.failures++;
    }
  }
  return result;
}

/** The constraint, or why it is refused. */
function compile(schema: JsonSchema, options: CompileOptions): SchemaConstraint | string {
  try {
    return compileSchema(schema, options);
  } catch (error) {
    if (!(error instanceof ConstraintError)) return `crash: ${error}`;
    return error.keyword === undefined ? error.code : `${error.code} ${error.keyword}`;
  }
}
