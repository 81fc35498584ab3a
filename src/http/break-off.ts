// The end of a response that cannot be finished. A connection that is closed looks, over HTTP/1.0
// and to a proxy that speaks it to us, like the end of a complete response; one that is reset does
// not (RFC 9112, section 8).
import type { ServerResponse } from 'node:http';

/**
 * Resets the connection of a response; `reason` is in `response.errored` from then on, for the log.
 */
export const breakOff = (response: ServerResponse, reason: Error): void => {
  const { socket } = response;
  if (socket !== null && 'resetAndDestroy' in socket) socket.resetAndDestroy();
  response.destroy(reason);
};
