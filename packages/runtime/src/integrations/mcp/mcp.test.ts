import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { connectMcp, type McpServer } from '@tooltune/sdk/mcp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../../../sdk/test/mcp-server.mjs';
import { createRandomBase } from '../../../test/random-base.js';
import { finish, lightOff, runtimeOf } from '../../../test/streamed-runtime.js';
import { createToolRuntime } from '../../tool-runtime/index.js';
import { createMcpHandlers, createMcpServer } from './index.js';

const program = fileURLToPath(new URL('../../../../sdk/test/mcp-server.mjs', import.meta.url));

/** Serves over Streamable HTTP without sessions: a server and a transport for each request, as the SDK's example has it. */
async function serve(make: () => ReturnType<typeof createMcpServer>): Promise<{ http: Server; url: string }> {
  const http = createHttpServer(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined as never });
    response.on('close', () => transport.close());
    await make().connect(transport as never);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` };
}

let served: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  served = await serve(createServer);
});
afterAll(() => served?.http.close());

describe.each<[string, () => McpServer]>([
  ['over stdio', () => ({ command: process.execPath, args: [program, 'stdio'] })],
  ['over HTTP', () => ({ url: served.url })],
])('createMcpHandlers %s', (_name, server) => {
  let client: Client;
  beforeAll(async () => {
    client = await connectMcp(server());
  });
  afterAll(() => client?.close());

  it("routes a model's calls to the server and tells it what came of them", async () => {
    const base = await createRandomBase();
    const { toolset, handlers } = await createMcpHandlers(client, { include: (name) => name === 'echo text' });
    const runtime = await createToolRuntime({
      ...{ base: base.path, tools: toolset, threads: 1, toolChoice: 'required', parallelCalls: false, maxTokens: 200 },
    });
    try {
      const events = [];
      const messages = [{ role: 'user' as const, content: 'Say something.' }];
      for await (const event of runtime.run({ messages, handlers, maxSteps: 1 })) events.push(event);
      const call = events.find((event) => event.type === 'tool-call');
      expect(events.find((event) => event.type === 'tool-result')).toMatchObject({
        ...{ name: 'echo_text', content: `${call!.arguments.text}!`, isError: false },
      });
    } finally {
      await runtime.dispose();
      await base.remove();
    }
  });

  it('throws where the tool failed, and when it is aborted', async () => {
    const { handlers } = await createMcpHandlers(client);
    const { signal } = new AbortController();
    await expect(handlers.fail!({}, { id: 'a', signal })).rejects.toMatchObject({
      ...{ code: 'mcp/call-failed', message: 'fail: no' },
    });
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(handlers.echo_text!({ text: 'a' }, { id: 'a', signal: aborted })).rejects.toThrow('enough');
  });
});

describe('createMcpServer', () => {
  const runtime = runtimeOf(async function* () {
    yield* lightOff;
    yield { type: 'text-delta', text: 'Good night.' };
    yield finish('tool-calls');
  });
  const top = [{ intent: 'light_off', probability: 0.9 }];
  const classifier = {
    intents: ['light_off', 'light_on'],
    async classify(text: string) {
      if (text === 'break') throw new Error('the model is gone');
      return { intent: 'light_off', probability: 0.9, outOfScope: 0.1, top, promptTokens: 9, durationMs: 1 };
    },
  };
  let http: Awaited<ReturnType<typeof serve>>;
  let client: Client;
  beforeAll(async () => {
    http = await serve(() => createMcpServer({ runtime, classifier }));
    client = await connectMcp({ url: http.url });
  });
  afterAll(async () => {
    await client?.close();
    http?.http.close();
  });

  it('offers the caller and the classifier, whose answers fit what they promise', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['call_tools', 'classify']);
    expect(tools[0]!.description).toContain('set_light');
    // The client checks structured content against the tool's output schema.
    const called = await client.callTool({ name: 'call_tools', arguments: { request: 'kitchen light off' } });
    expect(called.structuredContent).toEqual({
      calls: [{ name: 'set_light', arguments: { room: 'kitchen', state: 'off' } }],
      content: 'Good night.',
    });
    const named = await client.callTool({ name: 'classify', arguments: { text: 'lamp off' } });
    expect(named.structuredContent).toEqual({ intent: 'light_off', probability: 0.9, top });
  });

  it('passes on all intents, and scores', async () => {
    const answer = { intent: '2', probability: 0.9, outOfScope: null, top, promptTokens: 9, durationMs: 1 };
    const score = { level: '2', value: 2, expected: 1.9 };
    const kinds = [
      { kind: 'multi' as const, more: { intents: ['2', '1'] }, description: 'Names all intents' },
      { kind: 'ordinal' as const, more: { score }, description: 'Scores a text. The levels, from the lowest: 1, 2.' },
    ];
    for (const { kind, more, description } of kinds) {
      const offered = { kind, intents: ['1', '2'], classify: async () => ({ ...answer, ...more, probabilities: [] }) };
      const server = await serve(() => createMcpServer({ classifier: offered }));
      const other = await connectMcp({ url: server.url });
      expect((await other.listTools()).tools[0]!.description).toContain(description);
      const named = await other.callTool({ name: 'classify', arguments: { text: 'x' } });
      expect(named.structuredContent).toEqual({ intent: '2', probability: 0.9, top, ...more });
      await other.close();
      server.http.close();
    }
  });

  it('refuses what it cannot answer, and tells what failed', async () => {
    await expect(client.callTool({ name: 'call_tools', arguments: { request: ' ' } })).rejects.toThrow('needs request');
    await expect(client.callTool({ name: 'other', arguments: {} })).rejects.toThrow('there is no tool other');
    const failed = await client.callTool({ name: 'classify', arguments: { text: 'break' } });
    expect(failed).toMatchObject({ isError: true, content: [{ text: 'the model is gone' }] });
    expect(() => createMcpServer({})).toThrow('give a runtime, a classifier, or both');
  });

  it('offers only what there is', async () => {
    const alone = await serve(() => createMcpServer({ classifier }));
    const other = await connectMcp({ url: alone.url });
    expect((await other.listTools()).tools.map(({ name }) => name)).toEqual(['classify']);
    await other.close();
    alone.http.close();
  });
});
