// The metrics on a port of their own, which need not be reachable from where the API is.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Serves what `read` answers to every request. Rejects when the port is taken. */
export const listenMetrics = async (
  read: () => Promise<string>,
  host: string,
  port: number,
): Promise<Server> => {
  const server = createServer((_request, response) => {
    read().then(
      (text) => response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host).unref();
  await once(server, 'listening');
  return server;
};
