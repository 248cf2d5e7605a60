import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [{ name: 'play', parameters: { type: 'object', properties: { title: { type: 'string' } } } }];
const row = (title: string) =>
  JSON.stringify({
    messages: [{ role: 'user', content: `play ${title}` }],
    calls: [{ name: 'play', arguments: { title } }],
  });

let cli: BundledCli;
let folder: string;
const check = async (...argv: string[]) => {
  const { exitCode, stdout } = await cli.run(
    ['check', '--tools', 'tools.json', '--data', 'rows.jsonl', '--base', 'smollm2-135m', '--json', ...argv],
    { cwd: folder },
  );
  const { findings, statistics } = JSON.parse(stdout) as {
    findings: { rule: string; line: number; message: string }[];
    statistics: { tokens: { smallest: number; largest: number; contextTokens: number } };
  };
  return { exitCode, tooLong: findings.filter(({ rule }) => rule === 'too-long'), tokens: statistics.tokens };
};

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-check-model-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
  await writeFile(join(folder, 'rows.jsonl'), `${row('jazz')}\n${row('jazz '.repeat(50).trim())}\n`);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune check --base', () => {
  it('counts the tokens that training would take, and refuses rows that do not fit', async () => {
    const { exitCode, tooLong, tokens } = await check();
    expect([exitCode, tooLong]).toEqual([0, []]);
    expect(tokens.contextTokens).toBe(8192);
    expect(tokens.largest).toBeGreaterThan(100);
    const limited = await check('--context-tokens', String(tokens.largest - 1));
    expect(limited.exitCode).toBe(1);
    expect(limited.tooLong).toMatchObject([
      { line: 2, message: expect.stringContaining(`${tokens.largest} tokens, at most`) },
    ]);
  });

  it('counts the tools where they stand in the prompt', async () => {
    const [without, withTools] = [await check(), await check('--prompt', 'full')];
    expect(withTools.tokens.smallest).toBeGreaterThan(without.tokens.smallest + 50);
  });
});
