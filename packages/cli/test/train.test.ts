import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDataset, validateEvaluationReport } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyExamples, tinyPairs, tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const settings = ['--tools', 'tools.json', '--base', 'model.gguf', '--threads', '1', '--no-forgetting'];
const small = ['--rank', '4', '--alpha', '8', '--batch-size', '4', '--learning-rate', '0.01'];

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-train-'));
  await writeTinyModel(join(folder, 'model.gguf'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(join(folder, 'rows.jsonl'), formatDataset(tinyExamples));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune train --full', () => {
  it('makes a whole model, which is measured and run without its base', async () => {
    const full = ['train', ...settings, '--full', '--data', 'rows.jsonl', '--batch-size', '4', '--out', 'whole'];
    const trained = await run(...full, '--epochs', '20', '--learning-rate', '0.003');
    expect(trained).toMatchObject({ exitCode: 0 });
    expect(await readdir(join(folder, 'whole'))).toEqual(expect.arrayContaining(['model.gguf', 'tools.json']));
    const measured = await run('eval', 'whole', '--data', 'rows.jsonl', '--only', 'adapter+constraint', '--json');
    expect(measured).toMatchObject({ exitCode: 0 });
    const report = validateEvaluationReport(JSON.parse(measured.stdout));
    // Learnt by heart: a random model would be right by chance alone.
    expect(report.configurations[0]!.metrics.exactCallAccuracy.rate).toBeGreaterThan(0.7);
    const answer = await run('run', 'whole', 'lamp off please', '--json');
    expect(answer.exitCode).toBe(0);
    expect(answer.stdout).toContain('"lamp"');
    // What its base is called is no model or file that can be found.
    await mkdir(join(folder, 'elsewhere'));
    const alone = await cli.run(['eval', '../whole', '--data', '../rows.jsonl'], { cwd: join(folder, 'elsewhere') });
    expect(alone).toMatchObject({ exitCode: 1, stdout: '' });
    expect(alone.stderr).toContain('--only adapter,adapter+constraint');
    const misused = await run('run', 'whole', 'lamp off please', '--base', 'model.gguf');
    expect(misused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(misused.stderr).toContain('this is a whole model');
  });

  it('refuses what is of adapters only', async () => {
    const refused = ['train', ...settings, '--data', 'rows.jsonl', '--out', 'refused'];
    for (const given of [['--qlora'], ['--rank', '8'], ['--start', 'whole']]) {
      const { exitCode, stderr } = await run(...refused, '--full', ...given);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`error: option '${given[0]}`);
      expect(stderr).toContain('with --full there is no adapter');
    }
    const { exitCode, stderr } = await run(...refused, '--start', 'whole', '--alpha', '8');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('it is as in the adapter that --start names');
  });
});

describe('tooltune export --to bundle', () => {
  it('makes an adapter that llama.cpp cannot load one that is measured and run', async () => {
    const rows = ['--data', 'rows.jsonl', '--epochs', '40', '--value-exchange', '0'];
    await run('train', ...settings, ...small, ...rows, '--dora', '--out', 'dora');
    const unmerged = await run('eval', 'dora', '--data', 'rows.jsonl', '--base', 'model.gguf');
    expect(unmerged.stderr).toContain('--to bundle');
    const exported = await run(
      'export',
      'dora',
      '--merge',
      '--to',
      'bundle',
      '--base',
      'model.gguf',
      '--out',
      'merged',
    );
    expect(exported).toMatchObject({ exitCode: 0 });
    const measured = await run('eval', 'merged', '--data', 'rows.jsonl', '--only', 'adapter+constraint', '--json');
    expect(measured).toMatchObject({ exitCode: 0 });
    const report = validateEvaluationReport(JSON.parse(measured.stdout));
    expect(report.configurations[0]!.metrics.exactCallAccuracy.rate).toBeGreaterThan(0.7);
  });

  it('needs a bundle to begin with', async () => {
    await run('train', ...settings, ...small, '--data', 'rows.jsonl', '--epochs', '1', '--out', 'bare');
    await rm(join(folder, 'bare', 'manifest.json'));
    const argv = ['export', 'bare', '--merge', '--to', 'bundle', '--base', 'model.gguf', '--out', 'refused'];
    const { exitCode, stderr } = await run(...argv);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error[export/no-manifest]');
  });
});

describe('tooltune train --generate', () => {
  it('learns from more rows than it was given', async () => {
    const argv = ['train', ...settings, ...small, '--data', 'rows.jsonl', '--epochs', '1', '--replay', '0', '--json'];
    const { exitCode, stdout } = await run(...argv, '--generate', '6', '--out', 'generated');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({ type: 'start', examples: tinyExamples.length + 6 });
  });
});

describe('tooltune train --preferences', () => {
  it('goes on from an adapter with pairs of answers', async () => {
    await writeFile(join(folder, 'pairs.jsonl'), formatDataset(tinyPairs));
    const checked = await run('check', '--tools', 'tools.json', '--data', 'pairs.jsonl');
    expect(checked.stdout).toContain(`${tinyPairs.length} with a worse answer, to learn a preference from`);
    const first = await run('train', ...settings, ...small, '--data', 'rows.jsonl', '--out', 'first');
    expect(first.exitCode).toBe(0);
    const second = await run(
      ...['train', '--preferences', '--start', 'first', ...settings, '--data', 'pairs.jsonl', '--out', 'second'],
      ...['--validation', 'pairs.jsonl', '--epochs', '3', '--learning-rate', '0.003'],
    );
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toMatch(/\nloss +0\.\d+ nats a pair, last epoch/);
    expect(second.stdout).toMatch(/\nvalidation +loss 0\.\d+, preferred more than before [\d.]+%/);
  });

  it('names the row that has no worse answer', async () => {
    const argv = ['train', '--preferences', ...settings, '--data', 'rows.jsonl', '--out', 'none'];
    const { exitCode, stderr } = await run(...argv);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/rows\.jsonl:1.*no "rejected" answer/s);
  });

  it.each([
    [['--preferences', '--replay', '0.1'], 'with --preferences two answers are compared'],
    [['--preferences', '--generate', '9'], 'with --preferences two answers are compared'],
    [['--beta', '0.2'], 'it belongs to --preferences'],
    [['--preferences', '--intents'], 'cannot be used with'],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await run('train', ...settings, ...argv, '--data', 'rows.jsonl', '--out', 'none');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
