// A TCP proxy that treats each connection in a random way: late, in small parts, silent from some
// byte on, or broken at any byte.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Random } from './random-keys.ts';

export interface UnreliableProxy {
  readonly url: string;
  /** Where connections go from now on; those that are open stay where they are. */
  target: number;
  /** Whether connections that come from now on are left alone. */
  isCalm: boolean;
  /** What was done, and how often. */
  readonly done: Readonly<Record<'cut' | 'stalled' | 'late' | 'whole', number>>;
  close(): Promise<void>;
}

/** How long a connection is silent before it breaks, in milliseconds. */
const silence = 600;

/** What a connection does with its responses: it breaks after so many bytes. */
interface Fate {
  readonly kind: 'cut' | 'stalled' | 'late' | 'whole';
  readonly after: number;
  /** How late each part arrives, in milliseconds. */
  readonly latency: number;
  /** The longest part, in bytes. */
  readonly part: number;
}

const fateOf = (random: Random): Fate => {
  const kind = (['cut', 'cut', 'stalled', 'late'] as const)[random(4)] ?? 'cut';
  return {
    kind,
    after: kind === 'late' ? 20_000 : random(4) === 0 ? random(1500) : random(8000),
    latency: kind === 'late' ? random(80) : random(5),
    part: random(2) === 0 ? 1 + random(50) : 100_000,
  };
};

const whole: Fate = { kind: 'whole', after: Number.POSITIVE_INFINITY, latency: 0, part: 100_000 };

/** Sends what comes from the server to the client as the fate has it. */
const forward = (server: Socket, client: Socket, { kind, after, latency, part }: Fate): void => {
  let left = after;
  let last = Promise.resolve();
  const write = async (bytes: Buffer): Promise<void> => {
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    for (let at = 0; at < bytes.length && left > 0 && !client.destroyed; at += part) {
      const piece = bytes.subarray(at, Math.min(at + part, at + left));
      left -= piece.length;
      client.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (left > 0) return;
    server.pause();
    setTimeout(
      () => {
        client.destroy();
        server.destroy();
      },
      kind === 'stalled' ? silence : 5,
    );
  };
  server.on('data', (bytes) => {
    last = last.then(() => write(bytes));
  });
  server.on('close', () => void last.then(() => client.destroy()));
};

export const startUnreliableProxy = async (target: number, random: Random): Promise<UnreliableProxy> => {
  const done = { cut: 0, stalled: 0, late: 0, whole: 0 };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .setNoDelay()
      .on('error', () => {})
      .on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const fate = proxy.isCalm ? whole : fateOf(random);
    done[fate.kind] += 1;
    const upstream = keep(connect(proxy.target, '127.0.0.1'));
    keep(client).pipe(upstream);
    forward(upstream, client, fate);
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: UnreliableProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    isCalm: false,
    done,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
};
