import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { McpError } from './mcp-error.js';

/** A server of the Model Context Protocol: a program that speaks over its standard streams, or an address. */
export type McpServer =
  | {
      command: string;
      args?: readonly string[];
      /** Added to the few variables that the program inherits. */
      env?: Readonly<Record<string, string>>;
      cwd?: string;
    }
  | {
      /** Of the streamable HTTP transport. */
      url: string | URL;
      headers?: Readonly<Record<string, string>>;
    };

/**
 * Connects to a server. Close the client when done.
 * @throws McpError `mcp/no-sdk` where `@modelcontextprotocol/sdk` is not installed, `mcp/no-connection`
 */
export async function connectMcp(server: McpServer, options: { signal?: AbortSignal } = {}): Promise<Client> {
  const { signal } = options;
  const { Client } = await importSdk(() => import('@modelcontextprotocol/sdk/client/index.js'));
  const client = new Client({ name: 'tooltune', version: '0.1.0' });
  const name = 'url' in server ? String(server.url) : [server.command, ...(server.args ?? [])].join(' ');
  try {
    await client.connect(await transportTo(server), signal === undefined ? {} : { signal });
    return client;
  } catch (cause) {
    await client.close().catch(() => {});
    if (signal?.aborted) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new McpError('mcp/no-connection', `${name}: no MCP server answers there: ${reason}`, { cause });
  }
}

async function transportTo(server: McpServer): Promise<Transport> {
  if ('url' in server) {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    const requestInit = server.headers === undefined ? {} : { headers: { ...server.headers } };
    // Its session id may be undefined, which exactOptionalPropertyTypes does not take for absent.
    return new StreamableHTTPClientTransport(new URL(server.url), { requestInit }) as Transport;
  }
  const { getDefaultEnvironment, StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const { command, args = [], env, cwd } = server;
  return new StdioClientTransport({
    ...{ command, args: [...args], env: { ...getDefaultEnvironment(), ...env }, stderr: 'ignore' },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

async function importSdk<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = 'MCP servers need the package @modelcontextprotocol/sdk: npm install @modelcontextprotocol/sdk';
    throw new McpError('mcp/no-sdk', message, { cause });
  }
}
