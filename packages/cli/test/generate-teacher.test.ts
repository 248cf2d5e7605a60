import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCli, bundleCli } from './run-cli.js';

const tools = [
  {
    name: 'book_table',
    description: 'Book a table.',
    parameters: {
      type: 'object',
      properties: { place: { type: 'string' }, people: { type: 'integer', minimum: 1 } },
      required: ['place'],
      additionalProperties: false,
    },
  },
];

let cli: BundledCli;
let folder: string;
beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-teacher-'));
  await writeFile(join(folder, 'tools.json'), JSON.stringify(tools));
});
afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

interface Asked {
  isJudge: boolean;
  text: string;
  body: Record<string, unknown>;
}

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  if (server !== undefined) await new Promise((resolve) => server!.close(resolve));
  server = undefined;
});

/** A teacher in OpenAI's wire shape, some of whose rows are bad: it tests what is thrown away, not how well a model writes. */
async function serveTeacher(before: (response: ServerResponse, count: number) => boolean = () => false) {
  const asked: Asked[] = [];
  let count = 0;
  let written = 0;
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as { messages: { content: string }[] };
    if (before(response, ++count)) return;
    const isJudge = body.messages[0]!.content.includes('check training data');
    asked.push({ isJudge, text: body.messages[1]!.content, body: body as unknown as Record<string, unknown> });
    const content = isJudge ? (body.messages[1]!.content.includes('Ritz') ? 'No.' : 'Yes') : requests(written++);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const streets = ['Elm', 'Oak', 'Pine', 'Mill', 'Lake', 'Hill', 'Bay', 'Rose', 'Fern', 'Moss', 'Dale', 'Glen'];
const line = (request: string, values: object) => JSON.stringify({ request, arguments: values });
function requests(number: number): string {
  const street = streets[number % streets.length]!;
  return [
    line(`two of us would like ${street} House tonight`, { place: `${street} House`, people: 2 }),
    line(`any room left at Cafe ${street} for a group of 7`, { place: `Cafe ${street}`, people: 7 }),
    line(`table at the Ritz in ${street} street`, { place: 'Ritz' }),
    line(`get me into ${street} Grill`, { place: `${street} Grill`, people: 9 }),
    line(`dinner in ${street}`, { restaurant: street }),
  ].join('\n');
}

const generate = (url: string, out: string, ...others: string[]) => [
  ...['generate', '--tools', 'tools.json', '--count', '60', '--out', out, '--teacher', url, '--teacher-model', 'big'],
  ...['--teacher-rows', '10', ...others],
];
const run = (argv: string[]) => cli.run(argv, { cwd: folder, env: { OPENAI_API_KEY: 'secret-key' } });
const resultOf = async (argv: string[]) => {
  const { exitCode, stdout, stderr } = await run([...argv, '--json']);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as { kinds: Record<string, number>; teacher: Record<string, number> & { refused: object } };
};

describe('a teacher', () => {
  it('writes rows that are kept as far as they are right; a rerun is free and gives the same bytes', async () => {
    const { url, asked } = await serveTeacher();
    const argv = generate(url, 'a', '--price-in', '1', '--price-out', '10');
    const first = await resultOf(argv);
    expect(first.kinds.teacher).toBe(10);
    expect(first.teacher).toMatchObject({ rows: 10, asked: asked.length, cached: 0, promptTokens: 100 * asked.length });
    expect(first.teacher.cost).toBeCloseTo((asked.length * (100 + 500)) / 1e6, 10);
    const questions = asked.filter(({ isJudge }) => !isJudge).length;
    expect(first.teacher.refused).toMatchObject({ ungrounded: questions, 'invalid-call': questions });
    expect(first.teacher.refused).toHaveProperty('judged-wrong');
    expect(asked[0]!.body).toMatchObject({ model: 'big', max_tokens: expect.any(Number) });
    expect(asked[0]!.body).not.toHaveProperty('response_format');
    const bytes = await readFile(join(folder, 'a/train.jsonl'), 'utf8');
    expect(bytes).not.toMatch(/Ritz|dinner in/);

    const before = asked.length;
    const second = await resultOf([...argv, '--force']);
    expect(asked.length).toBe(before);
    expect(second.teacher).toMatchObject({ rows: 10, asked: 0, cached: before, cost: 0 });
    expect(await readFile(join(folder, 'a/train.jsonl'), 'utf8')).toBe(bytes);
    expect(await cachedTexts('a/teacher-cache')).not.toMatch(/secret-key/);
  });

  it('is held to a JSON Schema where it can be', async () => {
    const { url, asked } = await serveTeacher();
    await resultOf(generate(url, 'g', '--teacher-structured', '--teacher-body', '{"temperature":null,"seed":3}'));
    const { body } = asked[0]!;
    expect(body).toMatchObject({ seed: 3, response_format: { type: 'json_schema' } });
    expect(body).not.toHaveProperty('temperature');
    expect(JSON.stringify(body.response_format)).toContain('"arguments":{"type":"object","properties":{"place"');
    expect(asked.find(({ isJudge }) => isJudge)!.body).not.toHaveProperty('response_format');
  });

  it('is asked again where it is busy, and says what to do where it refuses', async () => {
    const busy = await serveTeacher((response, count) => {
      if (count > 2) return false;
      response.writeHead(count === 1 ? 429 : 503, { 'retry-after-ms': '5' });
      return response.end('{}') !== undefined;
    });
    expect((await resultOf(generate(busy.url, 'b'))).kinds.teacher).toBe(10);
    server!.closeAllConnections();
    await new Promise((resolve) => server!.close(resolve));
    const closed = await serveTeacher(
      (response) => response.writeHead(401).end('{"error":{"message":"no"}}') !== undefined,
    );
    const { exitCode, stderr } = await run(generate(closed.url, 'c'));
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/error\[teacher\/failed\].*--teacher-key-env/s)]);
    await expect(readFile(join(folder, 'c/train.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('goes on where it was killed', async () => {
    let answered = 0;
    const { url, asked } = await serveTeacher((_response, count) => {
      answered = count - 1;
      // From here on nothing is answered, until the command is killed.
      return count > 7 && count <= 11;
    });
    const argv = generate(url, 'd', '--concurrency', '1');
    const child = spawn(process.execPath, [cli.program, ...argv], { cwd: folder, stdio: 'ignore' });
    while (answered < 7) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(asked).toHaveLength(7);
    const again = await serveAgain(url);
    const { teacher } = await resultOf(argv);
    expect(teacher).toMatchObject({ rows: 10, asked: again.asked.length });
    expect(teacher.cached).toBeGreaterThanOrEqual(7);
    const texts = asked.map(({ text }) => text);
    for (const { text } of again.asked) expect(texts).not.toContain(text);
  });

  it('costs what is told before, and never more than its budget', async () => {
    const { url, asked } = await serveTeacher();
    const prices = ['--price-in', '1000', '--price-out', '1000'];
    const estimate = await run([...generate(url, 'e', ...prices), '--estimate']);
    expect(estimate.stdout).toMatch(/^teacher: about \d+ questions, [\d,]+ tokens read, [\d,]+ written, \$[\d.]+\n$/);
    const tooMuch = await run(generate(url, 'e', ...prices, '--budget', '0.01'));
    expect([tooMuch.exitCode, tooMuch.stderr]).toEqual([1, expect.stringContaining('error[teacher/over-budget]')]);
    expect(asked).toHaveLength(0);
    const dollars = Number(/\$([\d.]+)/.exec(estimate.stdout)![1]);
    const { teacher, kinds } = await resultOf(
      generate(url, 'f', ...prices, '--teacher-rows', '30', '--budget', String(dollars * 3.2)),
    );
    expect(teacher.cost).toBeLessThanOrEqual(dollars * 3.2);
    expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(60);
  });
});

/** Another server at the address of the last one. */
async function serveAgain(url: string) {
  server!.closeAllConnections();
  await new Promise((resolve) => server!.close(resolve));
  const { port } = new URL(url);
  const again = await serveTeacher();
  const answers = server!.listeners('request')[0] as (...given: unknown[]) => void;
  server!.closeAllConnections();
  await new Promise((resolve) => server!.close(resolve));
  server = createServer(answers);
  server.listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return again;
}

async function cachedTexts(name: string): Promise<string> {
  const files = await readdir(join(folder, name));
  return (await Promise.all(files.map((file) => readFile(join(folder, name, file), 'utf8')))).join('\n');
}
