// The path prefix below which clients reach the service, if a proxy in front removes it before it
// forwards a request.
import type { Middleware } from 'koa';
import { metadataPath } from '../contract/resource-metadata.ts';
import { isPathPrefix } from '../contract/server-address.ts';

/** The prefix of a request with this `X-Forwarded-Prefix`; empty for none. */
export type PrefixOf = (forwarded: string | undefined) => string;

/**
 * The public URL decides. Without one the header field decides, as far as it comes from the
 * `trusted` nearest proxies: each adds what it has removed, so the outermost comes first. A field
 * that is not a path is ignored.
 */
export const prefixFrom = (publicUrl: string | null, trusted: number): PrefixOf => {
  if (publicUrl !== null) {
    const { pathname } = new URL(publicUrl);
    const own = pathname === '/' ? '' : pathname;
    return () => own;
  }
  return (forwarded) => {
    if (trusted === 0 || forwarded === undefined) return '';
    const parts = forwarded.split(',').slice(-trusted);
    const prefix = parts.map((part) => part.trim().replace(/\/$/, '')).join('');
    return isPathPrefix(prefix) ? prefix : '';
  };
};

/**
 * The target without the prefix after a well-known path: there, the path of a resource follows (RFC
 * 9728, section 3.1), and no proxy removes it.
 */
const withoutPrefix = (target: string, prefix: string): string => {
  const whole = metadataPath + prefix;
  const isBelow = target.startsWith(whole) && /^(?:$|[/?])/.test(target.slice(whole.length));
  return isBelow ? metadataPath + target.slice(whole.length) : target;
};

/**
 * Leaves the prefix in `ctx.state.prefix`, and puts it before the paths in `Location` and `Link`.
 */
export const publicPrefix =
  (prefixOf: PrefixOf): Middleware =>
  async (ctx, next) => {
    const prefix = prefixOf(ctx.req.headers['x-forwarded-prefix'] as string | undefined);
    ctx.state.prefix = prefix;
    if (prefix !== '') ctx.url = withoutPrefix(ctx.url, prefix);
    await next();
    if (prefix === '' || ctx.res.headersSent) return;
    const { location, link } = ctx.response.headers;
    if (typeof location === 'string') ctx.set('Location', location.replace(/^\//, `${prefix}/`));
    if (typeof link === 'string') ctx.set('Link', link.replace(/^<\//, `<${prefix}/`));
  };
