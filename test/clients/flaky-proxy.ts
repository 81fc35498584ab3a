// A proxy in front of the server that responds to the first attempt to create a task called "flaky"
// with 503 and `Retry-After: 1`, as a server in trouble does, and remembers how the client went on.
// The change feed comes as a later version may send it: with a field in every object, and a change
// of a type, that this version does not have.
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

/** A page of the change feed as a later version may send it. */
const laterVersion = (page: string): string => {
  const { items, ...rest } = JSON.parse(page, (_key, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value, added: true } : value,
  );
  return JSON.stringify({ ...rest, items: [{ type: 'archived', id: 1 }, ...items] });
};

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
    const forwarded = request(new URL(url, target), { method, headers }, async (answer) => {
      if (url.includes('/task-changes')) {
        const { 'content-length': _length, ...others } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, others);
        outgoing.end(laterVersion((await bodyOf(answer)).toString()));
        return;
      }
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
