// A TCP proxy that can fail as networks do: stop forwarding without closing, and cut.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FaultyProxy {
  readonly port: number;
  /** Keeps every connection open and forwards nothing more on any, new ones included. */
  stall(): void;
  /** Closes every connection, and forwards again. */
  cut(): void;
  /** Takes connections this many milliseconds late. */
  delay(milliseconds: number): void;
  close(): Promise<void>;
}

/**
 * Forwards from `host` and `port` to `target` on the loopback interface. `latency` is added to what
 * comes back, in milliseconds.
 */
export const startProxy = async (
  target: number,
  { latency = 0, port = 0, host = '127.0.0.1' } = {},
): Promise<FaultyProxy> => {
  const sockets = new Set<Socket>();
  let stalled = false;
  let late = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (stalled) return;
    setTimeout(() => {
      if (client.destroyed) return;
      const upstream = connect(target, '127.0.0.1').setNoDelay();
      client.setNoDelay();
      keep(upstream);
      client.on('data', (chunk) => !stalled && upstream.write(chunk)).on('close', () => upstream.destroy());
      upstream
        .on('data', (chunk) => {
          if (latency === 0) !stalled && client.write(chunk);
          else setTimeout(() => !stalled && !client.destroyed && client.write(chunk), latency);
        })
        .on('close', () => {
          if (!stalled) client.destroy();
        });
    }, late);
  }).listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stall: () => {
      stalled = true;
    },
    cut: () => {
      stalled = false;
      for (const socket of sockets) socket.destroy();
    },
    delay: (milliseconds) => {
      late = milliseconds;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
};
