import { readFile } from 'node:fs/promises';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { drafts, readRemotes, readSuite } from '../suite/read-suite.js';
import type { Case } from './engine.js';

/** The tests of the official suite, draft 2020-12: the required ones, or with `optional` all. */
export async function readSuiteCases(folder: string, { optional }: { optional: boolean }): Promise<Case[]> {
  const remotes = await readRemotes(folder);
  const files = await readSuite(folder, drafts['2020-12']!);
  return files
    .filter(({ isOptional }) => optional || !isOptional)
    .flatMap(({ name, groups }) =>
      groups.map(({ description, schema, tests }) => ({
        name: `${name} | ${description}`,
        schema,
        instances: tests,
        formats: name === 'format' ? ('annotation' as const) : ('assert' as const),
        remotes,
      })),
    );
}

/** At most so many MaskBench rows, spread over the file, as rows of one source come one after the other. */
export async function readMaskbenchCases(file: string, limit: number): Promise<Case[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const count = Math.min(limit, lines.length);
  return Array.from({ length: count }, (_, index) => {
    const { name, schema, tests } = JSON.parse(lines[Math.floor((index * lines.length) / count)]!) as {
      name: string;
      schema: JsonSchema;
      tests: { description?: string; data: JsonValue; valid: boolean }[];
    };
    const instances = tests.map(({ description, ...test }, position) => ({
      description: description ?? `test ${position + 1}`,
      ...test,
    }));
    return { name, schema, instances, formats: 'assert' as const, remotes: new Map() };
  });
}
