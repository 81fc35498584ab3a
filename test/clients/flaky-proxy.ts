// A proxy in front of the server that answers the first attempt to create a task called "flaky" with 503 and
// `Retry-After: 1`, as a server in trouble does, and remembers how the client went on.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Attempt {
  /** Milliseconds. */
  readonly at: number;
  readonly key: string | undefined;
}

export interface FlakyProxy {
  readonly url: string;
  readonly requests: () => number;
  /** The attempts to create the flaky task. */
  readonly attempts: () => readonly Attempt[];
  close(): Promise<void>;
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const unavailable = JSON.stringify({
  type: '/problems/service-unavailable',
  title: 'Service unavailable',
  status: 503,
  detail: 'Service temporarily unavailable',
  instance: 'urn:uuid:0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11',
});

/** Starts a proxy of `target` on a free port. */
export const startFlakyProxy = async (target: string): Promise<FlakyProxy> => {
  const attempts: Attempt[] = [];
  let requests = 0;
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const body = await bodyOf(incoming);
    if (body.includes('"flaky"')) {
      attempts.push({ at: performance.now(), key: incoming.headersDistinct['idempotency-key']?.[0] });
      if (attempts.length === 1) {
        outgoing.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' });
        outgoing.end(unavailable);
        return;
      }
    }
    const { method = 'GET', url = '/', headers } = incoming;
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    attempts: () => attempts,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
