// The request body, read only after the caller is known: JSON in UTF-8, at most 100 kB or what the contract's
// `x-body-limit` says, in a media type that the operation declares. Whatever else comes is a problem, never an empty object.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Operation } from 'openapi-backend';
import { type Fault, problems } from '../contract/problem.ts';
import { createJsonCounter, maxDepth, maxValues } from './json-size.ts';
import { acceptHeader, bodyTypesOf, isOneOf } from './media-type.ts';
import { ClientDisconnected } from './on-error.ts';

/** Whether a body is announced. It may still be empty: proxies send `Transfer-Encoding: chunked` with nothing in it. */
export const announcesBody = ({ req: { headers } }: Context): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const checkMediaType = (ctx: Context, accepted: readonly string[]): void => {
  const coding = ctx.get('Content-Encoding').trim().toLowerCase();
  if (coding !== '' && coding !== 'identity') {
    throw problems.unsupportedMediaType('Send the body without a content coding', {
      'Accept-Encoding': 'identity',
    });
  }
  if (!isOneOf(accepted, ctx.get('Content-Type'))) {
    throw problems.unsupportedMediaType(`Send the body as ${accepted.join(' or ')} in UTF-8`, {
      [acceptHeader(ctx.method)]: accepted.join(', '),
    });
  }
};

const tooMuchInside: Fault = {
  loc: ['body'],
  msg: `must have at most ${maxValues} values, nested at most ${maxDepth} deep`,
  type: 'maxValues',
};

/**
 * Gives `take` the pieces of the body as they come; resolves at its end. Rejects with what `take` throws, and with
 * ClientDisconnected when the client hangs up.
 */
const readPieces = (request: IncomingMessage, take: (piece: Buffer) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      request.off('data', onData).off('end', settle).off('error', onFailure).off('close', onFailure);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onData = (piece: Buffer): void => {
      try {
        take(piece);
      } catch (error) {
        settle(error);
      }
    };
    const onFailure = (error?: Error): void => settle(new ClientDisconnected({ cause: error }));
    // Nothing is emitted any more when the client went before this was called.
    if (request.destroyed && !request.readableEnded) onFailure();
    else request.on('data', onData).on('end', settle).on('error', onFailure).on('close', onFailure);
  });

// The default would write U+FFFD for bytes that are not UTF-8; stored, it would be a user's lost text.
const decoder = new TextDecoder('utf-8', { fatal: true });

const decode = (bytes: Buffer): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw problems.malformed('The request body is not valid UTF-8');
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the parser's message repeats a piece of the body.
    throw problems.malformed('The request body is not valid JSON');
  }
};

/**
 * The parsed body of a request that has announced one, or undefined when it is empty. Throws a Problem: a body where the
 * operation takes none (400), another media type (415), too large (413), not JSON (400), too much inside (422).
 */
export const readBody = async (ctx: Context, operation: Operation): Promise<unknown> => {
  const accepted = bodyTypesOf(operation);
  const { 'x-body-limit': limit = 100 } = operation as { readonly 'x-body-limit'?: number };
  const checkSize = (size: number): void => {
    if (size > limit * 1024) throw problems.payloadTooLarge(`${limit} kB`);
  };
  const checkStart = (size: number): void => {
    if (accepted === null) throw problems.malformed('This operation takes no request body');
    checkMediaType(ctx, accepted);
    checkSize(size);
  };
  const counter = createJsonCounter();
  const pieces: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    if (size === 0) checkStart(piece.length);
    size += piece.length;
    checkSize(size);
    if (!counter.add(piece)) throw problems.invalid([tooMuchInside]);
    pieces.push(piece);
  };
  try {
    // What the length announces is refused before it comes.
    const announced = Number(ctx.req.headers['content-length'] ?? 0);
    if (announced > 0) checkStart(announced);
    await readPieces(ctx.req, take);
  } finally {
    // What a refused request still sends is read and dropped: a client that writes on would not see the response.
    ctx.req.resume();
  }
  return size === 0 ? undefined : parse(decode(Buffer.concat(pieces)));
};
