// Bounds on a body that nothing reads, and on its chunks: what a client sends costs by the byte,
// and by the chunk as much as a hundred bytes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lastWords, stopReading } from './stop-reading.ts';

/**
 * How much of a body is read and dropped after the response, in bytes: more than the largest one
 * that an operation takes, because some clients look at the response only when they have sent
 * everything.
 */
const maxLeftover = 4 * 1024 * 1024;

/**
 * How many chunks a body may have, and one more for each of so many bytes. Larger chunks cost as
 * much as other requests, however many connections send them.
 */
const maxChunks = 32;
const bytesOfChunk = 64;

/**
 * Calls `tooMany`, once, when the body of the request comes in too many chunks: then nothing more
 * of it is read.
 */
export const boundChunks = (request: IncomingMessage, tooMany: () => void): void => {
  let chunks = 0;
  let bytes = 0;
  const push = request.push.bind(request);
  // The parser calls it with each chunk; an event would come too late.
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) return push(null);
    chunks += 1;
    bytes += chunk.length;
    if (chunks <= maxChunks + bytes / bytesOfChunk) return push(chunk);
    request.push = () => false;
    stopReading(request);
    tooMany();
    return false;
  };
};

/**
 * Reads the rest of the request's body when its response has left, and ends the connection when
 * that is too much.
 */
export const dropLeftover = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0;
  const drop = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes <= maxLeftover) return;
    request.off('data', drop);
    stopReading(request);
    setTimeout(() => request.socket.destroy(), lastWords).unref();
  };
  // Before Node's own listener, which would drop the rest without a bound.
  response.prependOnceListener('finish', () => {
    if (!request.complete) request.on('data', drop).resume();
  });
};
