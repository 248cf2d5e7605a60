import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateEvaluationReport } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const example = fileURLToPath(new URL('../../../examples/home-assistant', import.meta.url));
const tools = join(example, 'tools.json');

let cli: BundledCli;
let folder: string;
let adapter: string;

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-cli-model-'));
  adapter = join(folder, 'adapter');
  const rows = (await readFile(join(example, 'train.jsonl'), 'utf8')).split('\n');
  await writeFile(join(folder, 'train.jsonl'), `${rows.slice(0, 8).join('\n')}\n`);
  await writeFile(join(folder, 'held-out.jsonl'), `${rows.slice(8, 10).join('\n')}\n`);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; [key: string]: unknown });

describe('tooltune on SmolLM2-135M', () => {
  it('trains, stops at Ctrl-C with a checkpoint, and goes on with --resume', async () => {
    const argv = ['train', '--tools', tools, '--data', 'train.jsonl', '--base', 'smollm2-135m', '--out', adapter];
    argv.push('--epochs', '3', '--batch-size', '4', '--rank', '4', '--replay', '0', '--no-forgetting', '--json');
    const stopped = await cli.run(argv, { cwd: folder, interruptAt: '"type":"step"' });
    expect(stopped).toMatchObject({ exitCode: 130 });
    expect(stopped.stderr).toContain('--resume');
    // The signal may come while the next step is under way, which is then still taken.
    const step = Number(/a checkpoint was saved after step (\d+)/.exec(stopped.stderr)?.[1]);
    expect(step).toBeGreaterThanOrEqual(1);
    expect(events(stopped.stdout).at(-1)).toEqual({ type: 'interrupted', step });

    const withoutResume = await cli.run(argv, { cwd: folder });
    expect(withoutResume.exitCode).toBe(1);
    expect(withoutResume.stderr).toContain('error[training/output-not-empty]');

    const resumed = await cli.run([...argv, '--resume'], { cwd: folder });
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    const told = events(resumed.stdout);
    expect(told[0]).toMatchObject({ type: 'start', examples: 8, steps: 6, resumedSteps: step });
    const steps = told.filter(({ type }) => type === 'step').map((event) => event.step);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6].slice(step));
    expect(told.slice(-2)).toMatchObject([
      { type: 'finish', folder: adapter },
      { type: 'report', folder: adapter },
    ]);
  });

  it('streams an answer event by event, also from stdin', async () => {
    const result = await cli.run(['run', adapter, '--json', '--max-tokens', '96'], {
      input: 'kitchen light off\n',
    });
    const told = events(result.stdout);
    const last = told.at(-1)!;
    expect(last.type).toBe('finish');
    expect(told.some(({ type }) => type === 'tool-call-error')).toBe(false);
    // Hardly trained, it may call or talk; the constraint lets it do nothing else.
    const said = told.filter(({ type }) => type === 'tool-call' || type === 'text-delta');
    expect(result.exitCode).toBe(said.length > 0 && last.reason !== 'length' ? 0 : 1);
  });

  it('finds a known base model that was named by a path when the adapter was trained', async () => {
    const path = join(adapter, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    const moved = { ...manifest, base: { ...manifest.base, id: './moved.gguf' } };
    await writeFile(path, JSON.stringify(moved));
    const result = await cli.run(['run', adapter, 'kitchen light off', '--json', '--max-tokens', '96']);
    await writeFile(path, JSON.stringify(manifest));
    expect(events(result.stdout).at(-1)).toMatchObject({ type: 'finish' });
  });

  it('writes a report of the chosen configurations and prints their table', async () => {
    const argv = ['eval', adapter, '--data', 'held-out.jsonl', '--only', 'adapter+constraint'];
    const { exitCode, stdout, stderr } = await cli.run([...argv, '--max-tokens', '96', '--json', 'report.json'], {
      cwd: folder,
    });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('adapter + constraint 100% 2/2 rows');
    expect(stdout).toMatch(/\nadapter \+ constraint +2 /);
    const report = validateEvaluationReport(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')));
    expect(report.dataset).toMatchObject({ file: 'held-out.jsonl', rows: 2 });
    expect(report.base).toBe('smollm2-135m');
    expect(report.configurations.map(({ name }) => name)).toEqual(['adapter + constraint']);
    expect(report.configurations[0]!.metrics.malformedRate.count).toBe(0);
  });
});
