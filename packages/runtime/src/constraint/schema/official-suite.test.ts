import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { describe, expect, test } from 'vitest';
import type { Draft } from './dialect.js';
import { evaluateSchema, isValid } from './evaluate-schema.js';
import { loadSchema } from './load-schema.js';

// The JSON Schema Test Suite lies beside the checkout on development machines and in CI.
const suite = fileURLToPath(new URL('../../../../../../shared/data/json-schema-test-suite', import.meta.url));

interface Group {
  description: string;
  schema: JsonSchema;
  tests: { description: string; data: JsonValue; valid: boolean }[];
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const jsonFiles = (folder: string) =>
  existsSync(folder)
    ? (readdirSync(folder, { recursive: true }) as string[])
        .map((file) => file.replaceAll('\\', '/'))
        .filter((file) => file.endsWith('.json'))
        .sort()
    : [];

function readRemotes(): Map<string, JsonValue> {
  const remotes = new Map<string, JsonValue>();
  for (const file of jsonFiles(join(suite, 'remotes'))) {
    remotes.set(`http://localhost:1234/${file}`, readJson(join(suite, 'remotes', file)));
  }
  // Ajv carries the metaschemas.
  const metaschemas = join(createRequire(import.meta.url).resolve('ajv/package.json'), '../dist/refs');
  for (const file of jsonFiles(metaschemas)) {
    const metaschema = readJson(join(metaschemas, file));
    if (typeof metaschema.$id === 'string') remotes.set(metaschema.$id.replace(/#$/, ''), metaschema);
  }
  return remotes;
}

const remotes = existsSync(suite) ? readRemotes() : new Map<string, JsonValue>();

const LEFT_OUT = [
  // Content is an annotation (2020-12 validation, section 8.2).
  'optional/content.json',
];
/** Labels in Punycode are no valid host names here. */
const PUNYCODE = 'validation of A-label (punycode) host names';

describe.skipIf(!existsSync(suite)).each<[folder: string, draft: Draft]>([
  ['draft7', 'draft-07'],
  ['draft2020-12', '2020-12'],
])('%s', (folder, defaultDraft) => {
  const files = jsonFiles(join(suite, 'tests', folder)).filter((file) => !LEFT_OUT.includes(file));
  test.each(files)('%s', (file) => {
    const formats = file.startsWith('optional/format/') ? 'assert' : 'annotation';
    const wrong: string[] = [];
    for (const group of readJson(join(suite, 'tests', folder, file)) as Group[]) {
      if (group.description === PUNYCODE) continue;
      const { root } = loadSchema(group.schema, { defaultDraft, remotes });
      for (const { description, data, valid } of group.tests) {
        const violation = evaluateSchema(root, data, { formats });
        const both = [isValid(root, data, { formats }), violation === undefined];
        if (both.some((verdict) => verdict !== valid)) wrong.push(`${group.description}: ${description}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
