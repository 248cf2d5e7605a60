import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseToolset } from '@tooltune/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemoteCaller, type RemoteModel } from './remote-tool-caller.js';

const toolset = parseToolset([
  {
    name: 'set_light',
    description: 'Switches a light.',
    parameters: { type: 'object', properties: { room: { type: 'string' } }, required: ['room'] },
  },
]);

interface Asked {
  headers: IncomingMessage['headers'];
  url: string | undefined;
  body: Record<string, unknown>;
}
type Handler = (response: ServerResponse, attempt: number) => void;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A service that speaks the protocol: a double of what is not here, asked by the real client. */
async function serve(handle: Handler): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push({ headers: request.headers, url: request.url, body: JSON.parse(text) });
    handle(response, asked.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const usage = { prompt_tokens: 120, completion_tokens: 9, total_tokens: 129 };
const piece = (delta: object) => ({ choices: [{ index: 0, delta, finish_reason: null }] });
const callPiece = (index: number, name: string | undefined, text: string, id?: string) =>
  piece({
    tool_calls: [
      {
        index,
        ...(id === undefined ? {} : { id, type: 'function' }),
        function: { ...(name === undefined ? {} : { name }), arguments: text },
      },
    ],
  });

function stream(response: ServerResponse, chunks: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) {
    response.write(
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], ...chunk })}\n\n`,
    );
  }
  response.end('data: [DONE]\n\n');
}

const callerAt = (url: string, options: Partial<RemoteModel> = {}) =>
  createRemoteCaller({ url, model: 'big-model', ...options }, { toolset, maxTokens: 64 });
const hello = [{ role: 'user' as const, content: 'kitchen light' }];

describe('createRemoteCaller', () => {
  it('passes the tools natively, and puts the calls together that come in pieces', async () => {
    const { url, asked } = await serve((response) =>
      stream(response, [
        piece({ role: 'assistant', content: 'One ' }),
        piece({ content: 'moment.' }),
        callPiece(0, 'set_light', '', 'a'),
        callPiece(1, 'set_light', '{"room":', 'b'),
        callPiece(0, undefined, '{"room":"kitchen"}'),
        callPiece(1, undefined, '"attic"}'),
        { usage },
      ]),
    );
    const caller = await callerAt(url, { apiKey: 'secret', body: { temperature: null, seed: 7 } });
    expect(await caller.call(hello)).toMatchObject({
      calls: [
        { id: 'a', name: 'set_light', arguments: { room: 'kitchen' } },
        { id: 'b', name: 'set_light', arguments: { room: 'attic' } },
      ],
      content: 'One moment.',
      malformed: false,
      promptTokens: 120,
      completionTokens: 9,
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ url: '/v1/chat/completions', headers: { authorization: 'Bearer secret' } });
    expect(asked[0]!.body).toEqual({
      model: 'big-model',
      messages: hello,
      tools: [{ type: 'function', function: { ...toolset.tools[0] } }],
      max_tokens: 64,
      stream: true,
      stream_options: { include_usage: true },
      seed: 7,
    });
  });

  it.each([
    ['arguments that are no JSON', callPiece(0, 'set_light', '{"room":', 'a')],
    ['arguments that are not valid', callPiece(0, 'set_light', '{}', 'a')],
    ['a tool that there is not', callPiece(0, 'set_lamp', '{"room":"a"}', 'a')],
    ['a call that the server could not read', piece({ content: '<tool_call>{"name": "set_light"' })],
  ])('holds %s for malformed', async (_, chunk) => {
    const { url } = await serve((response) => stream(response, [chunk, { usage }]));
    expect(await (await callerAt(url)).call(hello)).toMatchObject({ calls: [], malformed: true });
  });

  it('tries again where the service is busy', async () => {
    const { url, asked } = await serve((response, attempt) => {
      if (attempt < 3) response.writeHead(attempt === 1 ? 429 : 503, { 'retry-after-ms': '1' }).end('{}');
      else stream(response, [piece({ content: 'Hi.' }), { usage }]);
    });
    expect(await (await callerAt(url)).call(hello)).toMatchObject({ content: 'Hi.', calls: [] });
    expect(asked).toHaveLength(3);
  });

  it.each([
    [401, 'check the key'],
    [404, 'ends in /v1'],
    [400, '--remote-body'],
  ])('says what to do about status %i, and does not try again', async (status, advice) => {
    const { url, asked } = await serve((response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}'),
    );
    await expect((await callerAt(url, { apiKey: 'secret' })).call(hello)).rejects.toMatchObject({
      code: 'remote/failed',
      message: expect.stringContaining(advice),
    });
    expect(asked).toHaveLength(1);
  });

  it('gives an answer up that does not come', async () => {
    const { url } = await serve(() => {});
    const caller = await callerAt(url, { timeoutMs: 50, maxRetries: 0 });
    await expect(caller.call(hello)).rejects.toMatchObject({ code: 'remote/unreachable' });
  });

  it('stops when it is told to, before and within an answer', async () => {
    const controller = new AbortController();
    const { url } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ id: 'x', ...piece({ content: 'Hi' }) })}\n\n`);
      setTimeout(() => controller.abort(new Error('enough')), 20);
    });
    await expect((await callerAt(url)).call(hello, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('refuses a server that does not count tokens', async () => {
    const { url } = await serve((response) => stream(response, [piece({ content: 'Hi.' })]));
    await expect((await callerAt(url)).call(hello)).rejects.toMatchObject({ code: 'remote/no-usage' });
  });
});
