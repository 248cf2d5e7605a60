import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDataset, validateEvaluationReport, validateIntentEvaluationReport } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyIntentRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyExamples, tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const shared = ['--base', 'model.gguf', '--threads', '1', '--rank', '4', '--alpha', '8', '--batch-size', '4'];
const ofTools = ['train', '--tools', 'tools.json', '--data', 'rows.jsonl', '--no-forgetting', ...shared];

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');
const exists = (name: string) =>
  access(join(folder, name)).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-training-report-'));
  await writeTinyModel(join(folder, 'model.gguf'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(join(folder, 'rows.jsonl'), formatDataset(tinyExamples));
  await writeFile(join(folder, 'intents.jsonl'), formatDataset(tinyIntentRows));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('the report of tooltune train', () => {
  it('measures the adapter on validation rows, draws its curves, and has the types of its tools', async () => {
    const { exitCode, stdout, stderr } = await run(...ofTools, '--validation', 'rows.jsonl', '--out', 'measured');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/\nreport +measured\/report\.html\n/);
    const report = validateEvaluationReport(JSON.parse(await read('measured/report.json')));
    expect(report).toMatchObject({ dataset: { file: 'rows.jsonl', rows: tinyExamples.length }, base: 'model.gguf' });
    expect(report.configurations.map(({ name }) => name)).toEqual(['adapter + constraint']);
    const page = await read('measured/report.html');
    for (const text of ['measured, on validation rows', 'Learning curve', 'right to the letter'])
      expect(page).toContain(text);
    expect(await read('measured/types.d.ts')).toMatch(/export interface PlayArguments \{\n {2}artist: string;/);
    // The bundle is as valid as without them.
    const again = ['eval', 'measured', '--data', 'rows.jsonl', '--only', 'adapter', '--limit', '1', '--threads', '1'];
    expect(await run(...again, '--json')).toMatchObject({ exitCode: 0 });
  });

  it('draws the curves alone where there is no validation row, or llama.cpp cannot load the adapter', async () => {
    for (const [out, ...argv] of [['alone'], ['dora', '--dora', '--validation', 'rows.jsonl']]) {
      const { exitCode, stdout } = await run(...ofTools, ...argv, '--epochs', '1', '--json', '--out', out!);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({
        ...{ type: 'report', folder: out, files: ['types.d.ts', 'report.html'] },
      });
      expect(await read(`${out}/report.html`)).toContain('The adapter was not measured.');
      expect(await read(`${out}/report.html`)).toContain('Learning curve');
    }
  });

  it('measures intents on the rows that are held out', async () => {
    const argv = ['train', '--intents', '--data', 'intents.jsonl', ...shared, '--validation-fraction', '0.25'];
    expect(await run(...argv, '--out', 'intents')).toMatchObject({ exitCode: 0 });
    const report = validateIntentEvaluationReport(JSON.parse(await read('intents/report.json')));
    expect(report.dataset).toMatchObject({ file: 'intents.jsonl', rows: 4 });
    expect(JSON.parse(await read('intents/manifest.json')).training).toMatchObject({ validationRows: 4 });
    expect(await exists('intents/types.d.ts')).toBe(false);
  });

  it('is spared with --no-report', async () => {
    const { exitCode, stdout } = await run(...ofTools, '--epochs', '1', '--no-report', '--out', 'spared');
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('report');
    for (const name of ['report.html', 'report.json', 'types.d.ts']) expect(await exists(`spared/${name}`)).toBe(false);
  });

  it('is left out where it is stopped, and the adapter stays', async () => {
    const argv = [...ofTools, '--validation', 'rows.jsonl', '--epochs', '1', '--out', 'stopped'];
    const { exitCode, stderr } = await cli.run(argv, { cwd: folder, interruptAtNotice: 'validation rows 10%' });
    expect([0, 130]).toContain(exitCode);
    if (exitCode === 130) expect(stderr).toContain('the adapter is complete, its report was left out: stopped');
    expect(await exists('stopped/manifest.json')).toBe(true);
  });
});
