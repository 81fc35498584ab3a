// Which pages of other origins may call the API and read its responses (Fetch standard, section
// 3.2): those that the operator names. Tokens travel in a header, never in a cookie, so no
// credentials mode is allowed.
import type { Middleware } from 'koa';

const exposed = [
  'Accept',
  'Accept-Encoding',
  'Accept-Patch',
  'Change',
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
  'X-Accel-Buffering',
  'X-Request-Id',
].join(', ');

const accepted = [
  'Authorization',
  'baggage',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Mcp-Method',
  'Mcp-Name',
  'MCP-Protocol-Version',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'X-Request-Id',
].join(', ');

/** How long a browser may remember the response to a preflight, in seconds. */
const maxAge = '7200';

/** Whether an origin matches an allowed one, in which a wildcard stands for one label. */
const matches = (allowed: string, origin: string): boolean => {
  const [start = '', end] = allowed.split('*');
  if (end === undefined) return origin === allowed;
  const label = origin.slice(start.length, -end.length);
  return origin.startsWith(start) && origin.endsWith(end) && /^[a-z0-9_-]+$/.test(label);
};

/** Whether one of the allowed origins is this one. */
export const isAllowedOrigin = (origins: readonly string[], origin: string): boolean =>
  origins.some((allowed) => matches(allowed, origin));

/** Whether an origin is one of this machine. */
export const isLoopback = (origin: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(URL.parse(origin)?.hostname ?? '');

/**
 * The headers that let a page of one of `origins` read a response, given the `Origin` of its
 * request.
 */
export const corsHeaders = (
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> => {
  if (origins.length === 0) return {};
  const vary = { Vary: 'Origin' };
  if (origin === undefined || !isAllowedOrigin(origins, origin)) return vary;
  return { ...vary, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposed };
};

/**
 * Allows the pages of `origins`, each written like `https://app.example.com` or
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
    // The methods of a path that does not exist were not listed, so there is nothing to allow.
    const allow: string | undefined = ctx.response.get('Allow');
    if (!allow) return;
    ctx.set({
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers': accepted,
      'Access-Control-Max-Age': maxAge,
    });
  };
