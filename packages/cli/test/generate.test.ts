import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEvaluationReport,
  type EvaluationReport,
  evaluateScenarios,
  evaluateToolCaller,
  parseDataset,
  parseScenarios,
  parseToolset,
  reportScenarios,
  type ToolCaller,
} from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [
  {
    name: 'set_light',
    description: 'Turn the light of a room on or off.',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'office', 'garden'] }, state: { enum: ['on', 'off'] } },
      required: ['room', 'state'],
    },
  },
  {
    name: 'play_song',
    description: 'Play a song.',
    parameters: { type: 'object', properties: { song: { type: 'string' } }, required: ['song'] },
  },
];
const scenarios = [
  ['garden light', 'get some light into the garden', { name: 'set_light', arguments: { room: 'garden', state: 'on' } }],
  ['a song', 'I would love to hear Waterloo', { name: 'play_song', arguments: { song: 'Waterloo' } }],
].map(([name, request, call]) => ({ name, request, capability: 'calls', why: 'quality', expect: { calls: [call] } }));

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(['generate', ...argv], { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');
const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
const rowsOf = async (out: string) =>
  (await Promise.all(['train', 'validation', 'test'].map((part) => read(`${out}/${part}.jsonl`))))
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-generate-'));
  await write('tools.json', tools);
  await writeFile(join(folder, 'scenarios.jsonl'), scenarios.map((one) => `${JSON.stringify(one)}\n`).join(''));
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('tooltune generate --tools', () => {
  it('writes the card, and tells that a check finds nothing', async () => {
    const { exitCode, stdout } = await run('--tools', 'tools.json', '--count', '150', '--out', 'a', '--title', 'Home');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('checked: no errors, no warnings')]);
    expect(await read('a/card.md')).toMatch(/# Home\n\nWritten by tooltune generate from tools\.json, seed 1\.\n/);
    expect(await read('a/card.html')).toContain('<title>Home');
  });

  it('aims at the scenarios that failed, and tells of each', async () => {
    const report = await reportOf();
    await write('report.json', report);
    const argv = ['--tools', 'tools.json', '--count', '150', '--scenarios', 'scenarios.jsonl', '--json'];
    const both = JSON.parse((await run(...argv, '--out', 'b')).stdout);
    expect(Object.keys(both.scenarios)).toEqual(['garden light', 'a song']);
    const failed = JSON.parse((await run(...argv, '--out', 'c', '--report', 'report.json')).stdout);
    expect(failed.scenarios).toEqual({ 'a song': expect.any(Number) });
    expect(failed.scenarios['a song']).toBeGreaterThan(30);
    const said = (await rowsOf('c')).map(({ messages }) => messages[0].content.toLowerCase());
    for (const { request } of scenarios) expect(said).not.toContain((request as string).toLowerCase());
    await write('other.json', { ...report, scenarios: [] });
    const { exitCode, stderr } = await run(...argv, '--out', 'd', '--report', 'other.json');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error[generate/no-scenarios] other.json')]);
  });

  it('masks names, mixes general rows in, and says how such rows are trained on', async () => {
    const argv = ['--tools', 'tools.json', '--count', '150', '--mask', '0.2', '--replay', '0.1', '--out', 'e'];
    const { stdout } = await run(...argv);
    expect(stdout).toMatch(/24 rows to train on with invented names/);
    expect(stdout).toMatch(/replay +15\n/);
    expect(stdout).toContain('--prompt names');
    const masked = (await rowsOf('e')).filter(({ own_tools: own }) => own === true);
    expect(masked).toHaveLength(24);
    const data = ['train', 'validation', 'test'].flatMap((part) => ['--data', `e/${part}.jsonl`]);
    const checked = await cli.run(['check', '--tools', 'tools.json', ...data], { cwd: folder });
    expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringMatching(/no problems(?!.*warning)/)]);
  });

  it('refuses options that do not go together', async () => {
    for (const [argv, message] of [
      [[], "required option '--tools <file>'"],
      [['--tools', 'tools.json', '--style', 'style.json'], 'only one of'],
      [['--intents', 'i.json', '--mask', '0.1'], '--mask'],
      [['--tools', 'tools.json', '--report', 'report.json'], 'it needs --scenarios'],
      [['--tools', 'tools.json', '--teacher', 'http://localhost:1/v1'], 'it needs --teacher-model'],
      [['--tools', 'tools.json', '--budget', '1'], 'it needs --teacher'],
      [['--tools', 'tools.json', '--validation', '0.5', '--test', '0.5'], 'must leave rows to train on'],
    ] as [string[], string][]) {
      const { exitCode, stderr } = await run(...argv, '--out', 'none');
      expect([argv, exitCode, stderr]).toEqual([argv, 2, expect.stringContaining(message)]);
    }
  });
});

describe('tooltune generate --intents and --style', () => {
  it('writes texts with their intents', async () => {
    const intents = [
      { intent: 'card_arrival', texts: ['when will my card arrive', 'I am still waiting for my new card'] },
      { intent: 'lost_card', texts: ['I lost my card yesterday', 'my card was stolen'] },
    ];
    await write('intents.json', { intents });
    const { stdout } = await run('--intents', 'intents.json', '--count', '120', '--out', 'f');
    expect(stdout).toMatch(/card_arrival +51\nlost_card +51\n\(out of scope\) +18\n/);
    expect(stdout).toContain('tooltune train --intents --data f/train.jsonl');
    expect((await rowsOf('f')).filter(({ intent }) => intent === null)).toHaveLength(18);
    await write('wrong.json', { intents: [{ intent: 'x' }] });
    const { exitCode, stderr } = await run('--intents', 'wrong.json', '--out', 'none');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/wrong\.json#\/intents\/0: .*"texts" is missing/)]);
  });

  it('writes answers that cite their passages', async () => {
    const passages = [
      { title: 'Refunds', text: 'Refunds are paid within 14 days. Gift cards cannot be refunded.' },
      { title: 'Shipping', text: 'Orders are shipped on the next day. Parcels to islands take two days longer.' },
    ];
    await write('style.json', { passages, citations: { unanswerableShare: 0 } });
    const { exitCode } = await run('--style', 'style.json', '--count', '60', '--out', 'g');
    expect(exitCode).toBe(0);
    for (const { messages, expect: rule } of await rowsOf('g')) {
      expect(messages.at(-1).content).toMatch(/ \[[12]\]\.$/);
      expect(rule.citations).toHaveLength(1);
    }
  });
});

/** What `tooltune eval --scenarios --json` writes for a model that can only switch on the light of the garden. */
async function reportOf(): Promise<EvaluationReport> {
  const toolset = parseToolset(tools);
  const caller: ToolCaller = {
    call: async () => ({
      calls: [{ name: 'set_light', arguments: { room: 'garden', state: 'on' } }],
      ...{ content: '', malformed: false },
      ...{ promptTokens: 1, completionTokens: 1, timeToFirstTokenMs: 1, durationMs: 1 },
    }),
  };
  const cases = parseScenarios(scenarios.map((one) => JSON.stringify(one)).join('\n'), { toolset });
  const answers = await evaluateScenarios({ caller, scenarios: cases, configuration: 'adapter' });
  const examples = parseDataset('{"messages":[{"role":"user","content":"garden light"}],"calls":[]}');
  return createEvaluationReport({
    createdBy: 'a test',
    dataset: { file: 'held-out.jsonl', sha256: '0'.repeat(64) },
    toolset,
    results: [{ name: 'adapter', result: await evaluateToolCaller({ caller, examples }) }],
    scenarios: reportScenarios(cases, [answers]),
  });
}
