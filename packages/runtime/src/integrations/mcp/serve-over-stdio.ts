import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

/** Answers over this process's standard streams until the client is gone or the signal is aborted. */
export async function serveOverStdio(server: Server, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    // A client that goes away ends stdin, which the transport does not look at.
    process.stdin.once('end', resolve).once('close', resolve);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    if (signal?.aborted) resolve();
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}
