// The request body, read only after the caller is known: JSON in UTF-8, at most 100 kB or the
// contract's `x-body-limit`, in a media type that the operation declares. Anything else is a
// problem, never an empty object.
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context } from 'koa';
import bodyParser from 'koa-bodyparser';
import type { Operation } from 'openapi-backend';
import { type Fault, problems } from '../contract/problem.ts';
import { createJsonCounter, maxDepth, maxValues } from './json-size.ts';
import { acceptHeader, bodyTypesOf, isOneOf } from './media-type.ts';
import { ClientDisconnected } from './on-error.ts';

/**
 * Whether a body is announced. It may still be empty: proxies send `Transfer-Encoding: chunked`
 * with nothing in it.
 */
export const announcesBody = ({ req: { headers } }: Context): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const defaultLimit = 100;

/** How long a body of the operation may be, in kB of 1024 bytes. */
export const bodyLimitOf = (operation: Operation): number =>
  (operation as { readonly 'x-body-limit'?: number })['x-body-limit'] ?? defaultLimit;

/**
 * Throws a Problem (413) if a body that has arrived as part of another one is longer than the
 * operation accepts.
 */
export const checkValueSize = (ctx: Context, operation: Operation, body: unknown): void => {
  const limit = bodyLimitOf(operation);
  // It is not longer than the whole.
  if (Number(ctx.req.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= limit * 1024) return;
  if (body === undefined || Buffer.byteLength(JSON.stringify(body)) <= limit * 1024) return;
  throw problems.payloadTooLarge(`${limit} kB`);
};

const checkMediaType = (ctx: Context, contentType: string, accepted: readonly string[]): void => {
  const coding = ctx.get('Content-Encoding').trim().toLowerCase();
  if (coding !== '' && coding !== 'identity') {
    throw problems.unsupportedMediaType('Send the body without a content coding', {
      'Accept-Encoding': 'identity',
    });
  }
  if (!isOneOf(accepted, contentType)) {
    throw problems.unsupportedMediaType(`Send the body as ${accepted.join(' or ')} in UTF-8`, {
      [acceptHeader(ctx.method)]: accepted.join(', '),
    });
  }
};

// A single resource is smaller, whatever its texts are; in kB.
const severalResources = 1024;

/** How many values a body of the operation may have: fewer where it is a single resource. */
const valuesLimitOf = (operation: Operation): number =>
  bodyLimitOf(operation) > severalResources ? maxValues : maxValues / 10;

const tooMuchInside = (values: number): Fault => ({
  loc: ['body'],
  msg: `must have at most ${values} values, nested at most ${maxDepth} deep`,
  type: 'maxValues',
});

/** Longer bodies take milliseconds to parse, and as long to validate; in bytes. */
const largeBody = 256 * 1024;

const nothing = async () => {};

// It reads the body as text: as JSON, it would be parsed before anything in it could be refused.
const readerUpTo = (kilobytes: number) => bodyParser({ enableTypes: ['text'], textLimit: `${kilobytes}kb` });

const readers = new Map<number, ReturnType<typeof readerUpTo>>();

const readerOf = (kilobytes: number) => {
  const reader = readers.get(kilobytes) ?? readerUpTo(kilobytes);
  readers.set(kilobytes, reader);
  return reader;
};

/**
 * Reads the body to its end and gives `take` the pieces as they arrive. Resolves to the text;
 * rejects with what `take` throws, and with ClientDisconnected when the client hangs up.
 */
const readText = (ctx: Context, kilobytes: number, take: (piece: Buffer) => void): Promise<string> =>
  new Promise((resolve, reject) => {
    const { req } = ctx;
    const onData = (piece: Buffer): void => {
      try {
        take(piece);
      } catch (error) {
        req.off('data', onData);
        reject(error);
      }
    };
    req.on('data', onData);
    // The reader accepts plain text only; the real media type is checked by `checkStart`.
    req.headers['content-type'] = 'text/plain';
    readerOf(kilobytes)(ctx, nothing)
      .then(
        () => resolve(String(ctx.request.rawBody ?? '')),
        (error: unknown) => reject(req.destroyed ? new ClientDisconnected({ cause: error }) : error),
      )
      .finally(() => {
        req.off('data', onData);
        // What a refused request still sends is read and dropped: otherwise a client that is still
        // writing would not see the response.
        req.resume();
      });
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause, because the parser's message repeats a piece of the body.
    throw problems.malformed('The request body is not valid JSON');
  }
};

/**
 * The parsed body of a request that has announced one, or undefined when it is empty. Throws a
 * Problem: a body where the operation takes none (400), another media type (415), too large (413),
 * not JSON (400), too many values (422).
 */
export const readBody = async (ctx: Context, operation: Operation): Promise<unknown> => {
  const accepted = bodyTypesOf(operation);
  const contentType = ctx.get('Content-Type');
  const limit = bodyLimitOf(operation);
  const checkSize = (size: number): void => {
    if (size > limit * 1024) throw problems.payloadTooLarge(`${limit} kB`);
  };
  const checkStart = (size: number): void => {
    if (accepted === null) throw problems.malformed('This operation takes no request body');
    checkMediaType(ctx, contentType, accepted);
    checkSize(size);
  };
  const values = valuesLimitOf(operation);
  const counter = createJsonCounter(values);
  const pieces: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    if (size === 0) checkStart(piece.length);
    size += piece.length;
    checkSize(size);
    if (!counter.add(piece)) throw problems.invalid([tooMuchInside(values)]);
    pieces.push(piece);
  };
  try {
    // A body whose announced length is too large is refused before it arrives.
    const announced = Number(ctx.req.headers['content-length'] ?? 0);
    if (announced > 0) checkStart(announced);
  } catch (error) {
    ctx.req.resume();
    throw error;
  }
  const text = await readText(ctx, limit, take);
  if (size === 0) return undefined;
  // The decoder writes U+FFFD for bytes that are not UTF-8; if that were stored, the user's text
  // would be lost.
  if (text.includes('\uFFFD') && !isUtf8(Buffer.concat(pieces))) {
    throw problems.malformed('The request body is not valid UTF-8');
  }
  const value = parse(text);
  // Validation is a separate piece of work, so others have their turn in between.
  if (size > largeBody) await nextTurn();
  return value;
};
