import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Recorder } from '@tooltune/runtime/observe';
import type { RuntimeRecord } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, createRandomPool, intents, longTool, type RandomPool } from '../test/random-server.js';
import { createServer, listen, type RequestLogEntry } from './index.js';

let random: RandomPool;
beforeAll(async () => {
  random = await createRandomPool();
});
afterAll(() => random?.remove());

const asked = { model: 'home', messages: [{ role: 'user' as const, content: 'lamp on' }], parallel_tool_calls: false };
/** What an answer's body holds, as far as tests look at it. */
interface Body {
  id: string;
  results: {
    id: string;
    intent: string | null;
    probability: number;
    top: { intent: string | null; probability: number }[];
  }[];
  usage: { prompt_tokens: number };
  error: { code: string; type: string };
}

const bodyOf = async (response: Response) => (await response.json()) as Body;

const post = (url: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('a server', () => {
  it('lists what it serves', async () => {
    const server = await random.serve();
    const client = clientOf(server);
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['home', 'classes', random.pool.base.id]);
    expect(data[0]).toMatchObject({
      task: 'tools',
      tools: [{ function: { name: 'lamp' } }, { function: { name: 'radio' } }],
    });
    expect(data[1]).toMatchObject({ task: 'intents', intents });
    expect(await client.models.retrieve('classes')).toMatchObject({ id: 'classes', object: 'model' });
    await expect(client.models.retrieve('none')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    expect((await fetch(`${server.url}/v1/none`)).status).toBe(404);
  });

  it('serves an adapter that is called like the base in its place, as long as it is there', async () => {
    const { pool } = random;
    const client = clientOf(await random.serve());
    const answer = async (more: object) => {
      const { choices } = await client.chat.completions.create({
        ...asked,
        model: pool.base.id,
        max_tokens: 60,
        ...more,
      });
      return choices[0]!.message;
    };
    const bare = await answer({});
    await pool.add(pool.base.id, pool.list()[0]!.folder);
    expect((await answer({ tool_choice: 'required' })).tool_calls).toHaveLength(1);
    await pool.remove(pool.base.id);
    expect(await answer({})).toEqual(bare);
  });

  it('names intents, of one text and of many', async () => {
    const { url } = await random.serve();
    const texts = ['hello there', 'thank you', 'bye'];
    const { results, usage } = await bodyOf(
      await post(url, '/v1/classify', { model: 'classes', input: texts, top_k: 3 }),
    );
    expect(results).toHaveLength(3);
    expect(usage.prompt_tokens).toBeGreaterThan(3);
    for (const [index, { intent, probability, top }] of results.entries()) {
      expect(intents).toContain(intent);
      expect(top.map(({ intent: label }) => label).sort()).toEqual([...intents].sort());
      expect(top[0]).toEqual({ intent, probability });
      const alone = await bodyOf(await post(url, '/v1/classify', { model: 'classes', input: texts[index], top_k: 1 }));
      expect(alone.results).toEqual([{ intent, probability, top: [{ intent, probability }] }]);
    }
    const strict = await post(url, '/v1/classify', { model: 'classes', input: 'bye', threshold: 1 });
    expect((await bodyOf(strict)).results[0]!.intent).toBeNull();
    for (const body of [{ model: 'home', input: 'x' }, { model: 'classes' }, { model: 'classes', input: [] }]) {
      expect((await post(url, '/v1/classify', body)).status).toBe(400);
    }
  });

  it('lets nobody in without a key where it has keys, but for its health', async () => {
    const { url, ...server } = await random.serve({ apiKeys: ['first-key', 'second-key'] });
    for (const key of ['first-key', 'second-key']) {
      const { choices } = await clientOf({ url, ...server }, key).chat.completions.create({ ...asked, max_tokens: 60 });
      expect(choices).toHaveLength(1);
    }
    const refused = clientOf({ url, ...server }, 'third-key').chat.completions.create(asked);
    await expect(refused).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    const paths = ['/v1/models', '/metrics', '/v1/chat/completions', '/v1/nothing'];
    expect(await Promise.all(paths.map(async (path) => (await fetch(url + path)).status))).toEqual([
      401, 401, 401, 401,
    ]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('answers a page under no name but its own, where it needs no key', async () => {
    const statusFor = async (host: string, { port }: { port: number }) => {
      const request = get({ port, host: '127.0.0.1', path: '/v1/models', headers: { host } });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    const open = await random.serve();
    expect(await statusFor('127.0.0.1', open)).toBe(200);
    expect(await statusFor(`localhost:${open.port}`, open)).toBe(200);
    expect(await statusFor(`rebound.example:${open.port}`, open)).toBe(403);
    // Who knows the key may come from where he likes.
    expect(await statusFor('rebound.example', await random.serve({ apiKeys: ['a'] }))).toBe(401);
    const allowing = await listen(createServer({ pool: random.pool }), { port: 0, allowedHosts: ['bot.example'] });
    expect(await statusFor('bot.example', allowing)).toBe(200);
    await allowing.close();
  });

  it('refuses what is too big, no JSON, or sent as something else', async () => {
    const { url } = await random.serve({ maxBodyBytes: 300 });
    expect((await post(url, '/v1/chat/completions', { ...asked, user: 'x'.repeat(300) })).status).toBe(413);
    expect((await post(url, '/v1/chat/completions', '{"model":')).status).toBe(400);
    expect((await post(url, '/v1/chat/completions', asked, { 'content-type': 'text/plain' })).status).toBe(415);
    const { error } = await bodyOf(await post(url, '/v1/chat/completions', '[]'));
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request' });
  });

  it('counts the requests of each client, and tells when to try again', async () => {
    const { url } = await random.serve({ requestsPerMinute: 2, apiKeys: ['a', 'b'] });
    const ask = (key: string) =>
      post(url, '/v1/classify', { model: 'classes', input: 'bye' }, { authorization: `Bearer ${key}` });
    const first = await ask('a');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect((await ask('a')).status).toBe(200);
    const refused = await ask('a');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } });
    expect((await ask('b')).status).toBe(200);
  });

  it('lets so many requests wait and no more', async () => {
    const { url } = await random.serve({ maxRequests: 2 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(url, '/v1/chat/completions', asked)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const full = answers.find(({ status }) => status === 429)!;
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await full.json()).toMatchObject({ error: { code: 'queue_full' } });
    expect((await post(url, '/v1/chat/completions', asked)).status).toBe(200);
  });

  it('counts what it serves', async () => {
    const log: RequestLogEntry[] = [];
    const server = await random.serve({ onRequest: (entry) => log.push(entry) });
    const client = clientOf(server);
    await client.chat.completions.create(asked);
    for await (const _ of await client.chat.completions.create({ ...asked, stream: true }));
    await post(server.url, '/v1/classify', { model: 'classes', input: 'bye' });
    await client.chat.completions.create({ ...asked, model: 'other' }).catch(() => undefined);
    await fetch(`${server.url}/nothing`);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
    const value = (name: string) =>
      Number(text.match(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm'))?.[1]);
    const route = 'route="/v1/chat/completions"';
    expect(value(`tooltune_requests_total{${route},model="home",status="200"}`)).toBe(2);
    expect(value(`tooltune_requests_total{${route},model="",status="404"}`)).toBe(1);
    expect(value(`tooltune_request_duration_seconds_count{${route},model="home"}`)).toBe(2);
    expect(value('tooltune_tokens_total{model="home",kind="completion"}')).toBeGreaterThan(2);
    expect(value('tooltune_tokens_total{model="classes",kind="prompt"}')).toBeGreaterThan(2);
    expect(value('tooltune_loaded_adapters')).toBe(2);
    expect(value('tooltune_active_requests')).toBe(0);
    expect(log.map(({ route, model, status }) => [route, model, status])).toEqual([
      ['/v1/chat/completions', 'home', 200],
      ['/v1/chat/completions', 'home', 200],
      ['/v1/classify', 'classes', 200],
      ['/v1/chat/completions', '', 404],
      ['other', '', 404],
      ['/metrics', '', 200],
    ]);
  });

  it('answers pages of the origins that may ask', async () => {
    const { url } = await random.serve({ corsOrigins: ['https://one.example'] });
    const ask = (origin: string) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    expect((await ask('https://one.example')).headers.get('access-control-allow-origin')).toBe('https://one.example');
    expect((await ask('https://two.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('gives everything back when clients leave, whenever they do', async () => {
    const log: RequestLogEntry[] = [];
    const errors: unknown[] = [];
    const settings = {
      onRequest: (entry: RequestLogEntry) => log.push(entry),
      onError: (error: unknown) => errors.push(error),
    };
    const { url } = await random.serve(settings);
    const long = { ...asked, tool_choice: 'required', parallel_tool_calls: true, max_tokens: 900, stream: true };
    const leave = async (path: string, body: object, ms: number) => {
      const signal = AbortSignal.timeout(ms);
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      };
      await fetch(`${url}${path}`, request)
        .then(
          (response) => response.text(),
          () => undefined,
        )
        .catch(() => undefined);
    };
    // Two are answered at once, so that most leave while they wait.
    await Promise.all(Array.from({ length: 8 }, (_, index) => leave('/v1/chat/completions', long, 30 + 10 * index)));
    const texts = Array.from({ length: 1000 }, (_, index) => `text ${index}`);
    await leave('/v1/classify', { model: 'classes', input: texts }, 100);
    await expect.poll(() => random.pool.list().map(({ active }) => active)).toEqual([0, 0]);
    await expect.poll(() => log.length).toBeGreaterThanOrEqual(9);
    expect(new Set(log.map(({ status }) => status))).toEqual(new Set([499]));
    expect(errors).toEqual([]);
  });

  it('gives everything back where nobody reads', async () => {
    const statuses: number[] = [];
    const server = createServer({ pool: random.pool, onRequest: ({ status }) => statuses.push(status) });
    const open = async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ ...asked, stream: true });
      return server.fetch(new Request('http://localhost/v1/chat/completions', { method: 'POST', headers, body }));
    };
    await (await open()).body!.cancel();
    expect(statuses).toEqual([499]);
    expect(random.pool.list()[0]).toMatchObject({ name: 'home', active: 0 });
    const unread = await open();
    await server.close({ graceMs: 0 });
    expect(statuses).toEqual([499, 503]);
    expect(random.pool.list()[0]!.active).toBe(0);
    expect(await unread.text()).toContain('shutting_down');
  });

  it('does not take a body that breaks off for a fault of its own', async () => {
    const outcomes: unknown[] = [];
    const { port } = await random.serve({
      onRequest: ({ status }) => outcomes.push(status),
      onError: (error) => outcomes.push(error),
    });
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    for (const rest of ['content-length: 100\r\n\r\n{"mod', 'transfer-encoding: chunked\r\n\r\n5\r\n{"mod\r\n']) {
      const socket = connect(port, '127.0.0.1');
      socket.write(head + rest);
      setTimeout(() => socket.destroy(), 50);
      await once(socket, 'close');
    }
    await expect.poll(() => outcomes).toEqual([499, 499]);
  });

  it('records requests and what is said of them', async () => {
    const records: RuntimeRecord[] = [];
    const recorder = new Recorder({ sink: { write: async (batch) => void records.push(...batch) } });
    const { url } = await random.serve({ recorder });
    const { id } = await bodyOf(await post(url, '/v1/chat/completions', asked));
    const { results } = await bodyOf(await post(url, '/v1/classify', { model: 'classes', input: 'bye' }));
    const correction = { calls: [{ name: 'lamp', arguments: { state: 'on' } }] };
    expect((await post(url, '/v1/feedback', { id, rating: 'down', correction })).status).toBe(200);
    expect((await post(url, '/v1/feedback', { id: results[0]!.id, correction: { intent: null } })).status).toBe(200);
    expect((await post(url, '/v1/feedback', { id })).status).toBe(400);
    await recorder.close();
    expect(records.map(({ type, id }) => [type, id])).toEqual([
      ['tools', id],
      ['intent', results[0]!.id],
      ['feedback', id],
      ['feedback', results[0]!.id],
    ]);
    expect(records[2]).toMatchObject({ rating: 'down', correction });
    const { url: other } = await random.serve();
    expect((await post(other, '/v1/feedback', { id, rating: 'up' })).status).toBe(404);
  });

  it('lets what is under way end when it closes, and takes no more', async () => {
    const server = await random.serve();
    const client = clientOf(server);
    const stream = await client.chat.completions.create({ ...asked, stream: true, logprobs: true });
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    const closed = server.close();
    await expect(client.chat.completions.create(asked)).rejects.toThrow();
    let last: string | null | undefined;
    for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
      last = step.value.choices[0]?.finish_reason ?? last;
    }
    expect(['tool_calls', 'stop', 'length']).toContain(last);
    await closed;
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it('breaks off what takes longer than it waits for', async () => {
    const server = await random.serve();
    const long = { ...asked, model: random.pool.base.id, tools: [longTool], tool_choice: 'required' as const };
    const stream = await clientOf(server).chat.completions.create({ ...long, max_tokens: 900, stream: true });
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    await server.close({ graceMs: 50 });
    await expect(
      (async () => {
        while (!(await chunks.next()).done);
      })(),
    ).rejects.toThrow();
    expect(random.pool.list().every(({ active }) => active === 0)).toBe(true);
  });

  it('refuses limits, keys and addresses that are none', async () => {
    expect(() => createServer({ pool: random.pool, apiKeys: [''] })).toThrow(RangeError);
    await expect(listen(createServer({ pool: random.pool }), { port: 0, host: '' })).rejects.toThrow(RangeError);
    expect(() => createServer({ pool: random.pool, maxRequests: 0 })).toThrow(RangeError);
    expect(() => createServer({ pool: random.pool, requestsPerMinute: 0.5 })).toThrow(RangeError);
  });
});
