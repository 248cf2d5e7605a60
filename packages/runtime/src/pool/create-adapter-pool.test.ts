import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseToolset } from '@tooltune/sdk';
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRandomAdapters, type RandomAdapters } from '../../test/random-adapters.js';
import type { AdapterPool, AdapterPoolOptions, PooledToolRuntime } from './adapter-pool.js';
import { createAdapterPool } from './create-adapter-pool.js';

const lights = parseToolset([
  {
    name: 'set_light',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'hall', 'attic', 'cellar'] }, level: { type: 'integer', minimum: 0 } },
      required: ['room', 'level'],
    },
  },
]);
const music = parseToolset([
  {
    name: 'play',
    parameters: { type: 'object', properties: { title: { type: 'string', maxLength: 12 } }, required: ['title'] },
  },
]);
const requests = ['light', 'a dark hall', 'play something', 'up', 'a b c', 'once more'];

let files: RandomAdapters;
let pool: AdapterPool | undefined;
beforeAll(async () => {
  files = await createRandomAdapters();
  await files.writeTools('lights', lights, 1);
  await files.writeTools('music', music, 2);
  await files.writeIntents('mood', ['calm', 'loud'], 3);
  return () => files.remove();
});
afterEach(async () => {
  await pool?.dispose();
  pool = undefined;
});

async function open(options: Partial<AdapterPoolOptions> = {}): Promise<AdapterPool> {
  const adapters = ['lights', 'music', 'mood'].map((name) => files.path(name));
  pool = await createAdapterPool({ base: files.basePath, threads: 1, contextSize: 512, adapters, ...options });
  return pool;
}

/** What a runtime calls first. */
async function ask(runtime: Pick<PooledToolRuntime, 'stream'>, content: string): Promise<unknown> {
  const calls = [];
  const messages = [{ role: 'user' as const, content }];
  for await (const event of runtime.stream({ messages, toolChoice: 'required', maxTokens: 60 })) {
    if (event.type === 'tool-call') calls.push([event.name, event.arguments]);
  }
  return calls;
}

const loaded = (of: AdapterPool) => of.list().flatMap(({ name, loaded }) => (loaded ? [name] : []));

describe('createAdapterPool', () => {
  it('keeps loaded what has room in its memory', async () => {
    const [first] = (await open()).list();
    await pool!.dispose();
    const two = await open({ maxMemory: Math.ceil(first!.memory * 2.5) });
    for (const name of ['lights', 'music']) await two.tools(name);
    expect(loaded(two)).toEqual(['lights', 'music']);
    await two.intents('mood');
    expect(loaded(two)).toEqual(['music', 'mood']);
    expect(two.list().reduce((sum, { memory, loaded }) => (loaded ? sum + memory : sum), 0)).toBeLessThan(
      first!.memory * 2.5,
    );
  });

  it('answers with each adapter, and with the bare base', async () => {
    const pool = await open();
    expect(loaded(pool)).toEqual([]);
    const [light, song] = [await pool.tools('lights'), await pool.tools('music')];
    expect([light.toolset.fingerprint, song.adapter?.folder]).toEqual([lights.fingerprint, files.path('music')]);
    expect(await ask(light, 'light')).toMatchObject([['set_light', {}]]);
    expect(await ask(song, 'light')).toMatchObject([['play', {}]]);
    const mood = await pool.intents('mood');
    expect(mood.intents).toEqual(['calm', 'loud']);
    expect((await mood.classifyBatch(['a', 'b'])).length).toBe(2);
    const bare = await pool.bare(music, { promptFormat: { tools: 'none', callFormat: 'json-in-tags', system: null } });
    expect(await ask(bare, 'light')).toMatchObject([['play', {}]]);
    expect(pool.list()).toMatchObject([
      { name: 'lights', kind: 'tools', loaded: true, active: 0, version: 1 },
      { name: 'music', kind: 'tools', loaded: true },
      { name: 'mood', kind: 'intents', loaded: true },
    ]);
  });

  it('answers many at once as one after the other, while adapters come and go', async () => {
    const pool = await open({ sequences: 2, maxLoaded: 1 });
    const runtimes = await Promise.all(['lights', 'music'].map((name) => pool.tools(name)));
    const questions = requests.flatMap((request) => runtimes.map((runtime) => ({ runtime, request })));
    const alone = [];
    for (const { runtime, request } of questions) alone.push(await ask(runtime, request));
    expect(new Set(alone.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(4);
    const together = await Promise.all(questions.map(({ runtime, request }) => ask(runtime, request)));
    expect(together).toEqual(alone);
    expect(loaded(pool).length).toBeLessThanOrEqual(1);
  });

  it('loads on demand and makes room, but not with one that is in use', async () => {
    const pool = await open({ maxLoaded: 1 });
    const light = await pool.tools('lights');
    const events = light.stream({ messages: [{ role: 'user', content: 'light' }], toolChoice: 'required' });
    await events.next();
    await pool.tools('music');
    expect(pool.list()).toMatchObject([{ loaded: true, active: 1 }, { loaded: false }, { loaded: false }]);
    await events.return();
    await pool.tools('music');
    expect(loaded(pool)).toEqual(['music']);
    expect(await ask(light, 'light')).toMatchObject([['set_light', {}]]);
    expect(loaded(pool)).toEqual(['lights']);
  });

  it('swaps a version for another while requests run', async () => {
    const folder = await files.writeTools('swapped', lights, 4);
    const pool = await open({ adapters: { swapped: folder } });
    const runtime = await pool.tools('swapped');
    const before = await Promise.all(requests.map((request) => ask(runtime, request)));
    const running = runtime.stream({ messages: [{ role: 'user', content: requests[0]! }], toolChoice: 'required' });
    const events = [(await running.next()).value];
    await files.writeTools('swapped', lights, 5);
    expect(await pool.reload('swapped')).toMatchObject({ version: 2, loaded: false });
    const after = await Promise.all(requests.map((request) => ask(runtime, request)));
    expect(after).not.toEqual(before);
    for await (const event of running) events.push(event);
    const calls = events.flatMap((event) => (event?.type === 'tool-call' ? [[event.name, event.arguments]] : []));
    expect(calls.slice(0, 1)).toEqual((before[0] as unknown[]).slice(0, 1));
    const fresh = await createAdapterPool({ base: files.basePath, threads: 1, contextSize: 512, adapters: [folder] });
    onTestFinished(() => fresh.dispose());
    const again = await fresh.tools('swapped');
    expect(await Promise.all(requests.map((request) => ask(again, request)))).toEqual(after);
  });

  it('refuses a file that was changed without a reload, and keeps the old version where a new one is broken', async () => {
    const folder = await files.writeTools('broken', lights, 6);
    const pool = await open({ adapters: { broken: folder, lights: files.path('lights') }, maxLoaded: 1 });
    const runtime = await pool.tools('broken');
    const before = await ask(runtime, 'light');
    await writeFile(join(folder, 'adapter.gguf'), 'something else');
    await expect(pool.reload('broken')).rejects.toMatchObject({ code: 'adapter/corrupt' });
    expect(await ask(runtime, 'light')).toEqual(before);
    await pool.tools('lights');
    await expect(ask(runtime, 'light')).rejects.toMatchObject({ code: 'adapter/corrupt' });
    await expect(ask(runtime, 'light')).rejects.toThrow(/reload/);
  });

  it('takes adapters in and out', async () => {
    const pool = await open({ adapters: {} });
    await expect(pool.tools('lights')).rejects.toThrow(/has none/);
    await pool.add('l', files.path('lights'));
    await expect(pool.add('l', files.path('music'))).rejects.toMatchObject({ code: 'pool/name-taken' });
    const runtime = await pool.tools('l');
    await pool.remove('l');
    await expect(ask(runtime, 'light')).rejects.toMatchObject({ code: 'pool/unknown-adapter' });
    expect(pool.list()).toEqual([]);
  });

  it('says what differs where an adapter does not fit the base', async () => {
    const others = await createRandomAdapters({ baseSeed: 2 });
    onTestFinished(() => others.remove());
    const folder = await others.writeTools('lights', lights, 1);
    const pool = await open();
    await expect(pool.add('other', folder)).rejects.toMatchObject({
      code: 'adapter/mismatch',
      differences: [{ what: 'base model (tiny) SHA-256' }],
    });
    await expect(pool.tools('mood')).rejects.toMatchObject({ code: 'adapter/other-task' });
    await expect(pool.intents('lights')).rejects.toMatchObject({ code: 'adapter/other-task' });
    await expect(open({ maxMemory: 1000 })).rejects.toThrow(
      /more than maxMemory \(1000\); lower contextSize or sequences/,
    );
    await expect(open({ maxLoaded: 0 })).rejects.toMatchObject({ code: 'runtime/bad-options' });
  });

  it('lends the model for decoding of one’s own, and keeps it meanwhile', async () => {
    const pool = await open({ maxLoaded: 1 });
    const lease = await pool.lease('lights');
    await pool.tools('music');
    const prompt = lease.renderer().renderPrompt([{ role: 'user', content: 'light' }]);
    const sequence = await lease.engine.acquireSequence(prompt);
    expect(await sequence.evaluate(prompt, { kind: 'best' })).toHaveLength(1);
    sequence.release();
    lease.release();
    await pool.tools('music');
    expect(loaded(pool)).toEqual(['music']);
  });

  it('fails what is under way when it is disposed', async () => {
    const pool = await open();
    const runtime = await pool.tools('lights');
    const running = runtime.stream({ messages: [{ role: 'user', content: 'light' }], toolChoice: 'required' });
    await running.next();
    await pool.dispose();
    await expect(
      (async () => {
        for await (const _ of running);
      })(),
    ).rejects.toMatchObject({ code: 'engine/disposed' });
    await expect(ask(runtime, 'light')).rejects.toMatchObject({ code: 'pool/disposed' });
  });
});
