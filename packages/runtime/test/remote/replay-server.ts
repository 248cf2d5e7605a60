import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request that the server was sent. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes
  body: any;
}

/** What the server answers. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Sent piece by piece. */
  pieces: readonly (string | Uint8Array)[];
  /** Milliseconds before the headers, and before each piece after the first. */
  delayMs?: number;
  pauseMs?: number;
  /** How it ends: properly, by breaking the connection, or not at all. Default properly. */
  ending?: 'end' | 'destroy' | 'hang';
}

/** A server that answers what it is told. */
export interface ReplayServer {
  url: string;
  requests: SeenRequest[];
  /** Answers whose connection the client closed before they were sent. */
  readonly left: number;
  close(): Promise<void>;
}

/** @param reply What each request gets; its number counts from 0. */
export async function startReplayServer(reply: (request: SeenRequest, count: number) => Reply): Promise<ReplayServer> {
  const requests: SeenRequest[] = [];
  const state = { left: 0 };
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const piece of incoming.setEncoding('utf8')) text += piece;
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) };
    requests.push(request);
    response.on('close', () => {
      if (!response.writableFinished) state.left++;
    });
    await send(response, reply(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get left() {
      return state.left;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const { status = 200, headers = {}, pieces, delayMs = 0, pauseMs = 0, ending = 'end' } = reply;
  if (delayMs > 0) await sleep(delayMs);
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && pauseMs > 0) await sleep(pauseMs);
    if (response.destroyed) return;
    await new Promise((resolve) => response.write(piece, resolve));
  }
  if (ending === 'end') response.end();
  if (ending === 'destroy') response.destroy();
}
