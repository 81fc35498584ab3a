// What is large leaves compressed (RFC 9110, section 8.4) for clients that can read it. What has a
// strong entity tag does not: the tag names these very bytes, and a client sends it back in
// If-Match. Tokens travel in a header field that no page of another site can make a browser send,
// so a length reveals nothing to one (the attack called BREACH).
import { once } from 'node:events';
import { promisify } from 'node:util';
import { constants, createGzip, type Gzip, gzip, gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { codingFor } from './content-coding.ts';

/** Half the time and a fifth of the memory of the defaults, for 5 % more bytes. */
const options = { level: constants.Z_BEST_SPEED, windowBits: 13, memLevel: 5 };

/**
 * What is shorter, in bytes, is sent as it is. A page of 20 tasks (5.6 kB) shrinks to 23 % for 12 %
 * more CPU of its request, one of 100 (28 kB) to 19 % for 25 %; below, a tenth of a request would
 * save a packet or two.
 */
const least = 4096;

/** Up to here, in bytes, another thread costs more than it takes off this one. */
const most = 32 * 1024;

/**
 * Compressions in progress at once, of some 100 kB each. Beyond them a response is sent as it is.
 */
const maxAtOnce = 16;

const gzipElsewhere = promisify<string, typeof options, Buffer>(gzip);

export interface Compression {
  /** The text as it is to be sent; sets the header fields that say how. */
  encode(ctx: Context, text: string): Promise<string | Buffer>;
  /** The same for pieces: each can be read by the client when it has arrived. */
  encodePieces(ctx: Context, pieces: AsyncIterable<string>): AsyncIterable<string | Buffer>;
}

const hasStrongTag = (ctx: Context): boolean => String(ctx.res.getHeader('ETag') ?? '').startsWith('"');

/**
 * Tells caches that the response depends on the codings that the client takes; a 304 says so as its
 * 200 would.
 */
export const varyByCoding = (ctx: Context): void => {
  if (!hasStrongTag(ctx)) ctx.vary('Accept-Encoding');
};

const isGzipWanted = (ctx: Context): boolean =>
  codingFor(ctx.req.headers['accept-encoding'], ['gzip']) === 'gzip';

/** Compresses what is written, and returns what there is to send so far. */
const writeTo = async (stream: Gzip, ready: Buffer[], piece: string): Promise<Buffer> => {
  stream.write(piece);
  await new Promise<void>((flushed, failed) => {
    stream.once('error', failed);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('error', failed);
      flushed();
    });
  });
  return Buffer.concat(ready.splice(0));
};

/** Compresses piece by piece. Not through a pipe, which would read ahead of the client. */
export async function* gzipPieces(pieces: AsyncIterable<string>): AsyncIterable<Buffer> {
  const stream = createGzip(options);
  const ready: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => ready.push(chunk));
  try {
    for await (const piece of pieces) yield await writeTo(stream, ready, piece);
    await once(stream.end(), 'end');
    yield Buffer.concat(ready);
  } finally {
    stream.destroy();
  }
}

export const createCompression = (): Compression => {
  let running = 0;
  const encodeElsewhere = async (text: string): Promise<Buffer> => {
    running += 1;
    try {
      return await gzipElsewhere(text, options);
    } finally {
      running -= 1;
    }
  };
  return {
    encode: async (ctx, text) => {
      varyByCoding(ctx);
      if (hasStrongTag(ctx)) return text;
      const length = Buffer.byteLength(text);
      const isElsewhere = length > most;
      if (length < least || !isGzipWanted(ctx) || (isElsewhere && running >= maxAtOnce)) return text;
      ctx.set('Content-Encoding', 'gzip');
      return isElsewhere ? encodeElsewhere(text) : gzipSync(text, options);
    },

    encodePieces: (ctx, pieces) => {
      const { res } = ctx;
      varyByCoding(ctx);
      // A response that has closed already reports it to no one.
      if (!isGzipWanted(ctx) || running >= maxAtOnce || res.closed || res.destroyed) return pieces;
      running += 1;
      res.once('close', () => {
        running -= 1;
      });
      ctx.set('Content-Encoding', 'gzip');
      return gzipPieces(pieces);
    },
  };
};
