// Clients that behave badly: each is a connection of its own, which sends what it is given and
// reads nothing.
import { connect, type Socket } from 'node:net';

/** Opens a connection, from `localAddress` if need be, that sends `bytes` and reads nothing. */
export const sendAndIgnore = (url: string, bytes: string, localAddress?: string): Socket => {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, ...(localAddress && { localAddress }) });
  socket.on('error', () => {}).write(bytes);
  return socket;
};

/** What is resolved by hand. */
export const createGate = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
};

/** The head of a request, with an empty line at its end. */
export const headOf = (method: string, path: string, ...lines: readonly string[]): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');
