// A response that is longer than memory should hold, piece by piece.
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { breakOff } from './break-off.ts';

/** A client has asked for a response and reads nothing of it: the connection is not kept for it. */
export class ClientStalled extends Error {
  constructor() {
    super('the client has stopped reading');
    this.name = 'ClientStalled';
  }
}

/** Resolves when all that was written has left, or the response has closed. */
const isFree = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

/**
 * Sends the pieces as the client takes them: the next one is asked for when the one before has
 * left. Not through a stream of its own, which would read ahead. `pace` gets how long each took, in
 * milliseconds, and may hold up the next one. Resolves when all have been handed over, or the
 * client has gone; rejects with what `pieces` throws. Breaks the response off when the client reads
 * nothing for as long as the server waits.
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
