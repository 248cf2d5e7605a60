export { createMcpHandlers, type McpHandlers } from './create-mcp-handlers.js';
export { createMcpServer, type McpServerOptions } from './create-mcp-server.js';
export { serveOverStdio } from './serve-over-stdio.js';
