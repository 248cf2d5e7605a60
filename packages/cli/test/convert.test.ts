import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportFormats } from '@tooltune/sdk/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tool = { name: 'tide', parameters: { port: { type: 'str', description: 'Name of a port.' } } };
const xlam = (query: string, values: object) => ({
  query,
  answers: JSON.stringify([{ name: 'tide', arguments: values }]),
  tools: JSON.stringify([tool]),
});

let cli: BundledCli;
let folder: string;
const convert = (...argv: string[]) => cli.run(['convert', ...argv], { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');
const write = (name: string, rows: object[]) =>
  writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-convert-'));
  await write('xlam.jsonl', [xlam('tide in Husum', { port: 'Husum' }), xlam('tide in Wyk', { port: 'Wyk' })]);
  await write('bad.jsonl', [xlam('tide in Husum', { port: 'Husum' }), xlam('tide', { port: 5 })]);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune convert', () => {
  it('writes rows and the toolset of the rows, which check', async () => {
    const { exitCode, stdout } = await convert('xlam.jsonl', '--out', 'rows.jsonl');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('rows.jsonl: 2 rows as tooltune, from xlam\nrows.tools.json: 1 tool\n');
    expect(stdout).toContain('tooltune check --tools rows.tools.json --data rows.jsonl');
    const checked = await cli.run(['check', '--tools', 'rows.tools.json', '--data', 'rows.jsonl'], { cwd: folder });
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringContaining('no problems')]);
  });

  it('comes back as it was, from every format', async () => {
    await convert('xlam.jsonl', '--out', 'start.jsonl');
    const start = await read('start.jsonl');
    for (const to of exportFormats.filter((format) => format !== 'tooltune')) {
      const there = await convert('xlam.jsonl', '--to', to, '--out', `${to}.jsonl`);
      expect([to, there.exitCode, there.stderr]).toEqual([to, 0, '']);
      const back = await convert(`${to}.jsonl`, '--out', 'back.jsonl', '--force');
      expect([to, back.exitCode]).toEqual([to, 0]);
      expect(await read('back.jsonl')).toBe(start);
      expect(await read('back.tools.json')).toBe(await read('start.tools.json'));
    }
  });

  it('refuses a row by line and reason and writes nothing, or counts it', async () => {
    const refused = await convert('bad.jsonl', '--out', 'some.jsonl');
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toContain(
      '1 row refused\n  bad.jsonl:2#/answers: in the JSON text, /port: must be string\n',
    );
    expect(refused.stdout).toContain('some.jsonl: not written; --skip-invalid writes the other rows');
    await expect(read('some.jsonl')).rejects.toThrow(/ENOENT/);
    const skipped = await convert('bad.jsonl', '--out', 'some.jsonl', '--skip-invalid', '--json');
    expect(skipped.exitCode).toBe(0);
    expect(JSON.parse(skipped.stdout)).toMatchObject({
      ok: true,
      rows: 2,
      lines: 1,
      refused: 1,
      formats: { xlam: 2 },
      problems: [{ file: 'bad.jsonl', line: 2, pointer: '/answers' }],
    });
    expect((await read('some.jsonl')).trim().split('\n')).toHaveLength(1);
  });

  it('takes a toolset for rows that hold none, and says when it needs one', async () => {
    await write('own.jsonl', [
      {
        messages: [{ role: 'user', content: 'tide in Wyk' }],
        calls: [{ name: 'tide', arguments: { port: 'Wyk' } }],
        tags: ['sea'],
      },
    ]);
    await writeFile(
      join(folder, 'tools.json'),
      JSON.stringify([{ name: 'tide', parameters: { type: 'object', properties: { port: { type: 'string' } } } }]),
    );
    const without = await convert('own.jsonl', '--to', 'openai', '--out', 'openai-own.jsonl');
    expect([without.exitCode, without.stdout]).toEqual([1, expect.stringContaining('so give a toolset')]);
    const { exitCode, stdout } = await convert(
      'own.jsonl',
      '--tools',
      'tools.json',
      '--to',
      'openai',
      '--out',
      'openai-own.jsonl',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('note: "expect" and "tags" of 1 row have no place in openai and are left out');
    expect(JSON.parse(await read('openai-own.jsonl')).tools).toHaveLength(1);
  });

  it('writes over nothing unless it is told to', async () => {
    await convert('xlam.jsonl', '--out', 'kept.jsonl');
    const again = await convert('xlam.jsonl', '--out', 'kept.jsonl');
    expect([again.exitCode, again.stderr]).toEqual([
      1,
      expect.stringContaining('error[convert/file-exists] kept.jsonl'),
    ]);
    expect((await convert('xlam.jsonl', '--out', 'kept.jsonl', '--force')).exitCode).toBe(0);
  });

  it('names formats where one is not known, and has help', async () => {
    const { exitCode, stderr } = await convert('xlam.jsonl', '--to', 'csv', '--out', 'x');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Allowed choices are tooltune, openai, trl')]);
    const { stdout } = await convert('--help');
    for (const part of ['--json', 'Examples', 'Exit codes']) expect(stdout).toContain(part);
  });
});
