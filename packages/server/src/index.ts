export { ApiError, type ApiErrorOptions, type ApiErrorType } from './api-error.js';
export { createServer, type ServerOptions, type TooltuneServer } from './create-server.js';
export { type ListeningServer, type ListenOptions, listen } from './listen.js';
export type { RequestLogEntry } from './server-context.js';
