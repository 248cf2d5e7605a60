import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDataset, validateAdviceReport } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyIntentRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const artists = [
  'Abba',
  'Bach',
  'Cher',
  'Dylan',
  'Elgar',
  'Fugees',
  'Grieg',
  'Haydn',
  'Ives',
  'Joplin',
  'Kinks',
  'Liszt',
];
const rows = artists.flatMap((artist) => [
  { messages: [{ role: 'user', content: `play ${artist}` }], calls: [{ name: 'play', arguments: { artist } }] },
  {
    messages: [{ role: 'user', content: `${artist} wants the lamp on` }],
    calls: [{ name: 'lamp', arguments: { on: true } }],
  },
]);

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
const path = (name: string) => join(folder, name);
const advise = (...argv: string[]) =>
  run('advise', 'tools.json', 'rows.jsonl', '--base', 'model.gguf', '--threads', '1', ...argv);

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-advise-test-'));
  // Room for the tools and the rows that are shown.
  await writeTinyModel(path('model.gguf'), { contextLength: 1024 });
  await writeFile(path('tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(path('rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  await writeFile(path('intents.jsonl'), formatDataset(tinyIntentRows));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune advise', () => {
  it('measures every way on held-out rows, and writes both reports', async () => {
    const result = await advise(
      ...['--held-out', '6', '--sizes', '4,8,16', '--epochs', '2', '--examples', '2', '--minutes', '5'],
      ...['--json', 'advice.json', '--html', 'advice.html', '--keep', 'kept'],
    );
    expect(result.exitCode, result.stderr).toBe(0);
    const report = validateAdviceReport(JSON.parse(await readFile(path('advice.json'), 'utf8')));
    expect(report).toMatchObject({
      task: 'tools',
      base: 'model.gguf',
      heldOutRows: 6,
      trainingRows: 18,
      interrupted: false,
    });
    expect(report.configurations.map(({ name, right }) => [name, right.total])).toEqual([
      ['prompting', 6],
      ['few-shot', 6],
      ['retrieval', 6],
      ['fine-tuned, 4 rows', 6],
      ['fine-tuned, 8 rows', 6],
      ['fine-tuned, 16 rows', 6],
      ['fine-tuned, 16 rows + retrieval', 6],
    ]);
    const [prompting, fewShot] = report.configurations;
    expect(fewShot!.promptTokens).toBeGreaterThan(prompting!.promptTokens + 10);
    expect(report.curve!.predictions.map(({ rows: count }) => count)).toEqual([32, 64]);
    // Six rows prove nothing, and it says so.
    expect(report.advice.recommendation).toBe('unclear');
    expect(result.stdout).toMatch(/\nNot enough rows to tell: 6 held-out rows were asked of both/);
    expect(result.stdout).toContain('\nNext:\n  tooltune advise tools.json rows.jsonl --base model.gguf --held-out ');
    expect(result.stderr).toMatch(/^18 rows to learn from, 6 to measure on\n/);
    expect(await readFile(path('advice.html'), 'utf8')).toContain('What more rows would bring');
    expect((await readdir(path('kept'))).sort()).toEqual(['rows-16', 'rows-4', 'rows-8']);
    expect(await readdir(path('kept/rows-16'))).toContain('adapter.gguf');
  });

  it('measures intents', async () => {
    const { exitCode, stdout, stderr } = await run(
      ...['advise', 'intents.jsonl', '--base', 'model.gguf', '--threads', '1', '--held-out', '4', '--minutes', '5'],
      ...['--examples', '2', '--sizes', '10', '--epochs', '1', '--json'],
    );
    expect(exitCode, stderr).toBe(0);
    const report = validateAdviceReport(JSON.parse(stdout));
    expect(report.configurations.map(({ name }) => name)).toEqual([
      'prompting',
      'few-shot',
      'retrieval',
      'fine-tuned, 10 rows',
    ]);
    expect(report).toMatchObject({ task: 'intents', curve: null, traits: { classes: 4, noCallShare: 0 } });
    expect(stderr).toBe('');
  });

  it('tells what was measured when it is stopped', async () => {
    const stopping = cli.run(
      [
        ...['advise', 'tools.json', 'rows.jsonl', '--base', 'model.gguf', '--threads', '1', '--held-out', '3'],
        ...['--sizes', '4,16', '--epochs', '2000', '--json', 'stopped.json'],
      ],
      { cwd: folder, interruptAtNotice: 'training fine-tuned, 4 rows' },
    );
    const { exitCode, stdout, stderr } = await stopping;
    expect(exitCode, stderr).toBe(130);
    expect(stdout).toMatch(/^way .*\nprompting +3 /);
    expect(stdout).toContain('It was stopped before all was measured.');
    const report = validateAdviceReport(JSON.parse(await readFile(path('stopped.json'), 'utf8')));
    expect(report.interrupted).toBe(true);
    expect(report.configurations).toHaveLength(3);
  });

  it.each([
    [['advise', 'rows.jsonl'], 2, 'rows of calls need their toolset: tooltune advise tools.json data.jsonl'],
    [['advise', 'tools.json', 'intents.jsonl'], 2, 'rows of intents have no tools: tooltune advise intents.jsonl'],
    [['advise', 'tools.json', 'rows.jsonl', 'more.jsonl'], 2, 'too many files'],
    [['advise', 'tools.json', 'rows.jsonl', '--sizes', '5,500'], 2, 'there are 16 rows to learn from, not 500'],
    [['advise', 'tools.json', 'rows.jsonl', '--minutes', '0'], 2, 'It must be a number above 0.'],
    [['advise', 'tools.json', 'two.jsonl'], 1, 'error[advise/too-few-rows]'],
    [['advise', 'tools.json', 'rows.jsonl', '--html', 'none/advice.html'], 1, 'error[eval/report-folder]'],
    [['advise', 'tools.json', 'rows.jsonl', '--keep', 'full'], 1, 'error[advise/folder-not-empty]'],
  ])('says what is wrong before it measures: %j', async (argv, exitCode, message) => {
    await writeFile(
      path('two.jsonl'),
      rows
        .slice(0, 2)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    await mkdir(path('full/x'), { recursive: true });
    const result = await run(...argv, '--base', 'model.gguf');
    expect(result.stderr).toContain(message);
    expect(result).toMatchObject({ exitCode, stdout: '' });
  });
});
