// The composition root: puts the parts of the service together as a Koa application. It does not
// read the environment or listen.
import Koa, { type Middleware } from 'koa';
import type { Document } from 'openapi-backend';
import type { Authenticate } from './auth/authenticate.ts';
import { type OwnerId, ownerIdFrom, type Principal } from './auth/principal.ts';
import type { Contract } from './contract/document.ts';
import type { OperationId } from './contract/operation.ts';
import { isIssuerUrl, metadataPath, type ResourcePath } from './contract/resource-metadata.ts';
import { scopesOfTools } from './contract/scopes.ts';
import type { Shard } from './db/connect.ts';
import type { Readiness } from './db/readiness.ts';
import { createSweeper, type ForgettingOptions, finishErasures, forgettingOf } from './db/sweep.ts';
import { readSyncSecret } from './db/sync-secret.ts';
import { readTimeZones } from './db/time-zones.ts';
import { createAdmission } from './http/admission.ts';
import { anonymousTurns, createTurns } from './http/anonymous-turns.ts';
import { createBackend, type RequestControl } from './http/backend.ts';
import { limitBadTokens } from './http/bad-tokens.ts';
import { challengeWith } from './http/challenge.ts';
import { cors, isAllowedOrigin, isLoopback } from './http/cors.ts';
import type { Endpoint } from './http/endpoint.ts';
import { commonHeaders } from './http/headers.ts';
import { onError } from './http/on-error.ts';
import { openToAll } from './http/open-to-all.ts';
import { prefixFrom, publicPrefix } from './http/public-prefix.ts';
import { limitOwners } from './http/rate-limit.ts';
import { requestLog } from './http/request-log.ts';
import { checkTarget } from './http/request-target.ts';
import { createLive, defaultTimes, type LiveContext, type StreamTimes } from './live/live.ts';
import { type Logger, requestContext } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Database } from './postgres/database.ts';
import { type SessionContext, serviceHandlersOf, sessionHandlers } from './service/handlers.ts';
import { remember } from './service/remember.ts';
import { resourceMetadata } from './service/resource-metadata.ts';
import { defaultPieces, erasureOf, type Pieces } from './tasks/erasure.ts';
import { taskHandlers } from './tasks/handlers.ts';
import { authorOf } from './tasks/history/author.ts';
import { historyHandlers } from './tasks/history/handlers.ts';
import { labelHandlers } from './tasks/label-handlers.ts';
import { listHandlers } from './tasks/lists/handlers.ts';
import { zoneNamesOf } from './tasks/moment.ts';
import { type OwnerContext, ownerContextOf } from './tasks/owner-context.ts';
import { syncHandlers } from './tasks/sync-handlers.ts';

/**
 * How long to wait before the next sweep for old data, in milliseconds.
 */
const sweepInterval = 3_600_000;

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sweeps `shard`, and gives way to requests that wait for `database`. */
const createAppSweeper = (shard: Shard, database: Database, pieces: Pieces, forgetting: ForgettingOptions) =>
  createSweeper({
    database,
    chores: [
      finishErasures(shard.database, async (name) => {
        const owner = ownerIdFrom(name);
        // Requests mark only valid owners for erasure.
        if (owner === null) return true;
        return erasureOf(shard.database, owner, { ...pieces, erasing: 0 }).continueErasure();
      }),
      ...forgettingOf(shard.database, forgetting),
    ],
    interval: sweepInterval,
    onFailure: (error) =>
      shard.log.warn({ err: error }, 'old data could not be deleted; the next sweep tries again'),
    // Its log lines are its own, not those of the request that it follows.
    outside: (work) => requestContext.exit(work),
  });

/** Their responses are short and immediate: such a request holds only a connection. */
const light: readonly OperationId[] = [
  'getLiveness',
  'getReadiness',
  'getRoot',
  'getProblemPage',
  'getResourceMetadata',
  'getMcpResourceMetadata',
];

const monitoring: OperationId = 'getMetrics';

export interface AppDependencies {
  readonly contract: Contract;
  readonly authenticate: Authenticate;
  readonly database: Database;
  /**
   * The databases that owners are spread over, each without the proxy; empty or absent if
   * `database` is the only one.
   */
  readonly shards?: readonly Shard[];
  /** Throws a Problem or returns false if the service should get no requests. */
  readonly isReady: Readiness;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Whether `/metrics` is served here. */
  readonly showMetrics?: boolean;
  /** Requests of an owner per minute; 0 or absent for no limit. */
  readonly rateLimit?: number;
  /** Tokens with a wrong signature, per address and minute; 100 if absent. */
  readonly badTokens?: number;
  /** Requests in progress with a token, of which one owner may have a quarter; 500 if absent. */
  readonly maxRequests?: number;
  /** Requests that wait for changes, of which one owner may have a hundred; 1000 if absent. */
  readonly maxWaiting?: number;
  /**
   * How often the database is asked what other processes have written, in milliseconds; null if there
   * are none, 1000 if absent.
   */
  readonly pollInterval?: number | null;
  /** How long streams of events are silent, and open. */
  readonly streamTimes?: StreamTimes;
  /** Ends all waiting when it aborts. */
  readonly draining?: AbortSignal;
  /** The origins whose pages may read the responses. */
  readonly corsOrigins?: readonly string[];
  /** How many proxies in front are trusted about the client's address and scheme. */
  readonly trustedProxies?: number;
  /** Where clients reach the service; null or absent if unknown. */
  readonly publicUrl?: string | null;
  /** The issuers whose tokens are accepted; empty or absent if any is. */
  readonly issuers?: readonly string[];
  /** How much of a large deletion happens at once. */
  readonly pieces?: Pieces;
  /** For how many days the history is kept; 0 for none, 30 if absent. */
  readonly historyDays?: number;
  /** Whether `/mcp` is served. */
  readonly mcp?: boolean;
  /** Hears of every owner who may have written something, also in vain; absent without a webhook. */
  readonly webhook?: { written(owner: OwnerId): void } | null;
}

/**
 * The endpoint for agents. It is loaded only if it is served, because its library takes 13 MB and a
 * tenth of a second. Without a public URL, the service is one for development: then pages of this
 * machine may use it.
 */
const loadMcp = async ({
  contract,
  corsOrigins,
  publicUrl,
  log,
}: Required<Pick<AppDependencies, 'contract' | 'corsOrigins' | 'publicUrl' | 'log'>>): Promise<Endpoint> => {
  const { createMcpEndpoint } = await import('./mcp/endpoint.ts');
  const own = publicUrl === null ? null : new URL(publicUrl).origin;
  return createMcpEndpoint({
    document: contract.document,
    isAllowedOrigin: (origin) =>
      isAllowedOrigin(corsOrigins, origin) || (own === null ? isLoopback(origin) : origin === own),
    onError: (error) => log.debug({ err: error }, 'a message could not be served'),
  });
};

const createKoa = (trustedProxies: number, log: Logger): Koa => {
  const app = new Koa({ proxy: trustedProxies > 0, maxIpsCount: trustedProxies });
  app.on('error', (error: NodeJS.ErrnoException) => {
    // The client disconnected during a streamed response; the request's own log line reports it.
    if (['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return;
    log.error({ err: error }, 'a response could not be sent');
  });
  return app;
};

/**
 * Calls `written` after a request that may have written something of its owner, also after one that
 * has failed: its write may have been committed nevertheless.
 */
const afterWrites =
  (written: (owner: OwnerId) => void): Middleware =>
  async (ctx, next) => {
    try {
      await next();
    } finally {
      const { principal, performed } = ctx.state;
      const method: string = performed?.method ?? ctx.method;
      if (principal !== undefined && performed !== null && !safe.has(method.toUpperCase()))
        written(principal.ownerId);
    }
  };

type Sweep = (isDue: boolean) => void;

/** Sweeps each of the databases, or the only one. */
const createSweep = (
  { database, shards = [], log }: Pick<AppDependencies, 'database' | 'shards' | 'log'>,
  pieces: Pieces,
  forgetting: ForgettingOptions,
): Sweep => {
  const sweepers = (shards.length > 0 ? shards : [{ database, log }]).map((shard) =>
    createAppSweeper(shard, database, pieces, forgetting),
  );
  return (isDue) => {
    for (const sweeper of sweepers) sweeper(isDue);
  };
};

/**
 * Builds the application. Throws if the contract cannot be served or an operation has no handler.
 */
export const createApp = async ({
  contract,
  authenticate,
  database,
  shards = [],
  isReady,
  log,
  metrics,
  showMetrics = false,
  rateLimit = 0,
  badTokens = 100,
  maxRequests = 500,
  maxWaiting = 1000,
  pollInterval = 1000,
  streamTimes = defaultTimes,
  draining,
  corsOrigins = [],
  trustedProxies = 0,
  publicUrl = null,
  issuers = [],
  pieces = defaultPieces,
  historyDays = 30,
  mcp = false,
  webhook = null,
}: AppDependencies): Promise<Koa> => {
  const turns = createTurns();
  const resources: readonly ResourcePath[] = mcp ? ['', '/mcp'] : [''];
  const hasMetadata = publicUrl !== null && issuers.some(isIssuerUrl);
  const syncSecret = remember(() => readSyncSecret(database));
  const zones = remember(async () => zoneNamesOf(await readTimeZones(database)));
  const sweep = createSweep({ database, shards, log }, pieces, { historyDays, swept: metrics.swept });
  const backend = await createBackend({
    endpoint: mcp ? await loadMcp({ contract, corsOrigins, publicUrl, log }) : null,
    document: contract.document as Document,
    entrance: {
      admission: createAdmission({ maxRequests, maxWaiting, cut: metrics.cut }),
      authenticate: limitBadTokens(authenticate, badTokens),
      rate: rateLimit > 0 ? limitOwners(rateLimit) : null,
      turns,
      light,
      monitoring,
      trustedProxies,
    },
    secured: {
      ...taskHandlers,
      ...listHandlers,
      ...labelHandlers,
      ...syncHandlers,
      ...historyHandlers,
      ...sessionHandlers,
    },
    open: serviceHandlersOf({
      contract,
      publicUrl,
      isReady: () => isReady(syncSecret),
      metrics: showMetrics ? metrics : null,
      metadataOf: resourceMetadata({
        publicUrl,
        issuers,
        resources,
        toolScopes: scopesOfTools(contract.document),
      }),
    }),
    contextOf: (
      principal: Principal,
      { whenGone, park, pace }: RequestControl,
      operation: OperationId,
    ): OwnerContext & SessionContext & LiveContext => ({
      principal,
      live: {
        enter: () => {
          const waiter = live.enter(principal.ownerId);
          whenGone(waiter.leave);
          return waiter;
        },
        park,
        takeTurn: async (work) => {
          let began = 0;
          try {
            return await live.takeTurn(() => {
              began = performance.now();
              return work();
            });
          } finally {
            // Those that read in the time of others rest before they wait again.
            await pace(performance.now() - began);
          }
        },
        times: streamTimes,
        until: principal.expiresAt * 1000,
      },
      ...ownerContextOf(database, {
        owner: principal.ownerId,
        author: authorOf(operation, { clientId: principal.clientId, isRecorded: historyDays > 0 }),
        historyDays,
        whenGone,
        syncSecret,
        zones,
        pieces,
        finishErasures: () => sweep(true),
        announcesErasure: webhook !== null,
      }),
    }),
  });
  const live = createLive({
    databases: shards.length > 0 ? shards.map((shard) => shard.database) : [database],
    pollInterval,
    woken: metrics.woken,
    asked: metrics.asked,
    onFailure: (error) => log.warn({ err: error }, 'could not ask what other processes have written'),
    onRecovery: () => log.info('could ask again what other processes have written'),
    outside: (work) => requestContext.exit(work),
  });
  metrics.watchWaiters(live);
  draining?.addEventListener('abort', () => live.end());
  const written = (owner: OwnerId): void => {
    live.wrote(owner);
    sweep(false);
    webhook?.written(owner);
  };
  const app = createKoa(trustedProxies, log);
  app.use(requestLog(log, metrics)).use(commonHeaders);
  if (corsOrigins.length > 0) app.use(cors(corsOrigins));
  app.use(publicPrefix(prefixFrom(publicUrl, trustedProxies)));
  app.use(openToAll((path) => resources.some((resource) => path === metadataPath + resource)));
  const { recall = () => undefined } = authenticate;
  app.use(onError(hasMetadata ? challengeWith(publicUrl, resources) : null));
  app.use(anonymousTurns({ turns, recall, trustedProxies }));
  app.use(checkTarget).use(afterWrites(written)).use(backend);
  return app;
};
