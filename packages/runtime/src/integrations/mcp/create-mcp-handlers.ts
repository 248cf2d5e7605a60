import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '@tooltune/sdk';
import { McpError, type McpToolset, type McpToolsetOptions, mcpToolset } from '@tooltune/sdk/mcp';
import type { HandlerContext, ToolCallHandlers } from '../../tool-runtime/index.js';

/** The tools of a server, and handlers that call them there: what `run` of a runtime takes. */
export interface McpHandlers extends McpToolset {
  handlers: ToolCallHandlers;
}

/**
 * Reads the tools of a server and routes calls to it. A handler gives the text of the tool's answer, or its structured
 * content; where the tool failed it throws McpError `mcp/call-failed`, which `run` tells the model.
 * @throws McpError `mcp/no-tools`; what the client throws
 */
export async function createMcpHandlers(client: Client, options: McpToolsetOptions = {}): Promise<McpHandlers> {
  const tools = await mcpToolset(client, options);
  const handlers = tools.toolset.tools.map(({ name }) => {
    const handler = async (args: JsonObject, { signal }: Pick<HandlerContext, 'signal'>) =>
      resultOf(name, await tools.callTool({ name, arguments: args }, { signal }));
    return [name, handler] as const;
  });
  return { ...tools, handlers: Object.fromEntries(handlers) };
}

function resultOf(name: string, { content, structuredContent, isError }: CallToolResult): unknown {
  const text = content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('\n');
  if (isError === true) throw new McpError('mcp/call-failed', `${name}: ${text}`);
  return structuredContent ?? text;
}
