// The listening socket: limits on what may arrive, problem documents for what Node refuses before Koa sees it, and an
// orderly end.
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Problem, problems } from '../contract/problem.ts';

/** Room for a token of 100 kB, which must get its 401, and no more; in bytes. */
const maxHeaderSize = 128 * 1024;

export interface HttpServer {
  readonly port: number;
  /** Takes no new connection, lets what is in flight finish for at most `grace` milliseconds, then cuts the rest. */
  drain(grace: number): Promise<void>;
}

const problemOf = (code: string | undefined): Problem => {
  if (code === 'HPE_HEADER_OVERFLOW') return problems.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problems.requestTimeout();
  return problems.malformed('This is not an HTTP request that could be read');
};

const answerRaw = (socket: Duplex, problem: Problem): void => {
  const requestId = randomUUID();
  const body = JSON.stringify(problem.toDocument(requestId));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

const drain = (server: Server, grace: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });

/** Listens on `host` and `port` (0 for any free one). Rejects when the port is taken. */
export const listen = async (listener: RequestListener, host: string, port: number): Promise<HttpServer> => {
  let draining = false;
  const unanswered = new Set<ServerResponse>();
  const server = createServer(
    { maxHeaderSize, headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      // A client of a kept-alive connection is told to go elsewhere with its next request.
      if (draining) response.setHeader('Connection', 'close');
      unanswered.add(response);
      response.once('close', () => unanswered.delete(response));
      listener(request, response);
    },
  );
  // An expectation other than 100-continue may be ignored (RFC 9110, section 10.1.1); Node would answer without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else answerRaw(socket, problemOf(error.code));
  });
  server.listen(port, host);
  await new Promise((listening, failed) => server.once('listening', listening).once('error', failed));
  return {
    port: (server.address() as AddressInfo).port,
    drain: (grace) => {
      draining = true;
      // Otherwise the connections of these would stay open, idle, until the grace is over.
      for (const response of unanswered) if (!response.headersSent) response.setHeader('Connection', 'close');
      return drain(server, grace);
    },
  };
};
