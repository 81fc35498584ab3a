// The metrics on a port of their own, which need not be reachable for clients of the API. It has
// few clients, and none of them may cost the process more than a scrape does.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { boundChunks, dropLeftover } from './body-bounds.ts';
import { stopReading } from './stop-reading.ts';

/** Beyond this many connections, the oldest is closed, so that a new one is always accepted. */
const maxConnections = 20;

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /**
   * How long a request may take to arrive, and how long a connection in use may be inactive, in
   * milliseconds.
   */
  readonly timeout?: number;
}

export interface MetricsServer {
  readonly port: number;
  /** Accepts no new connection, and cuts those that are open. */
  close(): void;
}

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

const respondWith =
  (read: () => Promise<string>): Respond =>
  ({ method, url }, response) => {
    if (url !== '/metrics') response.writeHead(404).end();
    else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    else {
      read().then(
        (text) => response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end(text),
        () => response.writeHead(500).end(),
      );
    }
  };

const limitConnections = (server: Server): void => {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > maxConnections) oldest?.destroy();
  });
};

/** Serves what `read` returns at `/metrics`. Rejects when the port is taken. */
export const listenMetrics = async (
  read: () => Promise<string>,
  { host, port, timeout = 10_000 }: MetricsServerOptions,
): Promise<MetricsServer> => {
  const respond = respondWith(read);
  const busy = new WeakSet<Socket>();
  const server = createServer(
    {
      headersTimeout: timeout,
      requestTimeout: timeout,
      connectionsCheckingInterval: Math.min(2000, timeout / 2),
      // Longer than the usual pause between two scrapes.
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const { socket } = request;
      // A client that keeps sending without reading gets nothing more.
      if (busy.has(socket)) {
        stopReading(request);
        socket.destroy();
        return;
      }
      busy.add(socket);
      response.once('close', () => busy.delete(socket));
      boundChunks(request, () => socket.destroy());
      dropLeftover(request, response);
      respond(request, response);
    },
  );
  server.timeout = timeout;
  limitConnections(server);
  server.listen(port, host).unref();
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
