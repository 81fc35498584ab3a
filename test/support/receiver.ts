// A receiver of webhooks: a real HTTP server that keeps what it gets, and responds as a test wants.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { defaultTiming, type WebhookTiming } from '../../src/webhook/options.ts';
import { secretsOf, type WebhookSettings } from '../../src/webhook/settings.ts';
import { type Api, type ApiOptions, startApi } from './app.ts';
import { isRealPostgres, startEmptyPostgres, startPostgres, type TestPostgres } from './postgres.ts';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it arrived, on performance.now()'s clock. */
  readonly at: number;
  readonly owner: string;
  readonly change: string | null;
}

export interface Response {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What to respond; never, while the promise is pending. */
export type Respond = (received: Received) => Response | Promise<Response>;

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How many connections there were. */
  readonly connections: () => number;
  respond: Respond;
  /** The messages about an owner. */
  of(owner: string): Received[];
  close(): Promise<void>;
}

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Throws if the signature is wrong. */
export const verify = ({ body, headers }: Received, secret: string): unknown =>
  new Verifier(secret).verify(body, { ...headers });

export interface ReceiverOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
}

export const startReceiver = async ({ tls, port = 0 }: ReceiverOptions = {}): Promise<Receiver> => {
  const received: Received[] = [];
  let connections = 0;
  const listener: http.RequestListener = async (request, response) => {
    const body = await text(request).catch(() => null);
    if (body === null) return;
    const { data } = JSON.parse(body);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const one = { headers, body, at: performance.now(), owner: data.owner_id, change: data.change };
    received.push(one);
    const { status, headers: more = {}, body: content } = await receiver.respond(one);
    response.writeHead(status, more).end(content);
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as { port: number };
  const receiver: Receiver = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${own}/hooks`,
    received,
    connections: () => connections,
    respond: () => ({ status: 204 }),
    of: (owner) => received.filter((one) => one.owner === owner),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return receiver;
};

export const settingsFor = (url: string, secrets: string): WebhookSettings => ({
  url: new URL(url),
  secrets: secretsOf(secrets).filter((secret) => secret !== null),
});

/** Pauses of milliseconds in place of seconds and hours. */
export const fast: WebhookTiming = {
  ...defaultTiming,
  receiver: { first: 20, longest: 200, active: 100, width: 8 },
  owner: { first: 20, longest: 200 },
  database: { first: 20, longest: 200, active: 20, width: 8 },
  rest: 50,
  scanInterval: 0,
};

const startOwn = async (): Promise<TestPostgres> => {
  if (!isRealPostgres) return startPostgres();
  const { url, close } = await startEmptyPostgres();
  await migrate({ url, direction: 'up' }, createLogger('silent'));
  return { url, close, poolMax: 8, preparedStatements: true };
};

/** A database of the file's own: the webhook of another file would report what this one writes. */
export const ownPostgres = (): (() => TestPostgres) => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startOwn();
  }, 60_000);
  afterAll(() => postgres.close());
  return () => ({ ...postgres, close: async () => {} });
};

export interface WebhookApiOptions extends ApiOptions {
  readonly postgres: TestPostgres;
  readonly secret?: string;
  readonly timing?: Partial<WebhookTiming>;
}

/** The API with a webhook to `url`, which closes with the test. */
export const startWebhookApi = async (
  url: string,
  { secret = newSecret(), timing, ...options }: WebhookApiOptions,
): Promise<Api> => {
  const webhook = { settings: settingsFor(url, secret), timing: { ...fast, ...timing } };
  const api = await startApi({ webhook, ...options });
  onTestFinished(() => api.close());
  return api;
};
