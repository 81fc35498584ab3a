// The real application on a real port and a real database, with a client that holds every answer
// against the contract.
import { Writable } from 'node:stream';
import { afterAll, beforeAll } from 'vitest';
import { type AppDependencies, createApp } from '../../src/app.ts';
import type { Authenticate } from '../../src/auth/authenticate.ts';
import { createAuthenticate, type TokenSettings } from '../../src/auth/verify.ts';
import { type Contract, loadContract } from '../../src/contract/document.ts';
import type { components } from '../../src/contract/operation.ts';
import { createReadiness, type ReadyProbe } from '../../src/db/readiness.ts';
import { type ListenOptions, listen } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { openWebhook } from '../../src/server/open-webhook.ts';
import type { WebhookTiming } from '../../src/webhook/options.ts';
import type { WebhookSettings } from '../../src/webhook/settings.ts';
import type { Webhook } from '../../src/webhook/webhook.ts';
import { type Send, sendTo } from './client.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { newOwner, testSecret, tokenFor } from './tokens.ts';

export type Task = components['schemas']['Task'];

/** A client of one user: `/` paths are sent as they are, others are below the user's own list. */
export interface User {
  readonly id: string;
  readonly token: string;
  readonly send: Send;
  /** Creates a task and returns it. Throws when it is not created. */
  create(task: Record<string, unknown>): Promise<Task>;
}

export interface Api {
  readonly url: string;
  readonly postgres: TestPostgres;
  readonly database: Database;
  readonly webhook: Webhook | null;
  /** The lines logged so far, parsed. */
  readonly logs: Record<string, unknown>[];
  /** Sends without a token unless one is given. */
  readonly send: Send;
  /** `claims` are added to those of the user's token. */
  newUser(id?: string, claims?: Record<string, unknown>): Promise<User>;
  close(): Promise<void>;
}

export interface ApiOptions {
  /** Tokens are HS256 with the tests' secret unless this says otherwise. */
  readonly tokens?: TokenSettings;
  readonly authenticate?: Authenticate;
  /** Takes the place of the real database. */
  readonly databaseUrl?: string;
  /** Takes the place of the Postgres that the tests run on. */
  readonly postgres?: TestPostgres;
  readonly logLevel?: string;
  readonly timeout?: number;
  readonly readyProbe?: ReadyProbe;
  readonly shardingKey?: string;
  readonly app?: Partial<AppDependencies>;
  readonly server?: Partial<ListenOptions>;
  readonly webhook?: { readonly settings: WebhookSettings; readonly timing?: WebhookTiming };
}

/**
 * One Postgres for all the APIs that a test file starts, where each would take seconds to start the
 * embedded one. It starts before the file's tests and ends after them.
 */
export const sharedPostgres = (): (() => TestPostgres) => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());
  return () => ({ ...postgres, close: async () => {} });
};

/** A stream of log lines, and the lines so far, parsed. */
const keepLines = () => {
  const logs: Record<string, unknown>[] = [];
  const lines = new Writable({
    write: (chunk, _encoding, done) => {
      logs.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { logs, lines };
};

const createUser = async (send: Send, id: string, claims?: Record<string, unknown>): Promise<User> => {
  const token = await tokenFor(id, claims);
  const sendAs: Send = (method, path, options = {}) =>
    send(method, path.startsWith('/') ? path : `/api/v1/users/me/${path}`, { token, ...options });
  return {
    id,
    token,
    send: sendAs,
    create: async (task) => {
      const { status, text, json } = await sendAs('POST', 'tasks', { json: task });
      if (status !== 201) throw new Error(`no task was created: ${status} ${text}`);
      return json;
    },
  };
};

/** Read once in a worker, so that its schemas are also compiled once. */
let contract: Promise<Contract> | undefined;

/** Starts the API. Close it in afterAll. */
export const startApi = async (options: ApiOptions = {}): Promise<Api> => {
  const postgres = options.postgres ?? (await startPostgres());
  const { logs, lines } = keepLines();
  const log = createLogger(options.logLevel ?? 'info', lines);
  const { poolMax, preparedStatements } = postgres;
  const url = options.databaseUrl ?? postgres.url;
  const metrics = createMetrics();
  const database = await openDatabase(
    {
      url,
      poolMax,
      preparedStatements,
      timeout: options.timeout ?? 15_000,
      connectTimeout: 15_000,
      shardingKey: options.shardingKey ?? process.env.DATABASE_SHARDING_KEY,
    },
    log,
    metrics.database,
  );
  metrics.watch(database);
  const { settings = null, timing } = options.webhook ?? {};
  const webhook = await openWebhook(settings, {
    database,
    shards: [],
    log,
    metrics,
    ...(timing && { timing }),
  });
  contract ??= loadContract();
  const app = await createApp({
    contract: await contract,
    authenticate:
      options.authenticate ?? createAuthenticate(options.tokens ?? { key: { secret: testSecret } }),
    database,
    isReady: await createReadiness(database, options.readyProbe),
    log,
    metrics,
    showMetrics: true,
    // All tests come from one address, and many of them bring bad tokens.
    badTokens: Number.POSITIVE_INFINITY,
    webhook,
    ...options.app,
  });
  const server = await listen(app.callback(), {
    host: '127.0.0.1',
    port: 0,
    log,
    cut: metrics.cut,
    ...options.server,
  });
  metrics.watchServer(server);
  webhook?.start();
  const base = `http://127.0.0.1:${server.port}`;
  const send = sendTo(base);
  return {
    url: base,
    postgres,
    database,
    webhook,
    logs,
    send,
    newUser: (id = newOwner(), claims) => createUser(send, id, claims),
    close: async () => {
      await server.drain(1000);
      await webhook?.drain(1000);
      await database.close();
      await postgres.close();
    },
  };
};
