// One process that serves: it puts the parts together, listens, and stops on a signal.
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../app.ts';
import { type DevelopmentToken, mintToken } from '../auth/development.ts';
import { createAuthenticate, type TokenSettings } from '../auth/verify.ts';
import { type Config, defaultDataDir } from '../config.ts';
import { loadContract } from '../contract/document.ts';
import { NotReady, problems } from '../contract/problem.ts';
import { scopes } from '../contract/scopes.ts';
import { type Connected, connect, tokenKey } from '../db/connect.ts';
import { createReadiness, type Readiness } from '../db/readiness.ts';
import { listenMetrics } from '../http/metrics-server.ts';
import { prefixFrom } from '../http/public-prefix.ts';
import { addressOf, type HttpServer, listen } from '../http/server.ts';
import type { Logger } from '../observability/log.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { addressLines, agentLines, announce } from './addresses.ts';
import { connectionsWithin } from './descriptors.ts';
import { openWebhook } from './open-webhook.ts';
import { signInWarnings } from './sign-in.ts';
import type { Signals } from './signals.ts';

/**
 * How long the database may take to close after the last request, and after a second signal, in
 * milliseconds.
 */
const closing = 5_000;
const closingInHurry = 500;

/** The command that creates a token with the secret in `directory`, for a POSIX shell. */
const tokenCommand = (directory: string, isDefault: boolean): string => {
  const variable = isDefault ? '' : `DATA_DIR='${directory.replaceAll("'", "'\\''")}' `;
  return `${variable}npm run token -- alice`;
};

interface Banner {
  readonly address: string;
  readonly host: string;
  readonly directory: string;
  readonly token: string | null;
  readonly agentToken: string | null;
  readonly command: string;
  readonly mcp: boolean;
}

const banner = ({ address, host, directory, token, agentToken, command, mcp }: Banner): string =>
  [
    '',
    'Tasks API on an embedded DEVELOPMENT database: one process, one connection, not for production.',
    ...addressLines(address, host, token),
    ...(mcp ? agentLines(address, host, agentToken) : []),
    `  Contract  ${address}/openapi.yaml`,
    `  Data      ${directory}`,
    ...(token === null
      ? []
      : [
          `  Token     ${token}`,
          `            (user "dev", good for 30 days; another one: ${command})`,
          '',
          'Try it:',
          '',
          `curl -X POST ${address}/api/v1/users/me/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy milk"}'`,
        ]),
    '',
    '',
  ].join('\n');

export interface ServeOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly signals: Signals;
  /** True for a worker of a cluster, whose metrics the primary process serves. */
  readonly isWorker: boolean;
  readonly metrics?: Metrics;
}

interface Stopping {
  readonly config: Config;
  readonly log: Logger;
  readonly drain: HttpServer['drain'];
  /** Ends the webhook's deliveries within a time in milliseconds. */
  readonly deliver: (limit: number, hurry: AbortSignal) => Promise<void>;
  /** Ends what is left when no request is in progress. */
  readonly close: () => Promise<void>;
}

/** Drains and ends cleanly; `hurry` aborts when there is a second signal. */
const stop = async (
  signal: NodeJS.Signals,
  hurry: AbortSignal,
  { config, log, drain, deliver, close }: Stopping,
): Promise<void> => {
  log.info({ signal }, 'draining');
  hurry.addEventListener('abort', () => log.warn('a second signal: cutting the requests in progress'));
  // Cut short by a second signal, it rejects.
  if (signal !== 'SIGINT') await delay(config.shutdownDelay, null, { signal: hurry }).catch(() => {});
  const until = performance.now() + config.shutdownTimeout;
  await drain(config.shutdownTimeout, hurry);
  await deliver(until - performance.now(), hurry);
  const giveUp = () => {
    log.error('the database did not close in time');
    process.exit(1);
  };
  setTimeout(giveUp, hurry.aborted ? closingInHurry : closing).unref();
  hurry.addEventListener('abort', giveUp);
  await close();
  log.info('stopped');
};

/** Readiness, but only from the first fetch of the keys on, and until the process drains. */
const gateReadiness = (readiness: Readiness, keysTried: Promise<void>) => {
  // Ready when the keys have been fetched, or could not be: the log and 503 report that.
  let hasTriedKeys = false;
  void keysTried.then(() => {
    hasTriedKeys = true;
  });
  let draining = false;
  const isReady: Readiness = async (warmUp) => {
    if (draining) throw problems.unavailable(new NotReady('the server is draining'));
    if (!hasTriedKeys) throw problems.unavailable(new NotReady('the key set is being fetched'));
    return readiness(warmUp);
  };
  return {
    isReady,
    drain: (): void => {
      draining = true;
    },
  };
};

/** Reports that the process listens: to the log, and to the person who started it. */
const reportStart = async (
  { config, log, isWorker }: Pick<ServeOptions, 'config' | 'log' | 'isWorker'>,
  key: TokenSettings['key'],
  embedded: Connected['embedded'],
  port: number,
): Promise<void> => {
  const { host, issuers, audiences } = config;
  if (config.key !== null && issuers.length === 0 && audiences.length === 0) {
    log.warn('tokens for any audience, of any issuer, are accepted: set JWT_ISSUER and JWT_AUDIENCE');
  }
  for (const warning of signInWarnings(config)) log.warn(warning);
  log.info({ host, port, embedded: embedded !== null }, 'listening');
  const address = addressOf(host, port);
  if (embedded !== null) {
    const mint = async (more: Pick<DevelopmentToken, 'scopes' | 'clientId'>): Promise<string | null> =>
      'secret' in key ? mintToken({ secret: key.secret, subject: 'dev', issuers, audiences, ...more }) : null;
    const token = await mint({ scopes });
    // The history names the agent, and it cannot erase everything.
    const agentToken = config.mcp
      ? await mint({ scopes: ['tasks:read', 'tasks:write'], clientId: 'agent' })
      : null;
    // Not a log line, because it contains a token and is for the person who started the server.
    const { directory } = embedded;
    const command = tokenCommand(directory, config.dataDir === defaultDataDir);
    process.stderr.write(banner({ address, host, directory, token, agentToken, command, mcp: config.mcp }));
  } else if (!isWorker) announce(address, host);
};

/**
 * Serves until a signal. Then it continues to serve for the configured delay, not ready, so that
 * load balancers notice. There is no delay after SIGINT, which comes from a keyboard.
 */
export const serve = async ({
  config,
  log,
  signals,
  isWorker,
  metrics = createMetrics(),
}: ServeOptions): Promise<void> => {
  const { database, shards, embedded, close } = await connect(config, log, metrics.database);
  metrics.watch(database);
  const key = await tokenKey(config);
  const { issuers, audiences, requireScopes, host, port, maxRequests, corsOrigins } = config;
  // A request may wait for the database for as long as configured.
  const stallTimeout = Math.max(30_000, 2 * config.databaseTimeout);
  const readiness = await createReadiness(database, config.readyProbe);
  const authenticate = createAuthenticate({ key, issuer: issuers, audience: audiences, requireScopes }, log);
  const draining = new AbortController();
  const { isReady, drain } = gateReadiness(readiness, authenticate.prepare());
  const webhook = await openWebhook(config.webhook, { database, shards, log, metrics });
  const app = await createApp({
    contract: await loadContract(),
    authenticate,
    database,
    shards,
    isReady,
    log,
    metrics,
    showMetrics: config.metricsOnApi,
    rateLimit: config.rateLimit,
    historyDays: config.historyDays,
    maxRequests,
    maxWaiting: config.maxWaiting,
    // Nothing else writes to the embedded database.
    pollInterval: embedded === null ? 1000 : null,
    draining: draining.signal,
    corsOrigins,
    trustedProxies: config.trustedProxies,
    publicUrl: config.publicUrl,
    mcp: config.mcp,
    issuers,
    webhook,
  });
  const ownMetrics =
    isWorker || config.metricsPort === null
      ? null
      : await listenMetrics(metrics.read, { host, port: config.metricsPort });
  const server = await listen(app.callback(), {
    host,
    port,
    maxConnections: connectionsWithin(config.maxConnections, config.database?.poolMax ?? 0, log),
    isBehindProxy: config.trustedProxies > 0,
    prefix: prefixFrom(config.publicUrl, 0)(undefined),
    stallTimeout,
    log,
    cut: metrics.cut,
  });
  metrics.watchServer(server);
  if (isWorker) metrics.share();
  webhook?.start();

  signals.stop = async (signal, hurry) => {
    drain();
    await stop(signal, hurry, {
      config,
      log,
      drain: (grace, hurried) => {
        draining.abort();
        return server.drain(grace, hurried);
      },
      deliver: async (...within) => webhook?.drain(...within),
      close: async () => {
        ownMetrics?.close();
        await close();
      },
    });
    // A worker's channel to its primary would keep it alive.
    if (isWorker) process.exit(0);
  };

  await reportStart({ config, log, isWorker }, key, embedded, server.port);
};
