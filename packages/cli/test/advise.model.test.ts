import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateAdviceReport } from '@tooltune/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const home = fileURLToPath(new URL('../../../examples/home-assistant/', import.meta.url));

let cli: BundledCli;
let folder: string;

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-advise-model-'));
  const lines = (await readFile(join(home, 'train.jsonl'), 'utf8')).trim().split('\n');
  await writeFile(join(folder, 'rows.jsonl'), lines.filter((_, index) => index % 6 === 0).join('\n'));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

it('advises on a real model within the time that it is given', async () => {
  const { exitCode, stderr } = await cli.run(
    [
      ...[
        'advise',
        join(home, 'tools.json'),
        'rows.jsonl',
        '--base',
        'smollm2-135m',
        '--threads',
        '1',
        '--minutes',
        '1',
      ],
      ...['--held-out', '8', '--examples', '2', '--sizes', '16,24,48', '--epochs', '1', '--json', 'advice.json'],
    ],
    { cwd: folder },
  );
  expect(exitCode, stderr).toBe(0);
  const { configurations, advice, skipped, seconds, traits } = validateAdviceReport(
    JSON.parse(await readFile(join(folder, 'advice.json'), 'utf8')),
  );
  const names = configurations.map(({ name }) => name);
  expect(names.slice(0, 4)).toEqual(['prompting', 'few-shot', 'retrieval', 'fine-tuned, 16 rows']);
  // On a slow machine larger sizes are left out, and that is told.
  for (const size of ['24', '48']) {
    expect([...names, ...skipped.map(({ name }) => name)]).toContain(`fine-tuned, ${size} rows`);
  }
  expect(configurations[3]!.promptTokens).toBeLessThan(configurations[0]!.promptTokens / 10);
  expect(traits).toMatchObject({ classes: 6, values: { unknown: 0 } });
  expect(advice.recommendation).toBe('unclear');
  expect(seconds).toBeLessThan(180);
});
