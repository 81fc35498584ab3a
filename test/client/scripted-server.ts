// A server whose responses a test writes, one for each request, and which remembers the requests.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Reply = (response: ServerResponse) => void;

/** A JSON response, or an empty one. */
export const json =
  (status: number, value?: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };

/** A task as the service sends it. */
export const taskOf = (fields: object = {}) => ({
  id: 'x',
  owner_id: 'u',
  title: 'Buy milk',
  description: null,
  completed: false,
  completed_at: null,
  due: null,
  start: null,
  priority: 'none',
  labels: [],
  metadata: {},
  list_id: null,
  parent_id: null,
  position: 'p1',
  recurrence: null,
  series_id: null,
  occurrence: null,
  next_id: null,
  created_at: '2026-01-12T09:30:00Z',
  updated_at: '2026-01-12T09:30:00Z',
  version: 3,
  ...fields,
});

export const requestId = '0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11';

/** A problem document of the service. */
export const problem = (status: number, slug: string, headers: Record<string, string> = {}): Reply =>
  json(
    status,
    {
      type: `/problems/${slug}`,
      title: 'A title',
      status,
      detail: 'A detail',
      instance: `urn:uuid:${requestId}`,
    },
    { 'Content-Type': 'application/problem+json', 'X-Request-Id': requestId, ...headers },
  );

/** The connection ends without a response. */
export const dropped: Reply = (response) => void response.destroy();

/** There is no response, ever. */
export const silent: Reply = () => {};

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

/** Starts it on a free port. A request beyond the script gets a 500. */
export const startScripted = async (...replies: readonly Reply[]): Promise<ScriptedServer> => {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '', headers } = incoming;
    const reply = replies[seen.length] ?? problem(500, 'internal-error');
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    reply(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
