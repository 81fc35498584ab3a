// Media types: those in which an operation responds, and those that it accepts. The contract
// declares both.
import type { Context } from 'koa';
import type { Operation } from 'openapi-backend';
import { problems } from '../contract/problem.ts';

/** The media type of server-sent events (HTML standard, section 9.2). */
export const eventStream = 'text/event-stream';

/**
 * The declared media types of an operation's successes by status; the first one is the default. A
 * stream of events is declared beside the content, as `x-event-stream`: a second media type would
 * make each generator of clients return either of two types.
 */
export const mediaTypesOf = (operation: Operation): ReadonlyMap<number, readonly string[]> =>
  new Map(
    Object.entries(operation.responses ?? {}).flatMap(([status, response]) => {
      if (!/^[23]/.test(status) || !('content' in response)) return [];
      const types = Object.keys(response.content ?? {});
      return [[Number(status), 'x-event-stream' in response ? [...types, eventStream] : types]];
    }),
  );

/** A longer header field is ignored; browsers send some 150 characters. */
const longest = 1000;

/**
 * The media type that the client prefers (RFC 9110, section 12.5.1). Throws a Problem (406) if it
 * accepts none of several; an only one is sent in any case.
 */
export const negotiate = (ctx: Context, types: readonly string[]): string | undefined => {
  const [preferred, ...others] = types;
  if (others.length === 0) return preferred;
  ctx.vary('Accept');
  if ((ctx.req.headers.accept ?? '').length > longest) return preferred;
  const accepted = ctx.accepts([...types]);
  if (accepted === false) throw problems.notAcceptable(types);
  return String(accepted);
};

/** The media types that an operation accepts; null if it takes no body. */
export const bodyTypesOf = (operation: Operation): readonly string[] | null =>
  operation.requestBody && 'content' in operation.requestBody
    ? Object.keys(operation.requestBody.content)
    : null;

/**
 * The header of a 415 that lists what a method accepts: RFC 5789, section 2.2 for PATCH, RFC 9110,
 * section 12.5.1 for others.
 */
export const acceptHeader = (method: string): 'Accept' | 'Accept-Patch' =>
  method === 'PATCH' ? 'Accept-Patch' : 'Accept';

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const type = new RegExp(`[ \\t]*(${token}/${token})`, 'y');
// RFC 9110, section 5.6.6. Each part begins with a character that the previous one cannot contain,
// so none is read twice.
const parameter = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\[^])*)")[ \\t]*)?`,
  'y',
);

/**
 * Whether a Content-Type is well formed (RFC 9110, section 8.3), one of `accepted`, and without a
 * charset other than UTF-8.
 */
export const isOneOf = (accepted: readonly string[], contentType: string): boolean => {
  type.lastIndex = 0;
  const [start = '', name = ''] = type.exec(contentType) ?? [];
  if (!accepted.includes(name.toLowerCase())) return false;
  for (let at = start.length; at < contentType.length; ) {
    parameter.lastIndex = at;
    const [part, key = '', plain, quoted = ''] = parameter.exec(contentType) ?? [];
    if (part === undefined) return contentType.slice(at).trim() === '';
    if (key.toLowerCase() === 'charset' && !/^utf-?8$/i.test(plain ?? quoted)) return false;
    at += part.length;
  }
  return true;
};
