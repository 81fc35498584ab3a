// The request body, read only after the caller is known: JSON in UTF-8, at most 100 kB or what the contract's
// `x-body-limit` says, in a media type that the operation declares. Whatever else comes is a problem, never an empty object.
import { isUtf8 } from 'node:buffer';
import type { Context } from 'koa';
import bodyParser from 'koa-bodyparser';
import type { Operation } from 'openapi-backend';
import { problems } from '../contract/problem.ts';
import { ClientDisconnected } from './on-error.ts';

const parserUpTo = (kilobytes: number) =>
  bodyParser({
    enableTypes: ['json'],
    // Which media types an operation takes is the contract's matter, and checked before.
    detectJSON: () => true,
    jsonLimit: `${kilobytes}kb`,
    // Any JSON value, not only objects: the contract decides.
    strict: false,
    // JSON.parse makes `__proto__` a field like any other, and the contract knows no such field.
    onProtoPoisoning: 'ignore',
  } as Parameters<typeof bodyParser>[0]);

const parsers = new Map<number, ReturnType<typeof parserUpTo>>();

const parserOf = (kilobytes: number) => {
  const parser = parsers.get(kilobytes) ?? parserUpTo(kilobytes);
  parsers.set(kilobytes, parser);
  return parser;
};

const nothing = async () => {};

const mediaTypesOf = (operation: Operation): readonly string[] | null =>
  operation.requestBody && 'content' in operation.requestBody
    ? Object.keys(operation.requestBody.content)
    : null;

/** Whether a body is announced. */
export const hasBody = (ctx: Context): boolean =>
  ctx.req.headers['transfer-encoding'] !== undefined || Number(ctx.req.headers['content-length'] ?? 0) > 0;

const checkMediaType = (ctx: Context, accepted: readonly string[]): void => {
  const coding = ctx.get('Content-Encoding').trim().toLowerCase();
  if (coding !== '' && coding !== 'identity') {
    throw problems.unsupportedMediaType('Send the body without a content coding');
  }
  const [mediaType = '', ...parameters] = ctx.get('Content-Type').toLowerCase().split(';');
  const isUtf8Declared = parameters
    .filter((parameter) => /^\s*charset\s*=/.test(parameter))
    .every((charset) => /^\s*charset="?utf-?8"?\s*$/.test(charset));
  if (!accepted.includes(mediaType.trim()) || !isUtf8Declared) {
    throw problems.unsupportedMediaType(`Send the body as ${accepted.join(' or ')} in UTF-8`);
  }
};

const read = async (ctx: Context, kilobytes: number): Promise<void> => {
  try {
    await parserOf(kilobytes)(ctx, nothing);
  } catch (error) {
    const { type, status } = error as { type?: unknown; status?: unknown };
    if (type === 'entity.too.large') throw problems.payloadTooLarge(`${kilobytes} kB`);
    if (ctx.req.readableAborted || type === 'request.aborted') throw new ClientDisconnected({ cause: error });
    // No cause: the parser's message repeats a piece of the body.
    if (error instanceof SyntaxError || status === 400)
      throw problems.malformed('The request body is not valid JSON');
    throw error;
  }
};

/**
 * The parsed body of a request that has announced one, or undefined when none came. Throws a Problem: a body where the operation takes none (400), another
 * media type (415), too large (413), not JSON (400).
 */
export const readBody = async (ctx: Context, operation: Operation): Promise<unknown> => {
  const accepted = mediaTypesOf(operation);
  if (accepted === null) throw problems.malformed('This operation takes no request body');
  checkMediaType(ctx, accepted);
  const { 'x-body-limit': limit = 100 } = operation as { readonly 'x-body-limit'?: number };
  // Before the parser, which takes a length of more than 31 bits for a small one. A kB is 1024 bytes, as it is there.
  if (Number(ctx.req.headers['content-length'] ?? 0) > limit * 1024) {
    throw problems.payloadTooLarge(`${limit} kB`);
  }
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer) => chunks.push(chunk);
  ctx.req.on('data', keep);
  try {
    await read(ctx, limit);
  } finally {
    ctx.req.off('data', keep);
    // What a refused request still sends is read and dropped: a client that writes on would not see the answer.
    ctx.req.resume();
  }
  // koa-bodyparser leaves the text that it parsed here.
  const raw = String(ctx.request.rawBody ?? '');
  if (raw === '') return undefined;
  // The decoder writes U+FFFD for bytes that are not UTF-8; stored, it would be somebody's lost text.
  if (raw.includes('\uFFFD') && !isUtf8(Buffer.concat(chunks))) {
    throw problems.malformed('The request body is not valid UTF-8');
  }
  return ctx.request.body;
};
