// Compresses large responses (RFC 9110, section 8.4) for clients that accept it, except those with
// a strong entity tag: the tag identifies exactly these bytes, and clients send it back in
// If-Match. Tokens travel in a header field that no page of another site can make a browser send,
// so the length of a compressed response reveals nothing to such a page (the BREACH attack).
import { once } from 'node:events';
import { promisify } from 'node:util';
import { constants, createGzip, type Gzip, gzip, gzipSync } from 'node:zlib';
import type { Context } from 'koa';
import { codingFor } from './content-coding.ts';

/** Half the time and a fifth of the memory of the defaults, for 5 % more bytes. */
const options = { level: constants.Z_BEST_SPEED, windowBits: 13, memLevel: 5 };

/**
 * Shorter responses are sent uncompressed; in bytes. A page of 20 tasks (5.6 kB) shrinks to 23 %
 * for 12 % more CPU time of its request, a page of 100 (28 kB) to 19 % for 25 %. Below that, a
 * tenth of the CPU time would save only a packet or two.
 */
const least = 4096;

/** Up to this size, in bytes, using another thread costs more than it saves on this one. */
const most = 32 * 1024;

/**
 * Compressions in progress at once, of some 100 kB each. Beyond that, a response is sent
 * uncompressed.
 */
const maxAtOnce = 16;

const gzipElsewhere = promisify<string, typeof options, Buffer>(gzip);

export interface Compression {
  /** The text in the form in which it is sent; sets the header fields that describe it. */
  encode(ctx: Context, text: string): Promise<string | Buffer>;
  /** The same for pieces: each can be read by the client when it has arrived. */
  encodePieces(ctx: Context, pieces: AsyncIterable<string>): AsyncIterable<string | Buffer>;
}

const hasStrongTag = (ctx: Context): boolean => String(ctx.res.getHeader('ETag') ?? '').startsWith('"');

/**
 * Marks the response as one that depends on the codings that the client accepts, a 304 as its 200
 * would be.
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
      // A response that has already closed emits no other 'close'.
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
