// The listening socket: limits on what may arrive, problem documents for what Node refuses before Koa sees it, and an
// orderly end.
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Problem, problems } from '../contract/problem.ts';
import type { Logger } from '../log.ts';
import { breakOff } from './break-off.ts';
import { corsHeaders } from './cors.ts';
import { policy } from './headers.ts';

/** Room for a token of 100 kB, which must get its 401, and no more; in bytes. */
const maxHeaderSize = 128 * 1024;

/** Requests of one connection in progress at once. */
const maxPipelined = 16;

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Requests in progress at once; further ones get 503 at once. */
  readonly maxRequests?: number;
  /** The origins whose pages may read that answer, too. */
  readonly corsOrigins?: readonly string[];
  /**
   * How long a connection in use may move nothing, in milliseconds: who does not read is not waited for. Node looks a
   * second time while bytes are queued, so it may be twice as long.
   */
  readonly stallTimeout?: number;
  /** How long the header fields, and a whole request, may take to arrive, in milliseconds. */
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  /** Told of the requests that Node refuses before they reach the application. */
  readonly log?: Logger;
}

export interface HttpServer {
  readonly port: number;
  /** Requests in progress. */
  readonly inFlight: number;
  /** Requests refused so far because too many were in progress. */
  readonly refused: number;
  /**
   * Takes no new connection, lets what is in flight finish for at most `grace` milliseconds or until `hurry` aborts, then
   * cuts the rest.
   */
  drain(grace: number, hurry?: AbortSignal): Promise<void>;
}

/** The address of a server that listens on `host`, for a person to paste. */
export const addressOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const problemOf = (code: string | undefined): Problem => {
  if (code === 'HPE_HEADER_OVERFLOW') return problems.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problems.requestTimeout();
  return problems.malformed('This is not an HTTP request that could be read');
};

/** A connection: its answers leave in the order of its requests. */
interface Connection {
  /** The request that came last: only it may be incomplete. */
  latest: IncomingMessage | undefined;
  /** What has not been answered in full. */
  readonly waiting: ServerResponse[];
  /** Looks whether what could not be read is next to be answered. */
  failure: (() => void) | undefined;
}

const rawAnswer = (problem: Problem) => {
  const requestId = randomUUID();
  const body = JSON.stringify(problem.toDocument(requestId));
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    'Cache-Control': 'private, no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'no-referrer',
    ...problem.headers,
  };
  return { requestId, headers, body };
};

const answerRaw = (socket: Duplex, problem: Problem, log?: Logger): void => {
  const { requestId, headers, body } = rawAnswer(problem);
  log?.info({ request_id: requestId, status: problem.status, problem: problem.slug }, 'request refused');
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

const refuse = (response: ServerResponse, more: Readonly<Record<string, string>>, log?: Logger): void => {
  const problem = problems.unavailable();
  const { requestId, headers, body } = rawAnswer(problem);
  log?.info({ request_id: requestId, status: problem.status, problem: problem.slug }, 'request refused');
  response.writeHead(problem.status, { ...headers, ...more }).end(body);
};

// Health checks and metrics are let in however busy the service is: they are how anybody would know.
const isVital = (url: string | undefined): boolean =>
  url === '/healthz' || url === '/readyz' || url === '/metrics';

const drain = (server: Server, grace: number, cutOff: () => void, hurry?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const cut = () => {
      cutOff();
      server.closeAllConnections();
    };
    const timer = setTimeout(cut, hurry?.aborted ? 0 : grace);
    hurry?.addEventListener('abort', cut);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Listens. Rejects when the port is taken. */
export const listen = async (listener: RequestListener, options: ListenOptions): Promise<HttpServer> => {
  const { host, port, maxRequests = Number.POSITIVE_INFINITY } = options;
  const {
    headersTimeout = 15_000,
    requestTimeout = 30_000,
    stallTimeout = 30_000,
    corsOrigins = [],
  } = options;
  let draining = false;
  // The requests in progress, each in a place of its own. Not a Set: V8 makes a new table for every few members that
  // come and go, each former one refers to the next, and the first that has become old keeps all of them, and what was
  // in them, until the next full collection. That was most of the work of collecting garbage.
  const places: (ServerResponse | null)[] = [];
  const free: number[] = [];
  const inFlight = () => places.length - free.length;
  const connections = new WeakMap<Duplex, Connection>();
  const unreadable = new WeakSet<Duplex>();
  let refused = 0;

  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const connection = connections.get(socket) ?? { latest: request, waiting: [], failure: undefined };
    connections.set(socket, connection);
    connection.latest = request;
    // A client of a kept-alive connection is told to go elsewhere with its next request, in its last answer.
    if (draining) {
      const before = connection.waiting.at(-1);
      if (before?.headersSent === false) before.removeHeader('Connection');
      response.setHeader('Connection', 'close');
    }
    connection.waiting.push(response);
    response.on('close', () => {
      connection.waiting.splice(connection.waiting.indexOf(response), 1);
      // An idle connection keeps no request in memory.
      if (connection.latest?.complete) connection.latest = undefined;
      connection.failure?.();
      if (draining && connection.waiting.length === 0) socket.end();
    });
  };

  // Node cannot read on: the bytes are no HTTP, or do not come. The answers to what came before leave first.
  const fail = (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    if (unreadable.has(socket)) return;
    unreadable.add(socket);
    const connection = connections.get(socket);
    const { latest, waiting = [] } = connection ?? {};
    // The request whose body cannot be read, when its head could.
    const torn = latest?.complete === false ? latest : undefined;
    const answer = (): void => {
      if (waiting.some(({ req }) => req !== torn)) return;
      if (connection !== undefined) connection.failure = undefined;
      const own = waiting.find(({ req }) => req === torn);
      const isAnswered = torn !== undefined && own?.headersSent !== false;
      if (isAnswered || !socket.writable) socket.destroy();
      else answerRaw(socket, problemOf(error.code), options.log);
    };
    if (connection !== undefined) connection.failure = answer;
    answer();
  };

  const server = createServer(
    {
      maxHeaderSize,
      // Node would answer a missing one without a problem document; the service has no use for it.
      requireHostHeader: false,
      headersTimeout,
      requestTimeout,
      // Longer than load balancers keep theirs (60 s is usual), or they would send into a connection that just closed.
      keepAliveTimeout: 65_000,
      // How often Node looks for connections that are too slow.
      connectionsCheckingInterval: Math.min(2000, headersTimeout / 2),
    },
    (request, response) => {
      if ((connections.get(request.socket)?.waiting.length ?? 0) >= maxPipelined) {
        // Who sends on without reading would hold every place with one connection.
        request.socket.destroy();
        return;
      }
      begin(request, response);
      if (inFlight() >= maxRequests && !isVital(request.url)) {
        refused += 1;
        refuse(response, corsHeaders(corsOrigins, request.headers.origin), options.log);
        return;
      }
      const place = free.pop() ?? places.length;
      places[place] = response;
      response.on('close', () => {
        places[place] = null;
        free.push(place);
      });
      listener(request, response);
    },
  );
  server.timeout = stallTimeout;
  // An expectation other than 100-continue may be ignored (RFC 9110, section 10.1.1); Node would answer without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', fail);
  server.listen(port, host);
  await new Promise((listening, failed) => server.once('listening', listening).once('error', failed));
  return {
    port: (server.address() as AddressInfo).port,
    get inFlight() {
      return inFlight();
    },
    get refused() {
      return refused;
    },
    drain: (grace, hurry) => {
      draining = true;
      // Otherwise the connections of these would stay open, idle, until the grace is over.
      for (const response of places) {
        const isLast = response && connections.get(response.req.socket)?.waiting.at(-1) === response;
        if (isLast && !response.headersSent) response.setHeader('Connection', 'close');
      }
      const cutOff = () => {
        const reason = problems.unavailable(new Error('the server has stopped'));
        for (const response of places) if (response) breakOff(response, reason);
      };
      return drain(server, grace, cutOff, hurry);
    },
  };
};
