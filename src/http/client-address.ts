// The address that requests are counted by: one client, however its proxy writes it down and
// whichever of its own addresses it uses.
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Longer texts are not addresses; they are cut, so that counting them stays cheap. In characters.
 */
const longest = 64;

/**
 * The eight groups of an IPv6 address; `URL` writes it in its one canonical form first (RFC 5952).
 */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
};

/** The four bytes of the IPv4 address in two groups of an IPv6 address. */
const fourBytes = (groups: readonly string[]): string =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');

/**
 * Reduces a client's address to what one client has: an IPv4 address, or the /64 network of an IPv6
 * address, which is the least that a network operator assigns (RFC 6177). A port (`192.0.2.1:1234`,
 * `[2001:db8::1]:443`, as Azure's gateways write in `X-Forwarded-For`), a zone and the IPv4-mapped
 * form (RFC 4291, section 2.5.5.2) do not matter. Text that is not an address is returned as it is,
 * at most 64 characters of it.
 */
export const networkOf = (address: string): string => {
  const bare = address
    .slice(0, longest)
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/s, '');
  if (isIPv4(bare) || !isIPv6(bare)) return bare;
  const groups = groupsOf(bare);
  if (groups.slice(0, 6).join() === '0,0,0,0,0,ffff') return fourBytes(groups.slice(6));
  return `${groups.slice(0, 4).join(':')}::/64`;
};

/**
 * The client's address as the trusted proxies have written it to `X-Forwarded-For`, or that of the
 * connection without proxies. The field is read from its end, where the proxies write: what comes
 * before is from the client and may be long.
 */
export const clientAddress = ({ headers, socket }: IncomingMessage, trustedProxies: number): string => {
  const forwarded = headers['x-forwarded-for'];
  const own = socket.remoteAddress ?? '';
  if (trustedProxies === 0 || typeof forwarded !== 'string') return own;
  let end = forwarded.length;
  for (let left = trustedProxies; ; left--) {
    const start = forwarded.lastIndexOf(',', end - 1) + 1;
    if (left === 1 || start === 0) return forwarded.slice(start, end).trim() || own;
    end = start - 1;
  }
};

/** The key that a request without an owner is counted by: its client's address or network. */
export const addressOf = (request: IncomingMessage, trustedProxies: number): string =>
  networkOf(clientAddress(request, trustedProxies));
