// Bounds on a body that no handler reads, and on the number of chunks of a body: each byte that a
// client sends costs time, and each chunk as much as a hundred bytes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lastWords, stopReading } from './stop-reading.ts';

/**
 * How much of a body is read and dropped after the response, in bytes: more than the largest body
 * that an operation accepts, because some clients read the response only after they have sent
 * everything.
 */
const maxLeftover = 4 * 1024 * 1024;

/**
 * A body may have `maxChunks` chunks, and one more for each `bytesOfChunk` bytes. Larger chunks
 * cost no more than other requests, however many connections send them.
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
 * Reads the rest of the request's body after its response has been sent, and ends the connection if
 * the rest is too long.
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
