// What the service sees of Neon's proxy (proxy/src of neondatabase/neon): of a start-up message it
// forwards user, database, application name and options alone, and every error that comes before
// the session has SQLSTATE XX000. It takes no TLS; towards its server it does, where the address
// asks for that.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface NeonProxy {
  /** The target's address, through this proxy. */
  readonly url: string;
  /** Start-up messages so far. */
  readonly attempts: number;
  /** Answers every start-up with this message from now on; null to let them through. */
  refuse(message: string | null): void;
  close(): Promise<void>;
}

const sslRequest = 80877103;
const forwarded = new Set(['user', 'database', 'application_name', 'replication', 'options']);

const withLength = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
};

/** A start-up message with what the proxy forwards of it (PostgreSQL, section 55.7). */
const strip = (message: Buffer): Buffer => {
  const texts = message.subarray(8, -2).toString().split('\0');
  const kept = texts.flatMap((name, at) =>
    at % 2 === 0 && forwarded.has(name) ? [`${name}\0${texts[at + 1]}\0`] : [],
  );
  return withLength(Buffer.concat([message.subarray(4, 8), Buffer.from(`${kept.join('')}\0`)]));
};

const errorResponse = (message: string): Buffer =>
  Buffer.concat([Buffer.from('E'), withLength(Buffer.from(`SERROR\0CXX000\0M${message}\0\0`))]);

/** The next `count` bytes of a socket. */
const read = async (socket: Socket, count: number): Promise<Buffer> => {
  for (;;) {
    const chunk: Buffer | null = socket.read(count);
    if (chunk !== null) return chunk;
    if (socket.readableEnded || socket.destroyed) throw new Error('the other side hung up');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
};

const readStartup = async (client: Socket): Promise<Buffer> => {
  for (;;) {
    const length = await read(client, 4);
    const message = Buffer.concat([length, await read(client, length.readInt32BE() - 4)]);
    if (message.readInt32BE(4) !== sslRequest) return message;
    client.write('N');
  }
};

const openUpstream = async (target: URL): Promise<Socket> => {
  const socket = connect(Number(target.port), target.hostname).setNoDelay();
  await once(socket, 'connect');
  const mode = target.searchParams.get('sslmode');
  if (mode === null || mode === 'disable') return socket;
  const request = Buffer.alloc(4);
  request.writeInt32BE(sslRequest);
  socket.write(withLength(request));
  await read(socket, 1);
  return connectTls({ socket, rejectUnauthorized: false });
};

/** Starts the proxy in front of the server of a connection string. */
export const startNeonProxy = async (target: string): Promise<NeonProxy> => {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  let refusal: string | null = null;
  let attempts = 0;
  const forward = async (client: Socket): Promise<void> => {
    const startup = await readStartup(client);
    attempts += 1;
    if (refusal !== null) {
      client.end(errorResponse(refusal));
      return;
    }
    const upstream = keep(await openUpstream(to));
    upstream.write(strip(startup));
    client.pipe(upstream).on('close', () => client.destroy());
    upstream.pipe(client).on('close', () => upstream.destroy());
  };
  const server = createServer((client) => {
    forward(keep(client)).catch(() => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  url.search = '?sslmode=disable';
  return {
    url: url.href,
    get attempts() {
      return attempts;
    },
    refuse: (message) => {
      refusal = message;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
};
