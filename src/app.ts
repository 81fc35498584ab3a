// The composition root: the parts of the service put together as a Koa application. It reads no environment and does
// not listen.
import Koa, { type Middleware } from 'koa';
import type { Document } from 'openapi-backend';
import type { Principal } from './auth/principal.ts';
import type { Authenticate } from './auth/verify.ts';
import type { Contract } from './contract/document.ts';
import type { Database } from './db/pool.ts';
import { createSweeper } from './db/sweep.ts';
import { syncSecretOf } from './db/sync-secret.ts';
import { createBackend } from './http/backend.ts';
import { onError } from './http/on-error.ts';
import { requestLog } from './http/request-log.ts';
import { type Logger, requestContext } from './log.ts';
import { type SessionScope, serviceHandlersOf, sessionHandlers } from './service/handlers.ts';
import { taskHandlers } from './tasks/handlers.ts';
import { type TaskScope, taskScopeOf } from './tasks/scope.ts';
import { syncHandlers } from './tasks/sync-handlers.ts';

/** How long to wait before old tombstones and stored results are looked for again, in milliseconds. */
const sweepInterval = 3_600_000;

export interface AppDependencies {
  readonly contract: Contract;
  readonly authenticate: Authenticate;
  readonly database: Database;
  /** Throws a Problem, or answers false, when the service should get no requests. */
  readonly isReady: () => Promise<boolean>;
  readonly log: Logger;
}

/** Builds the application. Throws when the contract is not valid or an operation has no handler. */
export const createApp = async ({
  contract,
  authenticate,
  database,
  isReady,
  log,
}: AppDependencies): Promise<Koa> => {
  const syncSecret = syncSecretOf(database);
  const backend = await createBackend({
    document: contract.document as Document,
    authenticate,
    secured: { ...taskHandlers, ...syncHandlers, ...sessionHandlers },
    open: serviceHandlersOf({ contract, isReady }),
    scopeOf: (principal: Principal): TaskScope & SessionScope => ({
      principal,
      ...taskScopeOf(database, syncSecret, principal.ownerId),
    }),
  });
  const sweepSeldom = createSweeper(database, sweepInterval, (error) =>
    log.warn({ err: error }, 'old tombstones and results could not be forgotten'),
  );
  const sweepAfterWrites: Middleware = async (ctx, next) => {
    await next();
    // Outside the request, whose log lines are its own.
    if (!['GET', 'HEAD', 'OPTIONS'].includes(ctx.method)) requestContext.exit(sweepSeldom);
  };
  const app = new Koa();
  app.on('error', (error: NodeJS.ErrnoException) => {
    // The client hung up on a streamed answer; the request's own line says so.
    if (['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return;
    log.error({ err: error }, 'an answer could not be sent');
  });
  app.use(requestLog(log)).use(onError).use(sweepAfterWrites).use(backend);
  return app;
};
