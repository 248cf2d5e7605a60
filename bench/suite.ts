/**
 * The official JSON Schema test suite: how many tests of each keyword the constraint engine judges right, byte by byte.
 * README.md says what is measured.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sum, writeDocumentedCounts } from './suite/documented-counts.js';
import { drafts, readRemotes, readSuite } from './suite/read-suite.js';
import { type FileResult, runFile } from './suite/run-suite.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    draft: { type: 'string', default: '2020-12' },
    json: { type: 'string' },
    docs: { type: 'boolean', default: false },
  },
});
const draft = drafts[values.draft];
if (draft === undefined) throw new Error(`--draft is ${Object.keys(drafts).join(' or ')}`);

const workspace = fileURLToPath(new URL('../..', import.meta.url));
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
const data =
  values.data === undefined ? resolve(workspace, '../shared/data/json-schema-test-suite') : userPath(values.data);

const remotes = await readRemotes(data);
const results = (await readSuite(data, draft)).map((file) => runFile(file, remotes));

console.log(`JSON Schema test suite, ${draft.name}`);
for (const isOptional of [false, true]) {
  const part = results.filter((result) => result.isOptional === isOptional);
  const rows = part.map(({ name, isOptional: _, wrong: __, refusals: ___, ...counts }) => [name, counts]);
  const total = `all ${isOptional ? 'optional' : 'required'}`;
  console.table({ ...Object.fromEntries(rows), [total]: sum(part) });
}
for (const [reason, places] of refusals(results)) {
  console.log(`refused, ${reason}: ${places.length} schemas, ${places.slice(0, 4).join('; ')}`);
}
for (const { name, wrong } of results) {
  for (const { group, test, verdict } of wrong) console.log(`wrong, ${name} | ${group} | ${test}: ${verdict}`);
}

if (values.json !== undefined) {
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  const totals = {
    required: sum(results.filter(({ isOptional }) => !isOptional)),
    optional: sum(results.filter(({ isOptional }) => isOptional)),
  };
  await writeFile(
    file,
    `${JSON.stringify({ draft: draft.name, node: process.version, totals, files: results }, null, 1)}\n`,
  );
}
if (values.docs) await writeDocumentedCounts(resolve(workspace, 'docs/json-schema.md'), draft.name, results);

/** Refused schemas of all files by code and keyword, the most frequent first. */
function refusals(list: readonly FileResult[]): [string, string[]][] {
  const places = new Map<string, string[]>();
  for (const { name, refusals } of list) {
    for (const [reason, descriptions] of Object.entries(refusals)) {
      const known = places.get(reason) ?? [];
      places.set(reason, [...known, ...descriptions.map((description) => `${name} | ${description}`)]);
    }
  }
  return [...places].sort((a, b) => b[1].length - a[1].length);
}
