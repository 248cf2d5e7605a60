import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDataset, validateEvaluationReport } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyExamples, tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

let cli: BundledCli;
let folder: string;
let server: Server;
const keys: (string | undefined)[] = [];
const run = (...argv: string[]) => cli.run(argv, { cwd: folder, env: { REMOTE_KEY: 'secret' } });
const evaluate = (...argv: string[]) => run('eval', 'adapter', '--data', 'rows.jsonl', '--threads', '1', ...argv);

/** Plays Abba, whatever it is asked: a double of a remote service. */
function startService(): Promise<Server> {
  const started = createServer((request, response) => {
    keys.push(request.headers.authorization);
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'play', arguments: '{"artist":"Abba"}' } };
    const usage = { prompt_tokens: 50, completion_tokens: 5, total_tokens: 55 };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of [{ choices: [{ index: 0, delta: { tool_calls: [call] } }] }, { choices: [], usage }]) {
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  });
  return new Promise((resolve) => started.listen(0, '127.0.0.1', () => resolve(started)));
}

beforeAll(async () => {
  cli = await bundleCli();
  server = await startService();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-eval-'));
  // Room for the tools and two solved requests.
  await writeTinyModel(join(folder, 'model.gguf'), { contextLength: 1024 });
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(join(folder, 'rows.jsonl'), formatDataset(tinyExamples));
  const scenarios = [
    {
      name: 'lamp',
      capability: 'switches',
      why: 'quality',
      request: 'lamp off please',
      expect: { calls: [{ name: 'lamp', arguments: { on: false } }] },
    },
    {
      name: 'never declines',
      capability: 'switches',
      why: 'safety',
      request: 'put the lamp on',
      expect: { refuse: true },
    },
  ];
  await writeFile(join(folder, 'scenarios.jsonl'), scenarios.map((one) => JSON.stringify(one)).join('\n'));
  const trained = await run(
    ...['train', '--tools', 'tools.json', '--data', 'rows.jsonl', '--base', 'model.gguf', '--out', 'adapter'],
    ...['--threads', '1', '--rank', '4', '--alpha', '8', '--batch-size', '4', '--learning-rate', '0.01'],
    ...['--epochs', '40', '--value-exchange', '0', '--no-forgetting'],
  );
  expect(trained).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune eval', () => {
  it('measures every configuration on the same rows, compares them, and writes both reports', async () => {
    const { port } = server.address() as AddressInfo;
    const result = await evaluate(
      ...['--few-shot-data', 'rows.jsonl', '--few-shot', '2', '--scenarios', 'scenarios.jsonl', '--max-tokens', '80'],
      ...['--remote-url', `http://127.0.0.1:${port}/v1`, '--remote-model', 'big', '--remote-key-env', 'REMOTE_KEY'],
      ...['--json', 'report.json', '--html', 'report.html', '--base-limit', '5'],
    );
    expect(result.exitCode, result.stderr).toBe(0);
    const report = validateEvaluationReport(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')));
    expect(report.configurations.map(({ name, metrics }) => [name, metrics.rows])).toEqual([
      ['base', 5],
      ['base + constraint', 5],
      ['base + few-shot', 5],
      ['base + few-shot + constraint', 5],
      ['remote (big)', 5],
      ['adapter', 10],
      ['adapter + constraint', 10],
    ]);
    expect(new Set(keys)).toEqual(new Set(['Bearer secret']));
    const [base, constrained, shown] = report.configurations.map(({ metrics }) => metrics);
    // Two solved requests make the prompt longer.
    expect(shown!.meanPromptTokens).toBeGreaterThan(base!.meanPromptTokens + 10);
    expect(constrained!.malformedRate.count).toBe(0);
    // Of rows 1, 3, 5, 7 and 9 it plays Abba in the first.
    expect(report.configurations[4]!.metrics).toMatchObject({
      exactCallAccuracy: { count: 1, total: 5 },
      toolAccuracy: { count: 4, total: 5 },
      meanPromptTokens: 50,
    });
    expect(report.configurations[6]!.metrics.exactCallAccuracy.rate).toBeGreaterThan(0.7);
    expect(report.comparisons!.map(({ baseline, candidate, rows }) => [baseline, candidate, rows])).toEqual(
      report.configurations.slice(0, 6).map(({ name }) => [name, 'adapter + constraint', name === 'adapter' ? 10 : 5]),
    );
    const [lamp, declines] = report.scenarios!;
    expect(lamp!.answers).toHaveLength(7);
    expect(lamp!.answers.find(({ configuration }) => configuration === 'remote (big)')).toMatchObject({ right: false });
    expect(declines!.answers.every(({ right }) => !right)).toBe(true);
    expect(result.stdout).toMatch(/\nadapter \+ constraint beside base: [+-]\d+\.\d points/);
    expect(result.stdout).toMatch(/\npassed +\d of 2/);
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    for (const text of ['<title>adapter: evaluation</title>', 'Learning curve', 'remote (big)']) {
      expect(page).toContain(text);
    }
    expect(JSON.stringify(report) + page + result.stdout + result.stderr).not.toContain('secret');
  });

  it("scores by the leaderboard's rules", async () => {
    const rows = [
      {
        messages: [{ role: 'user', content: 'play Abba' }],
        calls: [],
        expect: { possibleAnswers: [{ play: { artist: ['a.b.b.a'] } }] },
      },
    ];
    await writeFile(join(folder, 'bfcl.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const only = [
      'eval',
      'adapter',
      '--data',
      'bfcl.jsonl',
      '--only',
      'adapter+constraint',
      '--json',
      '--threads',
      '1',
    ];
    const exact = async (...argv: string[]) => {
      const { stdout } = await run(...only, ...argv);
      return validateEvaluationReport(JSON.parse(stdout)).configurations[0]!.metrics.exactCallAccuracy.count;
    };
    expect(await exact('--scoring', 'bfcl')).toBe(1);
    expect(await exact()).toBe(0);
  });

  it.each([
    [['--few-shot', '2'], 'it needs --few-shot-data'],
    [['--remote-url', 'http://127.0.0.1:1/v1'], 'it needs --remote-model'],
    [['--remote-model', 'big'], 'it needs --remote-url'],
    [['--only', 'base+few-shot'], '"base + few-shot" needs --few-shot-data'],
    [['--only', 'remote'], '"remote" needs --remote-url and --remote-model'],
    [['--refusal', '('], 'It must be a regular expression'],
    [['--remote-body', '[]'], 'It must be the JSON text of an object'],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await evaluate(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('refuses another base model than the one trained on, before it measures it', async () => {
    await writeTinyModel(join(folder, 'other.gguf'), { contextLength: 1024, seed: 2 });
    const { exitCode, stdout, stderr } = await evaluate('--base', 'other.gguf', '--only', 'base,adapter');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/error\[adapter\/mismatch\].*base model \(model\.gguf\) SHA-256/s);
    expect(stderr).not.toContain('rows');
  });

  it('names the line of a scenario that it cannot use, before it measures', async () => {
    await writeFile(join(folder, 'bad.jsonl'), '{"name":"a"}\n');
    const { exitCode, stderr } = await evaluate('--scenarios', 'bad.jsonl', '--only', 'adapter');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error[scenarios/invalid]');
    expect(stderr).toContain('bad.jsonl:1');
  });
});
