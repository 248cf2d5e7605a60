import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [
  {
    name: 'send_mail',
    description: 'Sends a mail.',
    parameters: {
      type: 'object',
      properties: { to: { type: 'string', maxLength: 40 }, text: { type: 'string' } },
      required: ['to'],
      additionalProperties: false,
    },
  },
];
const row = (content: string, values: object) =>
  JSON.stringify({ messages: [{ role: 'user', content }], calls: [{ name: 'send_mail', arguments: values }] });

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');
const write = (name: string, ...lines: string[]) => writeFile(join(folder, name), `${lines.join('\n')}\n`);
const check = (...argv: string[]) => run('check', '--tools', 'tools.json', ...argv);

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-check-'));
  await write('tools.json', JSON.stringify(tools));
  await write(
    'train.jsonl',
    row('mail bob@mail.org', { to: 'bob@mail.org' }),
    row('mail  Bob@mail.org', { to: 'Bob@mail.org' }),
    row('write to the office', { to: 'the office', text: 'Good morning' }),
  );
  await write('test.jsonl', row('mail BOB@mail.org', { to: 'BOB@mail.org' }));
  await write('same.jsonl', row('write to me', { to: 'me' }), row('write to me', { to: 'you' }));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune check of rows', () => {
  it('tells findings by severity and rule, with file, line and pointer; warnings do not fail', async () => {
    const { exitCode, stdout } = await check('--data', 'train.jsonl');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[duplicate] train.jsonl:2: asks what train.jsonl:1 asks, with the same answer\n');
    expect(stdout).toContain(
      '[ungrounded] train.jsonl:3#/messages/1/tool_calls/0/arguments/text: send_mail: text is "Good morning", which nobody said\n',
    );
    expect(stdout).toContain('[personal-data] train.jsonl:1#/messages/0/content: holds an email address');
    expect(stdout).toMatch(/\nno problems, 6 warnings\n$/);
    expect((await check('--data', 'train.jsonl', '--strict')).exitCode).toBe(1);
    const rules = 'duplicate,ungrounded,personal-data';
    expect((await check('--data', 'train.jsonl', '--strict', '--disable', rules)).exitCode).toBe(0);
  });

  it('fails where a file to test with is trained on, and where rows contradict each other', async () => {
    const leak = await check('--data', 'train.jsonl', '--data', 'test.jsonl');
    expect(leak.exitCode).toBe(1);
    expect(leak.stdout).toContain('test.jsonl: 1 row, to test with\n');
    expect(leak.stdout).toContain('[leak] test.jsonl:1: asks what train.jsonl:1 asks, which is trained on\n');
    expect((await check('--data', 'train.jsonl', '--data', 'train=test.jsonl')).exitCode).toBe(0);
    const contradiction = await check('--data', 'same.jsonl', '--json');
    expect(contradiction.exitCode).toBe(1);
    expect(JSON.parse(contradiction.stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'check/contradiction', file: 'same.jsonl', line: 2 }],
      counts: { contradiction: 1 },
    });
  });

  it('cuts long lists with a count, in JSON only when it is asked to', async () => {
    await write('many.jsonl', ...Array.from({ length: 30 }, (_, index) => row(`mail ${index}`, { to: 'nobody here' })));
    const { stdout } = await check('--data', 'many.jsonl');
    expect(stdout.match(/\[ungrounded\] many/g)).toHaveLength(10);
    expect(stdout).toContain('[ungrounded] … and 20 more\n');
    expect((await check('--data', 'many.jsonl', '--max-findings', '3')).stdout).toContain('… and 27 more');
    const findings = async (...argv: string[]) => {
      const { stdout } = await check('--data', 'many.jsonl', '--json', ...argv);
      return JSON.parse(stdout) as { findings: { rule: string }[]; counts: Record<string, number> };
    };
    const ungrounded = (all: { rule: string }[]) => all.filter(({ rule }) => rule === 'ungrounded').length;
    expect(ungrounded((await findings()).findings)).toBe(30);
    const cut = await findings('--max-findings', '3');
    expect([ungrounded(cut.findings), cut.counts.ungrounded]).toEqual([3, 30]);
  });

  it('goes on with the rows that are valid where others are not', async () => {
    await write('broken.jsonl', '{', row('mail bob@mail.org', { to: 'bob@mail.org' }));
    const { exitCode, stdout } = await check('--data', 'broken.jsonl');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[dataset/invalid] broken.jsonl:1: not JSON');
    expect(stdout).toContain('[personal-data] broken.jsonl:2#');
    await write('empty.jsonl', '');
    expect((await check('--data', 'empty.jsonl')).stdout).toContain('[dataset/empty] empty.jsonl: holds no row');
  });

  it('redacts: the same placeholder in request and arguments, and what it writes has nothing to redact', async () => {
    const { exitCode, stdout } = await check('--data', 'train.jsonl', '--redact', 'clean.jsonl');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('clean.jsonl: 3 rows, different values replaced: 1 email\n');
    const [first] = (await read('clean.jsonl')).split('\n');
    expect(first).not.toContain('bob@');
    expect(first!.match(/alex\.adler@example\.com/g)).toHaveLength(2);
    const again = JSON.parse((await check('--data', 'clean.jsonl', '--json')).stdout);
    expect([again.counts['personal-data'], again.counts.ungrounded]).toEqual([undefined, 1]);
    const there = await check('--data', 'train.jsonl', '--redact', 'clean.jsonl');
    expect([there.exitCode, there.stderr]).toEqual([1, expect.stringContaining('error[check/file-exists]')]);
    expect((await check('--data', 'train.jsonl', '--redact', 'clean.jsonl', '--force')).exitCode).toBe(0);
  });

  it('redacts several files into a folder, alike', async () => {
    await check('--data', 'train.jsonl', '--data', 'test.jsonl', '--redact', 'redacted');
    expect(await read('redacted/train.jsonl')).toContain('alex.adler@example.com');
    expect(await read('redacted/test.jsonl')).toContain('Alex.adler@example.com');
  });

  it('does not write rows that could not be read, or that a placeholder would break', async () => {
    const lost = await check('--data', 'broken.jsonl', '--redact', 'lost.jsonl');
    expect([lost.exitCode, lost.stderr]).toEqual([1, expect.stringContaining('error[check/not-redacted] lost.jsonl')]);
    const short = [
      { ...tools[0]!, parameters: { ...tools[0]!.parameters, properties: { to: { maxLength: 12, type: 'string' } } } },
    ];
    await write('short.json', JSON.stringify(short));
    await write('short.jsonl', '', row('mail bob@mail.org', { to: 'bob@mail.org' }));
    const broken = await run('check', '--tools', 'short.json', '--data', 'short.jsonl', '--redact', 'lost.jsonl');
    expect(broken.stderr).toMatch(/short\.jsonl:2#.*with a placeholder: .*12 characters/);
    await expect(read('lost.jsonl')).rejects.toThrow(/ENOENT/);
  });

  it('writes a card', async () => {
    const { stdout } = await check('--data', 'train.jsonl', '--card', 'out/card', '--title', 'Mails');
    expect(stdout).toMatch(/card[/\\]card\.md: written\n.*card[/\\]card\.html: written\n$/);
    expect(await read('out/card/card.md')).toContain('\n# Mails\n');
    expect(await read('out/card/card.html')).toContain('<title>Mails</title>');
  });

  it('notes that tokens are not counted where the base model is not here', async () => {
    const cache = join(folder, 'no-models');
    await mkdir(cache, { recursive: true });
    const argv = ['check', '--tools', 'tools.json', '--data', 'train.jsonl', '--base', 'smollm2-135m'];
    const { exitCode, stdout } = await cli.run(argv, {
      cwd: folder,
      env: { TOOLTUNE_CACHE: cache, TOOLTUNE_MODEL_DIR: '' },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('note: smollm2-135m: is not here, so tokens are not counted');
  });

  it.each([
    [['--disable', 'nonsense', '--data', 'train.jsonl'], '"nonsense" is no rule; they are contradiction,'],
    [['--redact', 'x'], "option '--redact <file>' cannot be used here: there is no --data"],
    [['--data', 'train.jsonl', '--title', 'x'], "option '--title <text>' cannot be used here: it needs --card"],
    [
      ['--data', 'train.jsonl', '--context-tokens', '5'],
      "'--context-tokens <count>' cannot be used here: it needs --base",
    ],
  ])('refuses wrong usage: %j', async (argv, message) => {
    const { exitCode, stderr } = await check(...argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
