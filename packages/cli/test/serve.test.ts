import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRandomAdapters, type RandomAdapters } from '../../runtime/test/random-adapters.js';
import { tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

let cli: BundledCli;
let adapters: RandomAdapters;
let folder: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  cli = await bundleCli();
  adapters = await createRandomAdapters();
  await adapters.writeTools('caller', tinyToolset, 1);
  await adapters.writeIntents('classes', ['greeting', 'farewell'], 2);
  folder = await mkdtemp(join(tmpdir(), 'tooltune-serve-'));
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(async () => {
  await cli?.remove();
  await adapters?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** Starts the command and waits until it listens. */
async function serve(...options: string[]) {
  const argv = [
    cli.program,
    'serve',
    ...options,
    '--base',
    adapters.basePath,
    '--port',
    '0',
    '--threads',
    '1',
    '--json',
  ];
  const process_ = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  child = process_;
  let notices = '';
  process_.stderr.setEncoding('utf8').on('data', (text: string) => {
    notices += text;
  });
  const events: Record<string, unknown>[] = [];
  const lines = createInterface({ input: process_.stdout });
  const listening = new Promise<Record<string, unknown>>((resolve, reject) => {
    lines.on('line', (line) => {
      events.push(JSON.parse(line) as Record<string, unknown>);
      if (events.length === 1) resolve(events[0]!);
    });
    process_.once('exit', () => reject(new Error(notices)));
  });
  const { url } = (await listening) as { url: string };
  const end = async (): Promise<number | null> => {
    process_.kill('SIGTERM');
    const [code] = (await once(process_, 'close')) as [number | null];
    return code;
  };
  return { url, events, notices: () => notices, end };
}

describe('tooltune serve', () => {
  it('answers OpenAI’s client, records it, and ends in good order', async () => {
    const caller = `home=${adapters.path('caller')}`;
    const { url, events, end } = await serve(
      caller,
      adapters.path('classes'),
      '--api-key',
      'k',
      '--records',
      'records',
    );
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 });
    expect((await client.models.list()).data.map(({ id }) => id).slice(0, 2)).toEqual(['home', 'classes']);
    const { choices } = await client.chat.completions.create({
      ...{ model: 'home', messages: [{ role: 'user', content: 'light on' }] },
      ...{ tool_choice: 'required', parallel_tool_calls: false },
    });
    expect(choices[0]!.message.tool_calls).toHaveLength(1);
    expect(await client.post('/classify', { body: { model: 'classes', input: 'bye' } })).toHaveProperty('results');
    await expect(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x' }).models.list()).rejects.toMatchObject({
      status: 401,
    });
    expect(await end()).toBe(0);
    expect(events[0]).toMatchObject({ event: 'listening', adapters: ['home', 'classes'] });
    expect(events.slice(1).map(({ route, model, status }) => [route, model, status])).toEqual([
      ['/v1/models', '', 200],
      ['/v1/chat/completions', 'home', 200],
      ['/v1/classify', 'classes', 200],
      ['/v1/models', '', 401],
    ]);
    const [file] = await readdir(join(folder, 'records'));
    expect((await readFile(join(folder, 'records', file!), 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('serves a bare base', async () => {
    const { url, end } = await serve();
    const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: { task: string }[] };
    expect(data).toMatchObject([{ task: 'base' }]);
    expect(await end()).toBe(0);
  });

  it('says what is wrong before it listens', async () => {
    const caller = adapters.path('caller');
    const run = (...argv: string[]) => cli.run(['serve', ...argv, '--base', adapters.basePath, '--threads', '1']);
    const twice = await run(caller, caller);
    expect(twice).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('two adapters would be served as caller'),
    });
    const { url, end } = await serve();
    const taken = await run('--port', new URL(url).port);
    expect(taken).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is taken; choose another with --port'),
    });
    await end();
    await writeFile(join(folder, 'manifest.json'), '{}');
    expect((await run(folder)).exitCode).toBe(1);
    expect(await cli.run(['serve'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--base') });
    for (const wrong of [
      ['--port', 'x'],
      ['--port', '70000'],
      ['--host', ''],
    ]) {
      expect(await run(...wrong)).toMatchObject({ exitCode: 2, stdout: '' });
    }
    expect(await run(caller, '--api-key', '')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('serve/bad-key'),
    });
    expect(await run(caller, '--records', join(folder, 'manifest.json'))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('EEXIST'),
    });
  });
});
