import { Recorder } from '@tooltune/runtime/observe';
import type { RuntimeRecord } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, createRandomPool, intents, longTool, type RandomPool } from '../test/random-server.js';
import { createServer, type RequestLogEntry } from './index.js';

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
    const text = await (await fetch(`${server.url}/metrics`)).text();
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

  it('refuses limits that are none', () => {
    expect(() => createServer({ pool: random.pool, maxRequests: 0 })).toThrow(RangeError);
    expect(() => createServer({ pool: random.pool, requestsPerMinute: 0.5 })).toThrow(RangeError);
  });
});
