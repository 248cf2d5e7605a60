import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPromptFormat } from '@tooltune/sdk';
import {
  defaultHyperparameters,
  defaultIntentHyperparameters,
  defaultPreferenceHyperparameters,
} from '@tooltune/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../package.json';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [
  {
    name: 'set_light',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'bedroom'] }, on: { type: 'boolean' } },
      required: ['room'],
    },
  },
];
const row = (content: string, values: object) =>
  JSON.stringify({ messages: [{ role: 'user', content }], calls: [{ name: 'set_light', arguments: values }] });

const train = ['train', '--tools', 'tools.json', '--data', 'good.jsonl', '--base', 'smollm2-135m'];

let cli: BundledCli;
let folder: string;
const write = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return name;
};
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-cli-'));
  await write('tools.json', JSON.stringify(tools));
  await write(
    'good.jsonl',
    `${row('kitchen on', { room: 'kitchen', on: true })}\n${row('bed', { room: 'bedroom' })}\n`,
  );
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune', () => {
  it('tells its version and its commands', async () => {
    expect(await run('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const help = await run('--help');
    expect(help.exitCode).toBe(0);
    const names = ['models', 'check', 'train', 'eval', 'run', 'export', 'import'];
    for (const name of names) expect(help.stdout).toContain(`\n  ${name} `);
  });

  it.each([
    ['models'],
    ['models', 'pull'],
    ['models', 'path'],
    ['check'],
    ['train'],
    ['eval'],
    ['run'],
    ['export'],
    ['import'],
  ])('has help with examples and exit codes: %s %s', async (...command) => {
    const { exitCode, stdout } = await run(...command.filter((name) => name !== undefined), '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`tooltune ${command.join(' ')} `);
    expect(stdout).toContain('--json');
    expect(stdout).toContain('Example');
    expect(stdout).toContain('Exit codes');
  });

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['check'], "required option '--tools <file>'"],
    [['check', '--tools', 'tools.json', '--speed'], "unknown option '--speed'"],
    [train, "required option '--out <folder>'"],
    [['train', '--epochs', 'many'], "'--epochs <count>' argument 'many' is invalid. It must be a whole number"],
    [['train', '--prompt', 'short'], 'Allowed choices are none, names, full'],
    [[...train, '--out', 'a', '--validation', 'b', '--validation-fraction', '0.1'], 'cannot be used with option'],
    [['eval', 'adapter'], "required option '--data <file>'"],
    [['eval', 'adapter', '--data', 'x', '--only', 'tuned'], '"tuned" is none of base'],
    [['run'], "missing required argument 'adapter'"],
    [['export', 'adapter', '--out', 'x'], "required option '--merge'"],
    [['export', 'adapter', '--merge'], "required option '--out <path>'"],
    [['export', 'adapter', '--merge', '--out', 'x', '--format', 'q3'], 'Allowed choices are f32, f16, bf16, q8_0'],
    [['import', 'folder', '--tools', 'tools.json', '--base', 'x'], "required option '--out <folder>'"],
    [['run', 'adapter', 'hello', '--threads', '1000000'], 'It must be a whole number from 1 to'],
  ])('exits with 2 and a hint for wrong usage: %j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('--help');
  });

  it("tells the library's own defaults in the help of train", async () => {
    const { stdout } = await run('train', '--help');
    const defaultOf = (option: string) =>
      Number(new RegExp(`${option} <\\w+>[^(]*\\(default:\\s+([^),;]+)`).exec(stdout)?.[1]);
    const defaultWith = (kind: string, option: string) =>
      Number(new RegExp(`${option} <\\w+>[^(]*\\([^)]*;\\s+(\\S+)\\s+with\\s+${kind}`).exec(stdout)?.[1]);
    const ofPreferences = (option: string) => defaultWith('--preferences', option);
    expect({
      rank: defaultOf('--rank'),
      alpha: defaultOf('--alpha'),
      epochs: defaultOf('--epochs'),
      batchSize: defaultOf('--batch-size'),
      learningRate: defaultOf('--learning-rate'),
      warmupFraction: defaultOf('--warmup'),
      weightDecay: defaultOf('--weight-decay'),
      maxGradientNorm: defaultOf('--max-gradient-norm'),
      valueExchange: defaultOf('--value-exchange'),
      replay: defaultOf('--replay'),
      loraPlusRatio: defaultOf('--lora-plus'),
      dropout: defaultOf('--dropout'),
      labelSmoothing: defaultOf('--label-smoothing'),
      validateEvery: defaultOf('--validate-every'),
      patience: defaultOf('--patience'),
      keep: /"last", default: "(\w+)"/.exec(stdout.replaceAll(/\s+/g, ' '))?.[1],
      ...{ rsLora: false, dora: false },
    }).toEqual(defaultHyperparameters);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`(default: ${JSON.stringify(defaultPromptFormat.system)})`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `(default: ${defaultPromptFormat.tools}, or the --start adapter's)`,
    );
    const { epochs, batchSize, learningRate } = defaultPreferenceHyperparameters;
    expect({
      epochs: ofPreferences('--epochs'),
      batchSize: ofPreferences('--batch-size'),
      learningRate: ofPreferences('--learning-rate'),
    }).toEqual({ epochs, batchSize, learningRate });
    expect(defaultWith('--intents', '--learning-rate')).toBe(defaultIntentHyperparameters.learningRate);
  });

  it('tells what is wrong in one line, without a stack, and the cause with --verbose', async () => {
    const argv = [...train, '--tools', 'none.json', '--out', 'a'];
    const short = await run(...argv);
    expect(short).toMatchObject({ exitCode: 1, stdout: '' });
    expect(short.stderr).toMatch(/^error\[file\/not-found\] none\.json: .+\n$/);
    const verbose = await run(...argv, '--verbose');
    expect(verbose.stderr).toContain('caused by: Error: ENOENT');
  });

  it('takes a Hugging Face folder to train on, and names the file that it cannot use', async () => {
    await mkdir(join(folder, 'my-model'));
    await write('my-model/config.json', JSON.stringify({ architectures: ['MambaForCausalLM'] }));
    const { exitCode, stderr } = await run(...train.slice(0, -1), 'my-model', '--out', 'on-folder');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/my-model[/\\]config\.json#\/architectures: .*MambaForCausalLM.*LlamaForCausalLM/);
  });

  it('says that a folder is no adapter', async () => {
    for (const argv of [
      ['run', 'nothing-here', 'hello'],
      ['eval', 'nothing-here', '--data', 'good.jsonl'],
      ['export', 'nothing-here', '--merge', '--out', 'x'],
    ]) {
      const { exitCode, stderr } = await run(...argv);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error\[adapter\/not-a-bundle\] nothing-here: /);
    }
  });
});

describe('tooltune run', () => {
  it('refuses a request without words, given or piped in', async () => {
    for (const [argv, input] of [
      [[''], ''],
      [[' ', '\t'], ''],
      [[], ' \n'],
    ] as const) {
      const result = await cli.run(['run', 'nothing-here', ...argv], { input, cwd: folder });
      expect(result).toMatchObject({ exitCode: 1, stdout: '' });
      expect(result.stderr).toContain('error[run/no-request]');
    }
  });
});

describe('tooltune eval', () => {
  it('refuses a report that could not be written, before it measures', async () => {
    const result = await run('eval', 'nothing-here', '--data', 'good.jsonl', '--json', 'no-folder/report.json');
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/^error\[eval\/report-folder\] no-folder\/report\.json: .*make the folder no-folder/);
  });
});

describe('tooltune models', () => {
  /** Nothing pulled, and nothing that could be. */
  const env = () => ({ TOOLTUNE_CACHE: join(folder, 'cache'), TOOLTUNE_MODEL_DIR: '' });

  it('lists the base models, and which are here', async () => {
    const table = await cli.run(['models'], { env: env() });
    expect(table.exitCode).toBe(0);
    expect(table.stdout).toMatch(/^id +model +size +licence +here\n/);
    expect(table.stdout).toMatch(/\nsmollm2-135m .* 98\.4 MB +Apache-2\.0 +no\n/);
    const json = await cli.run(['models', '--json'], { env: env() });
    expect(JSON.parse(json.stdout)).toMatchObject([
      { id: 'smollm2-135m', bytes: 98_362_432, path: null },
      { id: 'gemma3-270m', bytes: 253_113_024, licence: 'LicenseRef-Gemma', path: null },
    ]);
  });

  it('says how to get a model whose path is asked for', async () => {
    const result = await cli.run(['models', 'path', 'smollm2-135m'], { env: env() });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain('tooltune models pull smollm2-135m');
  });

  it('names what is known for an unknown id', async () => {
    const { exitCode, stderr } = await cli.run(['models', 'pull', 'smollm2-135'], { env: env() });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error\[models\/unknown-model\].*smollm2-135m/);
  });
});

describe('tooltune check', () => {
  it('sums up what the files hold', async () => {
    const { exitCode, stdout, stderr } = await run('check', '--tools', 'tools.json', '--data', 'good.jsonl');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('tools.json: 1 tool');
    expect(stdout).toContain('good.jsonl: 2 rows');
    expect(stdout).toMatch(/set_light +2\n +room +2\n +on +1\n/);
    expect(stdout).toContain('no problems');
  });

  it('tells the summary as JSON', async () => {
    const { exitCode, stdout } = await run('check', '--tools', 'tools.json', '--data', 'good.jsonl', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      toolset: { tools: ['set_light'] },
      data: [{ file: 'good.jsonl', rows: 2 }],
      summary: { rows: 2, tools: { set_light: { calls: 2, arguments: { room: 2, on: 1 } } } },
      problems: [],
    });
  });

  it('exits with 1 and names file and pointer of a bad toolset', async () => {
    const bad = structuredClone(tools) as { parameters: { type: string } }[];
    bad[0]!.parameters.type = 'array';
    await write('bad-tools.json', JSON.stringify(bad));
    const { exitCode, stdout } = await run('check', '--tools', 'bad-tools.json');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[toolset/invalid] bad-tools.json#/0/parameters/type: must be "object"');
  });

  it.each([
    ['a list', (entry: object) => [entry], '/0/parameters'],
    [
      "OpenAI's wrapping",
      (entry: object) => ({ tools: [{ type: 'function', function: entry }] }),
      '/tools/0/function/parameters',
    ],
  ])('names the keyword that decoding could not enforce, before training too: %s', async (_, wrap, pointer) => {
    const place = { type: 'string', anyOf: [{ minLength: 1 }, { $ref: '#/properties/place' }] };
    const parameters = { type: 'object', properties: { day: { type: 'string', format: 'date' }, place } };
    await write('hard.json', JSON.stringify(wrap({ name: 'book', parameters })));
    const checked = await run('check', '--tools', 'hard.json', '--json');
    expect(checked.exitCode).toBe(1);
    const { problems } = JSON.parse(checked.stdout) as { problems: { code: string; pointer: string }[] };
    expect(problems.map((problem) => [problem.code, problem.pointer])).toEqual([
      ['toolset/not-enforceable', `${pointer}/properties/place/anyOf/1/$ref`],
    ]);
    await write('empty.jsonl', '');
    const trained = await run('train', '--tools', 'hard.json', '--data', 'empty.jsonl', '--base', 'x', '--out', 'a');
    expect(trained).toMatchObject({ exitCode: 1, stdout: '' });
    expect(trained.stderr).toContain(`hard.json#${pointer}/properties/place/anyOf/1/$ref: Decoding could not hold`);
    expect(trained.stderr).toContain('`$ref` leads back');
  });

  it('notes the keywords that only the end of an answer is checked for', async () => {
    const tags = { type: 'array', items: { type: 'string' }, uniqueItems: true };
    const tools = [
      { type: 'function', function: { name: 'tag', parameters: { type: 'object', properties: { tags } } } },
    ];
    await writeFile(join(folder, 'noted.json'), JSON.stringify(tools));
    const { exitCode, stdout } = await run('check', '--tools', 'noted.json');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('note: noted.json#/0/function/parameters/properties/tags/uniqueItems: `uniqueItems`');
    const checked = await run('check', '--tools', 'noted.json', '--json');
    expect(JSON.parse(checked.stdout).notes).toMatchObject([{ file: 'noted.json' }]);
  });

  it('refuses a tool that no arguments can satisfy', async () => {
    const parameters = {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 2, maximum: 1 } },
      required: ['n'],
    };
    await write('impossible.json', JSON.stringify([{ name: 'book', parameters }]));
    const { exitCode, stdout } = await run('check', '--tools', 'impossible.json');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\[toolset\/not-enforceable\] impossible\.json#\/0\/parameters: no arguments can satisfy/);
  });

  it('exits with 1 and names file, line and pointer of every bad row', async () => {
    await write('bad.jsonl', `${row('a', { room: 'attic' })}\n${row('b', { room: 'kitchen' })}\n{"messages": 1}\n{\n`);
    const { exitCode, stdout } = await run('check', '--tools', 'tools.json', '--data', 'bad.jsonl', '--json');
    expect(exitCode).toBe(1);
    const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: { line: number; pointer?: string }[] };
    expect(ok).toBe(false);
    expect(problems.map(({ line }) => line)).toEqual([1, 3, 4]);
    expect(problems[0]).toMatchObject({
      code: 'dataset/invalid',
      file: 'bad.jsonl',
      pointer: '/calls/0/arguments/room',
    });
  });

  it('keeps colours and bars away from what is no terminal', async () => {
    const { stdout, stderr } = await cli.run(['check', '--tools', 'tools.json'], { cwd: folder, env: { CI: 'true' } });
    expect(stdout + stderr).not.toContain('\u001b');
  });
});
