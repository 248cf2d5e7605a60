export { connectMcp, type McpServer } from './connect-mcp.js';
export { McpError } from './mcp-error.js';
export { type McpToolset, type McpToolsetOptions, mcpToolset } from './mcp-toolset.js';
