// Sends a response that is too long to be held in memory, piece by piece.
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { breakOff } from './break-off.ts';

/** The client has requested a response but does not read it, so its connection is not kept. */
export class ClientStalled extends Error {
  constructor() {
    super('the client has stopped reading');
    this.name = 'ClientStalled';
  }
}

/** Resolves when everything that was written has been sent, or when the response has closed. */
const isFree = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

/**
 * Sends the pieces as the client reads them: the next one is requested when the previous one has
 * been sent. It does not use a Readable, which would read ahead. `pace` receives how long each
 * piece took, in milliseconds, and may delay the next one. Resolves when all pieces have been
 * written, or when the client has gone; rejects with what `pieces` throws. Breaks off the response
 * if the client reads nothing for as long as the server waits.
 */
export const sendPieces = async (
  ctx: Context,
  pieces: AsyncIterable<string | Buffer>,
  pace: (took: number) => Promise<void> | undefined = () => undefined,
): Promise<void> => {
  const { res } = ctx;
  ctx.respond = false;
  if (ctx.method === 'HEAD') {
    res.end();
    return;
  }
  res.on('timeout', () => breakOff(res, new ClientStalled()));
  let since = performance.now();
  for await (const piece of pieces) {
    const took = performance.now() - since;
    // The client may have gone before this was called, or while the piece was read.
    if (res.closed) return;
    if (!res.write(piece)) await isFree(res);
    const rest = pace(took);
    if (rest !== undefined) await rest;
    since = performance.now();
  }
  res.end();
};
