// The headers of every response that control its handling: caches revalidate it, and browsers do
// not guess another media type.
import type { Middleware } from 'koa';

// Tells a browser to come back over TLS only; it may be sent only over TLS (RFC 6797, section 7.2).
const strictTransport = 'max-age=31536000';

/**
 * A private cache may keep a response with an entity tag, and has to revalidate it before each use.
 * A proxy that compressed it would have to change its strong tag, and a client that sent the
 * changed tag back would always be refused (RFC 9110, section 7.7).
 */
export const cacheControl = 'private, no-cache, no-transform';

export const policy = "default-src 'none'; frame-ancestors 'none'";

/** Sets the headers before the rest runs, so that an operation can replace them. */
export const commonHeaders: Middleware = (ctx, next) => {
  const { res } = ctx;
  res.setHeader('Cache-Control', cacheControl);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('Referrer-Policy', 'no-referrer');
  if (ctx.secure) res.setHeader('Strict-Transport-Security', strictTransport);
  return next();
};
