import { TooltuneError } from '../errors/index.js';

/** What goes wrong with an MCP server. Codes: `mcp/no-sdk`, `mcp/no-connection`, `mcp/no-tools`, `mcp/call-failed`. */
export class McpError extends TooltuneError {}
