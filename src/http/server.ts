// The listening socket: limits on what may arrive, problem documents for what Node refuses before
// Koa sees it, and an orderly end.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Problem, problems } from '../contract/problem.ts';
import type { Logger } from '../observability/log.ts';
import { boundChunks, dropLeftover } from './body-bounds.ts';
import { breakOff } from './break-off.ts';
import { type Connection, type Connections, type Cut, createConnections } from './connections.ts';
import { parserProblem, respondRaw } from './raw-response.ts';
import { knownMethods } from './request-target.ts';
import { lastWords, stopReading } from './stop-reading.ts';

/** Just enough for a token of 100 kB, which must get a 401; in bytes. */
const maxHeaderSize = 128 * 1024;

/**
 * How long a read continues for a client that has closed its side, in milliseconds: most of these
 * clients have gone.
 */
const halfClosedPatience = 1000;

/**
 * The maximum number of requests of one connection without a response, and the size of those that
 * wait, in characters.
 */
const maxPipelined = 16;
const maxAhead = 64 * 1024;

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Connections at once; without a limit when absent. */
  readonly maxConnections?: number;
  /** True behind a proxy, whose address all connections have: then no address is limited. */
  readonly isBehindProxy?: boolean;
  /**
   * How long a connection in use may be inactive, in milliseconds: the server does not wait for a
   * client that does not read. Node checks a second time while bytes are queued, so it may be twice
   * as long.
   */
  readonly stallTimeout?: number;
  /** How long the header fields, and a whole request, may take to arrive, in milliseconds. */
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  /**
   * The path below which clients reach the service, as far as it is known without a request; empty
   * when absent.
   */
  readonly prefix?: string;
  /**
   * Receives lines about the requests that Node refuses before they reach the application, and
   * about connections.
   */
  readonly log?: Logger;
  /** Called with the reason when a connection is ended. */
  readonly cut?: (reason: Cut) => void;
}

export interface HttpServer {
  readonly port: number;
  /** Requests in progress. */
  readonly inFlight: number;
  /** Open connections. */
  readonly connections: number;
  /**
   * Accepts no new connection, lets requests in progress finish for at most `grace` milliseconds or
   * until `hurry` aborts, then cuts the rest.
   */
  drain(grace: number, hurry?: AbortSignal): Promise<void>;
}

/** The address of a server that listens on `host`, for a person to paste. */
export const addressOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

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

/**
 * Refuses the next request on a connection from which Node reads no more; `request` is that
 * request, if its head could be read.
 */
type End = (problem: Problem, socket: Socket, request?: IncomingMessage) => void;

/**
 * What to do when Node reads no more from a connection: the bytes are not HTTP, do not arrive, or
 * are for a tunnel. The responses to earlier requests are sent first.
 */
const createEnding = (connections: Connections, prefix: string, log: Logger | undefined): End => {
  const ending = new WeakSet<Duplex>();
  return (problem, socket, request) => {
    if (ending.has(socket)) return;
    ending.add(socket);
    const connection = connections.of(socket);
    const { latest, waiting = [] } = connection ?? {};
    // The request whose body cannot be read, although its head could.
    const torn = latest?.complete === false ? latest : undefined;
    const respond = (): void => {
      if (waiting.some(({ req }) => req !== torn)) return;
      if (connection !== undefined) connection.failure = undefined;
      const own = waiting.find(({ req }) => req === torn);
      const hasResponse = torn !== undefined && own?.headersSent !== false;
      if (hasResponse || !socket.writable) socket.destroy();
      else {
        respondRaw(socket, problem, { request: request ?? torn, prefix, log });
        setTimeout(() => socket.destroy(), lastWords).unref();
      }
    };
    if (connection !== undefined) connection.failure = respond;
    respond();
  };
};

const tooManyChunks = problems.malformed('The body comes in too many chunks: send it in larger ones');

const sizeOf = ({ url = '', rawHeaders }: IncomingMessage): number =>
  rawHeaders.reduce((size, text) => size + text.length, url.length);

/**
 * Whether a connection has sent more requests ahead of their responses than it may, which would
 * fill the memory.
 */
const isTooFarAhead = ({ waiting }: Connection, request: IncomingMessage): boolean => {
  if (waiting.length === 0) return false;
  const sizes = waiting.slice(1).map(({ req }) => sizeOf(req));
  return (
    waiting.length >= maxPipelined || sizes.reduce((sum, size) => sum + size, sizeOf(request)) > maxAhead
  );
};

interface Line {
  enqueue(connection: Connection, request: IncomingMessage, response: ServerResponse): void;
  readonly inFlight: number;
}

/**
 * Puts each request in line behind earlier ones of its connection, and starts the first: each
 * connection has one request in progress at a time, however many it has sent ahead.
 */
const createLine = (listener: RequestListener, isDraining: () => boolean): Line => {
  let inFlight = 0;
  const start = (connection: Connection, response: ServerResponse): void => {
    inFlight += 1;
    connection.current = response;
    listener(response.req, response);
  };
  const enqueue = (connection: Connection, request: IncomingMessage, response: ServerResponse): void => {
    const { socket, waiting } = connection;
    connection.latest = request;
    connection.idleSince = Number.POSITIVE_INFINITY;
    // The last response on a kept-alive connection makes the client use another connection for its
    // next request.
    if (isDraining()) {
      const before = waiting.at(-1);
      if (before?.headersSent === false) before.removeHeader('Connection');
      response.setHeader('Connection', 'close');
    }
    waiting.push(response);
    if (!request.complete) dropLeftover(request, response);
    response.once('close', () => {
      waiting.splice(waiting.indexOf(response), 1);
      // The other responses close with their connection, before they have begun.
      if (connection.current !== response) return;
      connection.current = undefined;
      inFlight -= 1;
      const [next] = waiting;
      if (next === undefined) connection.idleSince = performance.now();
      // An idle connection keeps no request in memory.
      if (connection.latest?.complete) connection.latest = undefined;
      connection.failure?.();
      if (isDraining() && next === undefined) socket.end();
      // Other connections have their turn in between.
      if (next !== undefined) setImmediate(() => socket.writable && start(connection, next));
    });
    if (waiting.length === 1) start(connection, response);
  };
  return {
    enqueue,
    get inFlight() {
      return inFlight;
    },
  };
};

/**
 * Ends a connection whose client has closed its side if its only work is a read whose response has
 * not begun, or never ends.
 */
const leaveRead = (connection: Connection | undefined): void => {
  const { socket, current } = connection ?? {};
  const isRead = current?.req.method === 'GET' || current?.req.method === 'HEAD';
  const isEndless = current?.getHeader('Content-Type') === 'text/event-stream';
  if (isRead && (!current.headersSent || isEndless)) socket?.destroy();
};

/** Puts each request in line, and ends a connection that has sent too many ahead. */
const createReceiver =
  (connections: Connections, line: Line, end: End, cut: (reason: Cut) => void): RequestListener =>
  (request, response) => {
    const connection = connections.of(request.socket);
    // These bytes arrived before the connection was ended.
    if (connection === undefined || request.socket.destroyed) return;
    if (!isTooFarAhead(connection, request)) {
      if (request.headers['transfer-encoding'] !== undefined)
        boundChunks(request, () => end(tooManyChunks, request.socket, request));
      line.enqueue(connection, request, response);
      return;
    }
    // A client that keeps sending without reading would fill the memory with requests.
    stopReading(request);
    if (connection.failure !== undefined) return;
    cut('pipelined');
    end(
      problems.unavailable(new Error('too many requests ahead of their responses')),
      request.socket,
      request,
    );
  };

/** Responds to requests that Node itself would refuse without a problem document. */
const refuse = (server: Server, end: End): void => {
  // An expectation other than 100-continue may be ignored (RFC 9110, section 10.1.1); Node would
  // respond without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else end(parserProblem(error.code), socket);
  });
  // Without a listener, Node would close the connection without a response.
  server.on('connect', (request) => {
    request.socket.on('error', () => request.socket.destroy());
    end(problems.methodNotAllowed(knownMethods), request.socket, request);
  });
};

/**
 * Makes the connections in use close after the current response; otherwise they would stay open
 * until the grace period is over.
 */
const closeAfterResponses = (connections: Connections): void => {
  for (const { waiting } of connections.all()) {
    const last = waiting.at(-1);
    if (last?.headersSent === false) last.setHeader('Connection', 'close');
  }
};

const cutOff = (connections: Connections): void => {
  const reason = problems.unavailable(new Error('the server has stopped'));
  for (const { current } of connections.all()) if (current) breakOff(current, reason);
};

const limitsOf = ({ headersTimeout = 15_000, requestTimeout = 30_000 }: ListenOptions): ServerOptions => ({
  maxHeaderSize,
  // Node would refuse a request without Host, and send no problem document; request-target.ts
  // checks it instead.
  requireHostHeader: false,
  headersTimeout,
  requestTimeout,
  // Longer than load balancers keep idle connections (usually 60 s); otherwise they would send a
  // request on a connection that has just closed.
  keepAliveTimeout: 65_000,
  // How often Node checks for connections that are too slow.
  connectionsCheckingInterval: Math.min(2000, headersTimeout / 2),
});

/** Listens. Rejects when the port is taken. */
export const listen = async (listener: RequestListener, options: ListenOptions): Promise<HttpServer> => {
  const { host, port, log, maxConnections = Number.POSITIVE_INFINITY, isBehindProxy = false } = options;
  const { prefix = '', cut = () => {}, stallTimeout = 30_000 } = options;
  let draining = false;
  const connections = createConnections({ total: maxConnections, perAddress: !isBehindProxy, cut, log });
  const line = createLine(listener, () => draining);
  const end = createEnding(connections, prefix, log);
  const server = createServer(limitsOf(options), createReceiver(connections, line, end, cut));
  server.timeout = stallTimeout;
  refuse(server, end);
  // A client may close its side after its request, and still read the response (RFC 9112, section
  // 9.6).
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket) => {
    connections.accept(socket);
    socket.once('end', () => setTimeout(() => leaveRead(connections.of(socket)), halfClosedPatience).unref());
  });
  server.listen(port, host);
  await new Promise((listening, failed) => server.once('listening', listening).once('error', failed));
  // Without a listener, a connection that cannot be accepted would end the process.
  server.on('error', (error) => log?.warn({ err: error }, 'a connection could not be accepted'));
  return {
    port: (server.address() as AddressInfo).port,
    get inFlight() {
      return line.inFlight;
    },
    get connections() {
      return connections.open;
    },
    drain: (grace, hurry) => {
      draining = true;
      closeAfterResponses(connections);
      return drain(server, grace, () => cutOff(connections), hurry);
    },
  };
};
