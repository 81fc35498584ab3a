// An API whose data no sweep deletes. The sweep finishes every erasure that it finds, of any owner, and
// there are sweeps of all the APIs on a database: whatever a test marks would be gone sooner or later.

import { createLogger } from '../../src/observability/log.ts';
import type { Statements } from '../../src/postgres/database.ts';
import type { ApiOptions } from './app.ts';
import { startOwnPostgres } from './postgres.ts';

const noRow = () => Promise.reject(new Error('there is no row'));

const nowhere: Statements = {
  any: async () => [],
  one: noRow,
  maybeOne: async () => null,
  turn: (work) => work(nowhere),
  transaction: (work) => work(nowhere),
};

/** Options of an API with a database of its own. Its sweep works elsewhere, where there is nothing. */
export const unswept = async (app: ApiOptions['app'] = {}) => ({
  postgres: await startOwnPostgres(),
  app: { ...app, shards: [{ database: nowhere, log: createLogger('silent') }] },
});
