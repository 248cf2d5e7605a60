import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = {
  tools: [
    {
      type: 'function',
      function: {
        name: 'search_items',
        description: 'Search items in the shop.',
        parameters: {
          type: 'object',
          properties: {
            query: { type: 'string', description: 'What is looked for.' },
            tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, description: 'Kinds of items.' },
          },
          required: ['query'],
          additionalProperties: false,
        },
      },
    },
    { type: 'function', function: { name: 'item_search', description: 'Search an item in a shop.' } },
  ],
};

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-generate-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
  const seed = {
    messages: [{ role: 'user', content: 'find green lamps' }],
    calls: [{ name: 'search_items', arguments: { query: 'green lamps' } }],
  };
  await writeFile(join(folder, 'seeds.jsonl'), `${JSON.stringify(seed)}\n`);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune lint', () => {
  it('tells findings by tool, and fails only where it is strict', async () => {
    const { exitCode, stdout } = await run('lint', 'tools.json');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^search_items\n {2}note {4}tags\/uniqueItems `uniqueItems` .* not-enforced\n/);
    expect(stdout).toMatch(/\nitem_search\n {2}warning is named much like "search_items"/);
    expect(stdout).toContain('tools.json: 2 tools, 2 warnings, 1 note\n');
    expect((await run('lint', 'tools.json', '--strict')).exitCode).toBe(1);
    const disabled = 'tool-names-similar,tool-descriptions-overlap';
    expect((await run('lint', 'tools.json', '--strict', '--disable', disabled)).exitCode).toBe(0);
  });

  it('gives pointers into the file, as JSON', async () => {
    const { stdout } = await run('lint', 'tools.json', '--json');
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; pointer: string }[] };
    expect(findings.map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual([
      'tool-names-similar /tools/1/function/name',
      'tool-descriptions-overlap /tools/1/function/description',
      'not-enforced /tools/0/function/parameters/properties/tags/uniqueItems',
    ]);
  });

  it('names its rules where one is not known', async () => {
    const { exitCode, stderr } = await run('lint', 'tools.json', '--disable', 'nonsense');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('"nonsense" is no rule; they are tool-description-missing,');
  });
});

describe('tooltune generate', () => {
  it('writes rows that check, the same for the same seed', async () => {
    const generate = (out: string, ...others: string[]) =>
      run('generate', '--tools', 'tools.json', '--seeds', 'seeds.jsonl', '--count', '200', '--out', out, ...others);
    const { exitCode, stdout } = await generate('one');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/train\.jsonl: 160 rows\n.*validation\.jsonl: 20 rows\n.*test\.jsonl: 20 rows\n/);
    expect(stdout).toMatch(/\nseed +1\n/);
    const files = ['train', 'validation', 'test'].flatMap((part) => ['--data', join('one', `${part}.jsonl`)]);
    const checked = await run('check', '--tools', 'tools.json', ...files);
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringContaining('no problems')]);
    await generate('two');
    await generate('three', '--seed', '2');
    expect(await read('two/train.jsonl')).toBe(await read('one/train.jsonl'));
    expect(await read('three/train.jsonl')).not.toBe(await read('one/train.jsonl'));
  });

  it('writes over nothing unless it is told to', async () => {
    const argv = ['generate', '--tools', 'tools.json', '--count', '20', '--out', 'kept'];
    expect((await run(...argv)).exitCode).toBe(0);
    const again = await run(...argv);
    expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('error[generate/file-exists]')]);
    expect((await run(...argv, '--force', '--json')).exitCode).toBe(0);
  });

  it('takes shares of kinds, and names them where one is not known', async () => {
    const argv = ['generate', '--tools', 'tools.json', '--count', '50', '--json', '--out'];
    const { stdout } = await run(...argv, 'shares', '--share', 'refusal=0', '--share', 'no-tool=0');
    const { kinds } = JSON.parse(stdout) as { kinds: Record<string, number> };
    expect([kinds.refusal, kinds['no-tool'], kinds.call! > 20]).toEqual([undefined, undefined, true]);
    for (const share of ['nonsense=1', 'call', 'call=-1']) {
      const { exitCode, stderr } = await run(...argv, 'bad', '--share', share);
      expect([share, exitCode, stderr]).toEqual([share, 2, expect.stringContaining('--share takes kind=number')]);
    }
  });
});
