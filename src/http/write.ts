// Writes a handler's reply as the response.
import type { Context } from 'koa';
import type { AnyReply } from '../contract/operation.ts';
import { type Compression, varyByCoding } from './compression.ts';
import type { Entrance } from './entrance.ts';
import { writeStatic } from './static-reply.ts';
import { sendPieces } from './stream.ts';

const isIterable = (body: unknown): body is AsyncIterable<string> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Holds a place for each piece until it has been sent. */
async function* heldPieces(
  ctx: Context,
  pieces: AsyncIterable<string>,
  holdPiece: Entrance['holdPiece'],
): AsyncIterable<string> {
  for await (const piece of pieces) {
    const release = holdPiece(ctx, piece.length);
    yield piece;
    release?.();
  }
}

const textOf = (body: unknown, mediaType: string): string =>
  mediaType.endsWith('/json') ? JSON.stringify(body) : String(body);

/** A handler's reply, with what is needed to write it. */
export interface Outcome {
  readonly reply: AnyReply;
  /** The media type that the contract declares for the reply. */
  readonly mediaType?: string | undefined;
  /** When the work on the reply began, on performance.now()'s clock. */
  readonly began: number;
}

/** Writes a reply in its media type: JSON as a value, everything else as text. */
export const writeWith =
  (compression: Compression, entrance: Pick<Entrance, 'holdResponse' | 'holdPiece' | 'pace'>) =>
  async (ctx: Context, { reply, mediaType = 'application/json', began }: Outcome): Promise<void> => {
    const { status, headers, body, represent } = reply;
    const text = reply.text ?? (body === undefined || isIterable(body) ? undefined : textOf(body, mediaType));
    // Before any part of the response is set, because a refusal would keep it.
    const rest = text === undefined ? undefined : entrance.holdResponse(ctx, text.length, began);
    if (rest !== undefined) await rest;
    ctx.status = status;
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) ctx.res.setHeader(name, value);
    }
    if (represent !== undefined) return writeStatic(ctx, represent, mediaType);
    if (body === undefined && text === undefined) {
      // Koa would send the name of the status as the body.
      ctx.body = '';
      ctx.remove('Content-Type');
      if (status === 304) varyByCoding(ctx);
      return;
    }
    ctx.res.setHeader('Content-Type', mediaType);
    // Not compressed: a stream would keep a compressor for as long as it is open.
    if (isIterable(body) && mediaType === 'text/event-stream') {
      // nginx would keep the events until there are some kilobytes of them.
      ctx.res.setHeader('X-Accel-Buffering', 'no');
      await sendPieces(ctx, heldPieces(ctx, body, entrance.holdPiece));
    } else if (isIterable(body)) {
      // What was read before the response: otherwise it would cost nothing to begin again and again.
      const first = entrance.pace(ctx, performance.now() - began);
      if (first !== undefined) await first;
      await sendPieces(ctx, compression.encodePieces(ctx, body), (took) => entrance.pace(ctx, took));
    } else ctx.body = await compression.encode(ctx, text ?? '');
  };
