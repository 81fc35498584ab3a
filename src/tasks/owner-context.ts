// What the task operations can reach: what is the caller's, and nothing else.
import type { OwnerId } from '../auth/principal.ts';
import type { Database } from '../postgres/database.ts';
import { type ChangeTokens, changeTokensOf } from './change-token.ts';
import { defaultPieces, type Pieces } from './erasure.ts';
import type { Author } from './history/author.ts';
import { type Retries, retriesOf } from './idempotency.ts';
import type { ZoneNames } from './moment.ts';
import { type TaskStore, tasksOf } from './store.ts';

export interface OwnerContext {
  readonly tasks: TaskStore;
  readonly retries: Retries<TaskStore>;
  readonly changeTokens: ChangeTokens;
  /** Who makes the changes. */
  readonly author: Author;
  /** The time zones that moments may name. */
  readonly zones: () => Promise<ZoneNames>;
  /** Has the deletions of everything that are not finished continued, soon. */
  finishErasures(): void;
}

export interface OwnerContextOptions {
  readonly owner: OwnerId;
  readonly author: Author;
  /** For how many days the history is kept; 0 for none. */
  readonly historyDays: number;
  /** Calls `left` when the client has gone, and returns how to stop that. */
  readonly whenGone?: ((left: () => void) => () => void) | undefined;
  /** Returns the secret that change tokens are sealed with. */
  readonly syncSecret: () => Promise<string>;
  readonly zones: () => Promise<ZoneNames>;
  /** How much of a large deletion happens at once. */
  readonly pieces?: Pieces;
  readonly finishErasures?: () => void;
  /** Whether the webhook is to report that everything was deleted. */
  readonly announcesErasure?: boolean;
}

/** The context of one owner, whose statements wait in the owner's own line for the database. */
export const ownerContextOf = (
  database: Pick<Database, 'as'>,
  {
    owner,
    author,
    historyDays,
    whenGone,
    syncSecret,
    zones,
    pieces = defaultPieces,
    finishErasures = () => {},
    announcesErasure = false,
  }: OwnerContextOptions,
): OwnerContext => {
  const own = database.as({ owner, whenGone });
  const options = { author, historyDays, pieces, announcesErasure };
  return {
    tasks: tasksOf(own, owner, options),
    retries: retriesOf(own, owner, (statements) => tasksOf(statements, owner, options)),
    author,
    changeTokens: changeTokensOf(syncSecret, owner),
    zones,
    finishErasures,
  };
};
