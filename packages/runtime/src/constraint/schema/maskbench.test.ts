import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import type { ConstraintError } from '../constraint-error.js';
import { isValid } from './evaluate-schema.js';
import { loadSchema } from './load-schema.js';

// MaskBench's real-world schemas lie beside the checkout on development machines and in CI.
const data = fileURLToPath(new URL('../../../../../../shared/data/maskbench/dev.jsonl', import.meta.url));

interface Row {
  name: string;
  schema: JsonSchema;
  tests: { valid: boolean; data: JsonValue }[];
}

test.skipIf(!existsSync(data))('verdicts on the instances of MaskBench', () => {
  const wrong: string[] = [];
  const refused: string[] = [];
  let right = 0;
  for (const line of readFileSync(data, 'utf8').trimEnd().split('\n')) {
    const { name, schema, tests } = JSON.parse(line) as Row;
    try {
      const { root } = loadSchema(schema);
      for (const { valid, data } of tests) {
        if (isValid(root, data, { formats: 'assert' }) === valid) right++;
        else wrong.push(`${name}: ${valid}`);
      }
    } catch (error) {
      refused.push(`${name}: ${(error as ConstraintError).code} at ${(error as ConstraintError).pointer}`);
    }
  }
  expect({ right, wrong, refused }).toMatchInlineSnapshot(`
    {
      "refused": [
        "JsonSchemaStore---swagger-2.0: constraint/unsupported-keyword at /definitions/schema/properties/title/$ref",
      ],
      "right": 12147,
      "wrong": [
        "Snowplow---sp_151_Normalized: false",
        "Snowplow---sp_151_Normalized: false",
        "Snowplow---sp_160_Normalized: false",
        "Snowplow---sp_160_Normalized: false",
      ],
    }
  `);
});
