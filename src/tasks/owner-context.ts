// What the task operations can reach: what is the caller's, and nothing else.
import type { OwnerId } from '../auth/principal.ts';
import type { Database } from '../postgres/database.ts';
import { type ChangeTokens, changeTokensOf } from './change-token.ts';
import { defaultPieces, type Pieces } from './erasure.ts';
import { type Retries, retriesOf } from './idempotency.ts';
import type { ZoneNames } from './moment.ts';
import { type TaskStore, tasksOf } from './store.ts';

export interface OwnerContext {
  readonly tasks: TaskStore;
  readonly retries: Retries<TaskStore>;
  readonly changeTokens: ChangeTokens;
  /** The time zones that moments may name. */
  readonly zones: () => Promise<ZoneNames>;
  /** Has the deletions of everything that are not finished continued, soon. */
  finishErasures(): void;
}

export interface OwnerContextOptions {
  readonly owner: OwnerId;
  /** Calls `left` when the client has gone, and returns how to stop that. */
  readonly whenGone?: ((left: () => void) => () => void) | undefined;
  /** Returns the secret that change tokens are sealed with. */
  readonly syncSecret: () => Promise<string>;
  readonly zones: () => Promise<ZoneNames>;
  /** How much of a large deletion happens at once. */
  readonly pieces?: Pieces;
  readonly finishErasures?: () => void;
}

/** The context of one owner, whose statements wait in the owner's own line for the database. */
export const ownerContextOf = (
  database: Pick<Database, 'as'>,
  {
    owner,
    whenGone,
    syncSecret,
    zones,
    pieces = defaultPieces,
    finishErasures = () => {},
  }: OwnerContextOptions,
): OwnerContext => {
  const own = database.as({ owner, whenGone });
  return {
    tasks: tasksOf(own, owner, pieces),
    retries: retriesOf(own, owner, (statements) => tasksOf(statements, owner, pieces)),
    changeTokens: changeTokensOf(syncSecret, owner),
    zones,
    finishErasures,
  };
};
