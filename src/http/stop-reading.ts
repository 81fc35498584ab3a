// The end of what is read on a connection, in the middle of what has arrived. Node parses each
// piece that it reads, of up to 64 kB, before it looks at anything else, and such a piece can hold
// two thousand requests, or ten thousand chunks of a body, each of which it would build; pausing or
// destroying the socket takes effect after that.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * How long a client has to read the response that ends its connection, in milliseconds, whatever it
 * still sends.
 */
export const lastWords = 1000;

/** What Node does not declare: the parser of a connection, and what it calls. */
interface Parser {
  /** Called with the head of each request. */
  onIncoming?: unknown;
  readonly constructor: { readonly kOnBody?: number };
  /**
   * By number: `kOnBody` is called with each piece of a body, which is not even built when there is
   * nothing to call.
   */
  [callback: number]: unknown;
}

/** What the callback returns so that what follows is not HTTP: the parser looks no further. */
const notHttp = 2;

const silence = (socket: Duplex, parser: Parser): void => {
  parser.onIncoming = () => notHttp;
  const { kOnBody } = parser.constructor;
  if (kOnBody === undefined || parser[kOnBody] === undefined) return;
  const onBody = parser[kOnBody];
  parser[kOnBody] = undefined;
  // Node uses a parser again for another connection, and sets only the other callback anew.
  socket.prependOnceListener('close', () => {
    parser[kOnBody] = onBody;
  });
};

/**
 * Reads and parses nothing more on the connection of `request`, the one whose head or body is being
 * parsed.
 */
export const stopReading = (request: IncomingMessage): void => {
  // A request that has room for more of its body would start the reading of its connection again.
  request._read = () => {};
  const socket: Duplex & { readonly parser?: Parser | null } = request.socket;
  socket.pause();
  if (socket.parser) silence(socket, socket.parser);
};
