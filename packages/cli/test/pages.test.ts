import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatDataset } from '@tooltune/sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from '../../server/test/chromium.js';
import { pageProblems } from '../../server/test/page-problems.js';
import { tinyIntentRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const artists = ['Abba', 'Bach', 'Cher', 'Dylan', 'Elgar', 'Fugees', 'Grieg', 'Haydn', 'Ives', 'Joplin'];
const rows = artists.flatMap((artist) => [
  { messages: [{ role: 'user', content: `play ${artist}` }], calls: [{ name: 'play', arguments: { artist } }] },
  {
    messages: [{ role: 'user', content: `lamp on for ${artist}` }],
    calls: [{ name: 'lamp', arguments: { on: true } }],
  },
]);
const base = ['--base', 'model.gguf', '--threads', '1'];
const training = [...base, '--rank', '4', '--alpha', '8', '--batch-size', '4', '--epochs', '1'];

/** Every page that a command writes, by its file. */
const pages: Record<string, string[]> = {
  'adapter/report.html': [
    ...['train', '--tools', 'tools.json', '--data', 'rows.jsonl', '--validation', 'rows.jsonl', '--out', 'adapter'],
    '--no-forgetting',
    ...training,
  ],
  'eval.html': [
    'eval',
    'adapter',
    '--data',
    'rows.jsonl',
    '--html',
    'eval.html',
    '--base-limit',
    '4',
    '--threads',
    '1',
  ],
  'intents/report.html': [
    ...['train', '--intents', '--data', 'intents.jsonl', '--validation-fraction', '0.25', '--out', 'intents'],
    ...training,
  ],
  'data/card.html': ['generate', '--tools', 'tools.json', '--count', '60', '--seed', '1', '--out', 'data'],
  'advice.html': [
    ...['advise', 'tools.json', 'rows.jsonl', ...base, '--held-out', '4', '--sizes', '4,8,16', '--epochs', '1'],
    ...['--examples', '2', '--minutes', '5', '--html', 'advice.html'],
  ],
};

describe.skipIf(chromiumPath === undefined)('pages in Chromium', () => {
  let cli: BundledCli;
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    cli = await bundleCli();
    folder = await mkdtemp(join(tmpdir(), 'tooltune-pages-'));
    await writeTinyModel(join(folder, 'model.gguf'), { contextLength: 1024 });
    await writeFile(join(folder, 'tools.json'), JSON.stringify(tinyToolset.tools));
    await writeFile(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    await writeFile(join(folder, 'intents.jsonl'), formatDataset(tinyIntentRows));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await cli?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(pages))(
    '%s can be read on a phone and a screen, light and dark, without a network',
    async (file, argv) => {
      const { exitCode, stderr } = await cli.run(argv, { cwd: folder });
      expect(exitCode, stderr).toBe(0);
      const url = pathToFileURL(join(folder, file)).href;
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [360, 1280]) {
          const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
          const problems: string[] = [];
          page.on('console', (message) => problems.push(message.text()));
          page.on('request', (request) => {
            if (request.url() !== url && !request.url().startsWith('data:')) problems.push(`asks ${request.url()}`);
          });
          await page.goto(url);
          await page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))");
          expect(await page.locator('h1').count()).toBe(1);
          expect([...problems, ...(await pageProblems(page))], `${colorScheme}, ${width} pixels`).toEqual([]);
          if (process.env.TOOLTUNE_SCREENSHOTS !== undefined) {
            const name = `${file.replaceAll('/', '-')}-${colorScheme}-${width}.png`;
            await page.screenshot({ path: join(process.env.TOOLTUNE_SCREENSHOTS, name), fullPage: true });
          }
          await page.close();
        }
      }
    },
    180_000,
  );
});
