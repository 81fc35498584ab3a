// What HTTP requires of a request's target and its Host before anything else reads them (RFC 9112,
// sections 3.2 and 3.3). Node's own check would respond without a problem document.
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import { problems } from '../contract/problem.ts';
import { splitTarget } from './router.ts';

/** The methods that the service knows, for a request that concerns none of its paths. */
export const knownMethods = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT';

// uri-host and port (RFC 3986, section 3.2.2), without a user: names, IPv4 and IPv6 addresses.
const host = String.raw`(?:[\w.~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?`;
const hostField = new RegExp(`^${host}$`);
const absoluteForm = new RegExp(`^https?://(?!:|[/?]|$)${host}(/[^#]*|\\?[^#]*)?$`, 'i');

const hostsOf = ({ rawHeaders }: IncomingMessage): string[] => {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1] ?? '');
  }
  return hosts;
};

const checkHost = (request: IncomingMessage): void => {
  const hosts = hostsOf(request);
  const isOptional = request.httpVersion === '1.0';
  if (hosts.length > 1 || (hosts.length === 0 && !isOptional)) {
    throw problems.malformed('Send one Host header field');
  }
  if (!hosts.every((value) => hostField.test(value))) {
    throw problems.malformed('The Host header field must be a host, with or without a port');
  }
};

/**
 * The target in origin form: an absolute target, which a proxy would forward, is accepted as this
 * server's own (RFC 9112, section 3.2.2). Null for any other target.
 */
const originForm = (target: string): string | null => {
  if (target.startsWith('/')) return target;
  const match = absoluteForm.exec(target);
  if (match === null) return null;
  const [, path = ''] = match;
  return path.startsWith('/') ? path : `/${path}`;
};

/** The path of a request, also before its target is checked; empty if that has none. Koa's throws. */
export const pathOf = ({ url = '' }: IncomingMessage): string => splitTarget(originForm(url) ?? '').path;

/**
 * Refuses a request without a proper Host or target: 400. Converts an absolute target to origin
 * form, and responds to `OPTIONS *`, which concerns the server as a whole (RFC 9110, section
 * 9.3.7).
 */
export const checkTarget: Middleware = async (ctx, next) => {
  checkHost(ctx.req);
  const target = ctx.req.url ?? '';
  if (target === '*' && ctx.method === 'OPTIONS') {
    ctx.status = 204;
    ctx.set('Allow', knownMethods);
    return;
  }
  const own = originForm(target);
  if (own === null) throw problems.malformed('The request target is neither a path nor an http address');
  ctx.req.url = own;
  await next();
};
