// Responses that are the same for everyone: pages of any origin may read them (Fetch standard,
// section 3.2), and any cache may keep them (RFC 9111, section 5.2.2).
import type { Middleware } from 'koa';
import { pathOf } from './request-target.ts';

/** How long a cache may use such a response, in seconds. */
const maxAge = 3600;

/** Opens the paths that `isOpen` chooses. */
export const openToAll =
  (isOpen: (path: string) => boolean): Middleware =>
  async (ctx, next) => {
    if (!isOpen(pathOf(ctx.req))) return next();
    ctx.set('Access-Control-Allow-Origin', '*');
    if (ctx.get('Access-Control-Request-Method') !== '') {
      // Clients send fields of their own, such as the version of their protocol.
      ctx.set({ 'Access-Control-Allow-Methods': 'GET, HEAD', 'Access-Control-Allow-Headers': '*' });
    }
    await next();
    if (ctx.status === 200) ctx.set('Cache-Control', `public, max-age=${maxAge}`);
  };
