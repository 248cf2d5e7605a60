import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../test/mcp-server.mjs';
import { connectMcp, McpError, type McpServer, mcpToolset } from './index.js';

const program = fileURLToPath(new URL('../../test/mcp-server.mjs', import.meta.url));
let http: Server;

beforeAll(async () => {
  http = createHttpServer(async (request, response) => {
    if (request.headers['x-key'] !== 'secret') {
      response.writeHead(401).end();
      return;
    }
    // Without sessions: a server and a transport for each request, as the SDK's example has it.
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined as never });
    response.on('close', () => transport.close());
    await createServer().connect(transport);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});

afterAll(() => http?.close());

const urlOf = () => `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;

describe.each<[string, () => McpServer]>([
  ['over its standard streams', () => ({ command: process.execPath, args: [program, 'stdio'] })],
  ['over HTTP', () => ({ url: urlOf(), headers: { 'x-key': 'secret' } })],
])('mcpToolset %s', (_name, server) => {
  let client: Client;
  beforeAll(async () => {
    client = await connectMcp(server());
  });
  afterAll(() => client?.close());

  it('reads all pages of tools, renames what must be, and says what cannot be used', async () => {
    const { toolset, serverNames, skipped } = await mcpToolset(client);
    expect(toolset.tools.map(({ name, description }) => [name, description])).toEqual([
      ['echo_text', 'Say a text again.'],
      ['fail', 'Fail at once.'],
    ]);
    expect(serverNames).toEqual({ echo_text: 'echo text' });
    expect(skipped).toEqual([{ name: 'broken', reason: expect.stringContaining('/parameters/properties/text/type') }]);
  });

  it('calls a tool by its name in the toolset, and tells failures of tool and server apart', async () => {
    const { callTool } = await mcpToolset(client);
    expect(await callTool({ name: 'echo_text', arguments: { text: 'hi' } })).toMatchObject({
      content: [{ text: 'hi!' }],
    });
    expect(await callTool({ name: 'fail', arguments: {} })).toMatchObject({ isError: true });
    await expect(callTool({ name: 'gone', arguments: {} })).rejects.toMatchObject({ code: 'mcp/call-failed' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(callTool({ name: 'fail', arguments: {} }, { signal })).rejects.toThrow('enough');
  });

  it('takes some of the tools, and says so where none is left', async () => {
    expect((await mcpToolset(client, { include: (name) => name === 'fail' })).toolset.tools).toHaveLength(1);
    await expect(mcpToolset(client, { include: (name) => name === 'broken' })).rejects.toMatchObject({
      code: 'mcp/no-tools',
      message: expect.stringContaining('broken: '),
    });
  });
});

describe('connectMcp', () => {
  it.each<[string, () => McpServer]>([
    ['no such program', () => ({ command: 'no-such-program-of-tooltune' })],
    ['a program that is no server', () => ({ command: process.execPath, args: ['-e', '0'] })],
    ['an address that refuses', () => ({ url: urlOf() })],
  ])('says where no server answers: %s', async (_name, server) => {
    const error = await connectMcp(server()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(McpError);
    expect(error).toMatchObject({ code: 'mcp/no-connection' });
  });
});
