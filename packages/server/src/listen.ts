import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { AllowedHosts, isLoopback } from './access/index.js';
import { toApiError } from './api-error.js';
import type { TooltuneServer } from './create-server.js';

/** Where a server listens. */
export interface ListenOptions {
  /** Default 8000; 0: any that is free. */
  port?: number | undefined;
  /** Address of the network interface. Default 127.0.0.1: this machine alone. */
  host?: string | undefined;
  /**
   * Further names that requests may ask for (`Host`), where it listens on this machine alone and needs no key. Others are
   * refused with 403 then, so that no web page reaches it under a name of its own. Default none.
   */
  allowedHosts?: readonly string[] | undefined;
}

/** A server that listens. */
export interface ListeningServer {
  /** `http://127.0.0.1:8000` */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections and requests, lets those under way end, and closes; see TooltuneServer.close. */
  close(options?: { graceMs?: number | undefined }): Promise<void>;
}

const defaultPort = 8000;

/**
 * Puts a server on a port.
 * @throws what Node throws where the port is taken (`EADDRINUSE`) or the address is not this machine's; RangeError for an
 * empty host
 */
export async function listen(
  server: TooltuneServer,
  { port = defaultPort, host = '127.0.0.1', allowedHosts = [] }: ListenOptions = {},
): Promise<ListeningServer> {
  // Node would take it for every network.
  if (host === '') throw new RangeError('host must be an address; 0.0.0.0 is every network');
  const guards = isLoopback(host) && !server.needsKey;
  const fetch = guards ? onlyFor(new AllowedHosts(allowedHosts), server.fetch) : server.fetch;
  const node = serve({ fetch, port, hostname: host }) as Server;
  await once(node, 'listening');
  const address = node.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    async close(options) {
      const closed = new Promise((resolve) => node.close(resolve));
      await server.close(options);
      // Clients keep connections that have nothing under way any more.
      node.closeIdleConnections();
      const timer = setTimeout(() => node.closeAllConnections(), 500);
      await closed;
      clearTimeout(timer);
    },
  };
}

function onlyFor(hosts: AllowedHosts, fetch: TooltuneServer['fetch']): TooltuneServer['fetch'] {
  return (request, ...rest) => {
    try {
      hosts.check(request.headers.get('host'));
    } catch (error) {
      const refused = toApiError(error);
      return Response.json(refused.toBody(), { status: refused.status });
    }
    return fetch(request, ...rest);
  };
}
