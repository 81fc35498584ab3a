// What every response says about its handling: caches ask again, browsers take nothing for anything
// else.
import type { Middleware } from 'koa';

// A browser should come back by TLS only; it may be told so only over TLS (RFC 6797, section 7.2).
const strictTransport = 'max-age=31536000';

/**
 * With an entity tag, a private cache may keep a response and has to ask whether it still holds. A
 * proxy that compressed it would have to change its strong tag, which clients could then send back
 * in vain (RFC 9110, section 7.7).
 */
export const cacheControl = 'private, no-cache, no-transform';

export const policy = "default-src 'none'; frame-ancestors 'none'";

/** Sets the headers before the rest runs: an operation that knows better says so itself. */
export const commonHeaders: Middleware = (ctx, next) => {
  const { res } = ctx;
  res.setHeader('Cache-Control', cacheControl);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('Referrer-Policy', 'no-referrer');
  if (ctx.secure) res.setHeader('Strict-Transport-Security', strictTransport);
  return next();
};
