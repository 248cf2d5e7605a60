/**
 * The constraint engine beside Ajv, a validator, and XGrammar, a constraint engine: on which instances they disagree,
 * and which keyword makes them. README.md says how.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ajvEngine } from './differential/ajv-engine.js';
import { compare, type Disagreement } from './differential/compare.js';
import { countCause, groupByCause, isRight } from './differential/count-causes.js';
import type { Case, Verdict } from './differential/engine.js';
import { readMaskbenchCases, readSuiteCases } from './differential/read-cases.js';
import { tooltuneEngine } from './differential/tooltune-engine.js';
import { xgrammarEngine } from './differential/xgrammar-engine.js';

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    data: { type: 'string' },
    limit: { type: 'string', default: '600' },
    optional: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const workspace = fileURLToPath(new URL('../..', import.meta.url));
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
const shared = resolve(workspace, '../shared/data');
const examplesPerCause = 5;
/** Characters of a schema or an instance that are shown whole. */
const longestExample = 300;

const suite = values.suite === undefined ? resolve(shared, 'json-schema-test-suite') : userPath(values.suite);
const data = values.data === undefined ? resolve(shared, 'maskbench/dev.jsonl') : userPath(values.data);
const sources: Record<string, Case[]> = {
  suite: await readSuiteCases(suite, { optional: values.optional }),
  maskbench: await readMaskbenchCases(data, Number(values.limit)),
};
const ours = tooltuneEngine(await versionOf('packages/runtime'));
const xgrammar = xgrammarEngine(await versionOf('node_modules/@mlc-ai/web-xgrammar'));
const peers = [ajvEngine(await versionOf('node_modules/ajv')), xgrammar];
const versions = Object.fromEntries([ours, ...peers].map(({ name, version }) => [name, version]));
console.log(`Differential run: ${Object.entries(versions).flat().join(' ')}, node ${process.version}`);

const reports: Record<string, unknown> = {};
for (const [source, cases] of Object.entries(sources)) {
  const { disagreements, engines, schemas, instances, nobodyRight } = await runCases(source, cases);
  console.log(`\n${source}: ${schemas} schemas, ${instances} instances`);
  console.table(engines);
  const byPeer: Record<string, unknown> = {};
  for (const peer of peers) {
    const causes = groupByCause(disagreements.filter((disagreement) => disagreement.peer === peer.name));
    const counts = causes.map(([cause, list]) => countCause(cause, list));
    console.log(`${source}, tooltune and ${peer.name}: disagreements by cause`);
    console.table(Object.fromEntries(counts.map(({ cause, ...numbers }) => [cause, numbers])));
    byPeer[peer.name] = causes.map(([, list], index) => ({
      ...counts[index],
      examples: spread(list).map(example),
    }));
  }
  const isOurs = ({ peer, ours: { kind }, valid }: Disagreement) =>
    peer === 'ajv' && (kind === 'failed' || isWrong(kind, valid));
  const wrong = disagreements.filter(isOurs);
  for (const entry of wrong) console.log(`wrong: ${JSON.stringify(example(entry))}`);
  for (const [what, count] of Object.entries(nobodyRight)) {
    console.log(`neither tooltune nor Ajv says what is published: ${what} (${count} instances)`);
  }
  reports[source] = { schemas, instances, engines, disagreements: byPeer, nobodyRight };
}
await xgrammar.close();
if (values.json !== undefined) {
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ versions, node: process.version, ...reports }, null, 1)}\n`);
}

async function runCases(source: string, cases: readonly Case[]) {
  const disagreements: Disagreement[] = [];
  const nobodyRight: Record<string, number> = {};
  const counted = ['right', 'falseAccepts', 'falseRejects', 'refused', 'failed'] as const;
  const engines = Object.fromEntries(
    [ours, ...peers].map(({ name }) => [name, Object.fromEntries(counted.map((count) => [count, 0]))]),
  );
  const tally = (name: string, { kind }: Verdict, valid: boolean) => {
    const counts = engines[name]!;
    const wrong = kind === 'accepted' ? 'falseAccepts' : kind === 'rejected' ? 'falseRejects' : kind;
    counts[isRight({ kind }, valid) ? 'right' : wrong]!++;
  };
  let instances = 0;
  for (const [index, current] of cases.entries()) {
    const { schema, ...settings } = current;
    const values = current.instances.map((instance) => instance.data);
    instances += values.length;
    const our = await ours.judge(schema, values, settings);
    for (const [position, { valid }] of current.instances.entries()) tally(ours.name, our[position]!, valid);
    for (const peer of peers) {
      const theirs = await peer.judge(schema, values, settings);
      for (const [position, { valid }] of current.instances.entries()) {
        tally(peer.name, theirs[position]!, valid);
        const { kind } = our[position]!;
        const isShared = peer.name === 'ajv' && isWrong(kind, valid) && kind === theirs[position]!.kind;
        if (!isShared) continue;
        const what = `${current.name}: ${kind}`;
        nobodyRight[what] = (nobodyRight[what] ?? 0) + 1;
      }
      disagreements.push(...(await compare(current, ours, peer, { ours: our, theirs })));
    }
    if ((index + 1) % 100 === 0) console.error(`${source}: ${index + 1} of ${cases.length} schemas`);
  }
  return { disagreements, engines, schemas: cases.length, instances, nobodyRight };
}

/** Accepted or rejected, and not as is published. */
function isWrong(kind: Verdict['kind'], valid: boolean): boolean {
  return kind === (valid ? 'rejected' : 'accepted');
}

/** A few examples, of different schemas first, and of them the shortest. */
function spread(list: readonly Disagreement[]): Disagreement[] {
  const ordered = [...list].sort((a, b) => JSON.stringify(a.schema).length - JSON.stringify(b.schema).length);
  const seen = new Set<string>();
  const firsts = ordered.filter(({ case: name }) => !seen.has(name) && seen.add(name));
  return [...new Set([...firsts, ...ordered])].slice(0, examplesPerCause);
}

function example({ case: name, instance, ours: our, theirs, valid, schema, data }: Disagreement) {
  const verdicts = { published: valid ? 'valid' : 'invalid', ours: our, theirs };
  return { case: name, instance, ...verdicts, schema: shortened(schema), data: shortened(data) };
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > longestExample ? `${text.slice(0, longestExample)}…` : text;
}

async function versionOf(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(resolve(workspace, folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
