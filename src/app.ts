// The composition root: the parts of the service put together as a Koa application. It reads no environment and does
// not listen.
import Koa from 'koa';
import type { Document } from 'openapi-backend';
import type { Principal } from './auth/principal.ts';
import type { Authenticate } from './auth/verify.ts';
import type { Contract } from './contract/document.ts';
import type { Database } from './db/pool.ts';
import { createBackend } from './http/backend.ts';
import { onError } from './http/on-error.ts';
import { requestLog } from './http/request-log.ts';
import type { Logger } from './log.ts';
import { type SessionScope, serviceHandlersOf, sessionHandlers } from './service/handlers.ts';
import { type TaskScope, taskHandlers } from './tasks/handlers.ts';
import { tasksOf } from './tasks/store.ts';

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
  const backend = await createBackend({
    document: contract.document as Document,
    authenticate,
    secured: { ...taskHandlers, ...sessionHandlers },
    open: serviceHandlersOf({ contract, isReady }),
    scopeOf: (principal: Principal): TaskScope & SessionScope => ({
      principal,
      tasks: tasksOf(database, principal.ownerId),
    }),
  });
  const app = new Koa();
  app.on('error', (error: unknown) => log.error({ err: error }, 'an answer could not be sent'));
  app.use(requestLog(log)).use(onError).use(backend);
  return app;
};
