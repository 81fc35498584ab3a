// Stops the parser of a connection in the middle of the bytes that have arrived. Node parses each
// piece of up to 64 kB that it reads before it does anything else. Such a piece can contain two
// thousand requests, or ten thousand chunks of a body, and Node would build each of them; pausing
// or destroying the socket takes effect only after that.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * How long a client has to read the response that ends its connection, in milliseconds, while it
 * may still be sending.
 */
export const lastWords = 1000;

/** What Node does not document: the parser of a connection, and its callbacks. */
interface Parser {
  /** Called with the head of each request. */
  onIncoming?: unknown;
  readonly constructor: { readonly kOnBody?: number };
  /**
   * By number: `kOnBody` is called with each piece of a body. Without a callback, the piece is not
   * even built.
   */
  [callback: number]: unknown;
}

/**
 * What the callback returns to declare that the following bytes are not HTTP: the parser then
 * stops.
 */
const notHttp = 2;

const silence = (socket: Duplex, parser: Parser): void => {
  parser.onIncoming = () => notHttp;
  const { kOnBody } = parser.constructor;
  if (kOnBody === undefined || parser[kOnBody] === undefined) return;
  const onBody = parser[kOnBody];
  parser[kOnBody] = undefined;
  // Node reuses a parser for another connection, and sets only the other callback again.
  socket.prependOnceListener('close', () => {
    parser[kOnBody] = onBody;
  });
};

/**
 * Reads and parses nothing more on the connection of `request`, the one whose head or body is being
 * parsed.
 */
export const stopReading = (request: IncomingMessage): void => {
  // A request that has room for more of its body would resume reading from its connection.
  request._read = () => {};
  const socket: Duplex & { readonly parser?: Parser | null } = request.socket;
  socket.pause();
  if (socket.parser) silence(socket, socket.parser);
};
