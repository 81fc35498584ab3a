// What the task operations can reach: what is the caller's, and nothing else.
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../db/pool.ts';
import { type ChangeTokens, changeTokensOf } from './change-token.ts';
import { type Retries, retriesOf } from './idempotency.ts';
import { type TaskStore, tasksOf } from './store.ts';

export interface TaskScope {
  readonly tasks: TaskStore;
  readonly retries: Retries<TaskStore>;
  readonly changeTokens: ChangeTokens;
}

/** The scope of one owner; `syncSecret` answers the secret that change tokens are sealed with. */
export const taskScopeOf = (
  database: Statements,
  syncSecret: () => Promise<string>,
  owner: OwnerId,
): TaskScope => ({
  tasks: tasksOf(database, owner),
  retries: retriesOf(database, owner, (statements) => tasksOf(statements, owner)),
  changeTokens: changeTokensOf(syncSecret, owner),
});
