import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import {
  type JsonObject,
  parseToolset,
  type ToolCall,
  ToolNames,
  type Toolset,
  ToolsetError,
} from '../toolset/index.js';
import { McpError } from './mcp-error.js';

/** The tools of a server, and the way to call them. */
export interface McpToolset {
  toolset: Toolset;
  /** Tools that cannot be used, and why. */
  skipped: readonly { name: string; reason: string }[];
  /** The server's own name of a tool, where it has another than the toolset. */
  serverNames: Readonly<Record<string, string>>;
  /**
   * Calls a tool on the server.
   * @returns what the server answers; `isError` where the tool itself failed, which a model may be told
   * @throws McpError `mcp/call-failed` where the server refuses the call or is gone; the signal's reason
   */
  callTool(call: Pick<ToolCall, 'name' | 'arguments'>, options?: { signal?: AbortSignal }): Promise<CallToolResult>;
}

export interface McpToolsetOptions {
  /** Which tools are taken, by the server's name. Default: all. */
  include?: (name: string) => boolean;
  signal?: AbortSignal;
}

/** More pages than this are none of a list of tools. */
const mostPages = 1000;

/**
 * Reads the tools of an MCP server, all pages of them. A schema that cannot be used is left out with its reason; a name
 * that tools cannot have is changed.
 * @throws McpError `mcp/no-tools` where the server has none that can be used; what the client throws
 */
export async function mcpToolset(client: Client, options: McpToolsetOptions = {}): Promise<McpToolset> {
  const { include = () => true, signal } = options;
  const names = new ToolNames();
  const serverNames: Record<string, string> = {};
  const entries: { name: string; description?: string; parameters: JsonObject }[] = [];
  const skipped: { name: string; reason: string }[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor }, signal && { signal });
    for (const tool of tools) {
      if (!include(tool.name)) continue;
      const name = names.give(tool.name);
      const description = tool.description ?? tool.title ?? tool.annotations?.title;
      const entry = {
        name,
        ...(description === undefined ? {} : { description }),
        parameters: tool.inputSchema as JsonObject,
      };
      const reason = problemOf(entry);
      if (reason !== undefined) {
        skipped.push({ name: tool.name, reason });
        continue;
      }
      if (name !== tool.name) serverNames[name] = tool.name;
      entries.push(entry);
    }
    cursor = nextCursor;
    if (cursor === undefined) break;
  }
  if (entries.length === 0) {
    const why = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    throw new McpError('mcp/no-tools', `this server has no tool that can be used${why === '' ? '' : `: ${why}`}`);
  }
  return {
    toolset: parseToolset(entries, { file: 'mcp' }),
    skipped,
    serverNames,
    async callTool({ name, arguments: values }, { signal } = {}) {
      try {
        return (await client.callTool(
          { name: serverNames[name] ?? name, arguments: values },
          undefined,
          signal && { signal },
        )) as CallToolResult;
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        throw new McpError('mcp/call-failed', `${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    },
  };
}

function problemOf(entry: object): string | undefined {
  try {
    parseToolset([entry]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolsetError)) throw error;
    return error.problems
      .map(({ location, message }) => `${location.pointer?.replace(/^\/0/, '') ?? ''} ${message}`.trim())
      .join('; ');
  }
}
