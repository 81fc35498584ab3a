// Content that never changes: the bytes are prepared in each coding, and sent unchanged or not at
// all (304).
import type { Context } from 'koa';
import type { Represent } from '../contract/operation.ts';
import { codingFor } from './content-coding.ts';

/**
 * A longer list of tags is not searched, in characters; a client has one for each representation.
 */
const longest = 4096;

const entityTag = /"[\x21\x23-\x7E\x80-\xFF]*"/g;

/** Whether `If-None-Match` names the tag; compared weakly (RFC 9110, section 13.1.2). */
const isNamed = (field: string | undefined, etag: string): boolean => {
  if (field === undefined || field.length > longest) return false;
  const named: readonly string[] = field.match(entityTag) ?? [];
  return field.trim() === '*' || named.includes(etag);
};

/**
 * Responds with the representation that the client prefers, or with 304 if the client already has
 * it.
 */
export const writeStatic = async (ctx: Context, represent: Represent, mediaType: string): Promise<void> => {
  const preferred = codingFor(ctx.req.headers['accept-encoding'], ['br', 'gzip']);
  const { bytes, etag, coding } = await represent(preferred);
  ctx.vary('Accept-Encoding');
  ctx.set('ETag', etag);
  if (isNamed(ctx.req.headers['if-none-match'], etag)) {
    ctx.status = 304;
    return;
  }
  if (coding !== 'identity') ctx.set('Content-Encoding', coding);
  ctx.set('Content-Type', mediaType);
  ctx.body = bytes;
};
