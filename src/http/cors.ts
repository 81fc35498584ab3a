// Which pages of other origins may call the API and read its responses (Fetch standard, section 3.2):
// those that the operator names. Tokens travel in a header, never in a cookie, so no credentials
// mode is allowed.
import type { Middleware } from 'koa';

const exposed = [
  'Accept',
  'Accept-Encoding',
  'Accept-Patch',
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ');

const accepted = [
  'Authorization',
  'baggage',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'X-Request-Id',
].join(', ');

/** How long a browser may remember the answer to a preflight, in seconds. */
const maxAge = '7200';

/**
 * Whether an origin is the allowed one or, where that has a wildcard, has one label in its place.
 */
const matches = (allowed: string, origin: string): boolean => {
  const [start = '', end] = allowed.split('*');
  if (end === undefined) return origin === allowed;
  const label = origin.slice(start.length, -end.length);
  return origin.startsWith(start) && origin.endsWith(end) && /^[a-z0-9_-]+$/.test(label);
};

/** What lets a page of one of `origins` read an answer, given the `Origin` of its request. */
export const corsHeaders = (
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> => {
  if (origins.length === 0) return {};
  const vary = { Vary: 'Origin' };
  if (origin === undefined || !origins.some((allowed) => matches(allowed, origin))) return vary;
  return { ...vary, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposed };
};

/**
 * Lets the pages of `origins` in, each written like `https://app.example.com` or
 * `https://*.example.com`.
 */
export const cors =
  (origins: readonly string[]): Middleware =>
  async (ctx, next) => {
    const headers = corsHeaders(origins, ctx.req.headers.origin);
    ctx.set(headers);
    if (!('Access-Control-Allow-Origin' in headers)) return next();
    await next();
    if (ctx.method !== 'OPTIONS' || ctx.get('Access-Control-Request-Method') === '') return;
    // Where there is no such path, nothing has listed its methods, and there is nothing to allow.
    const allow: string | undefined = ctx.response.get('Allow');
    if (!allow) return;
    ctx.set({
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers': accepted,
      'Access-Control-Max-Age': maxAge,
    });
  };
