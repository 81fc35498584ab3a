// Deletes old data of every owner: stored results after 24 hours, the history an hour after the
// configured days, and tombstones after 30 days, or with the history if that is later. It needs no
// separate service and does not wake a sleeping database: it runs occasionally, after a write, and no
// request waits for it. It works in small pieces, with a pause after each, for as long as there is
// more to do. So it keeps up with any rate of writes and uses at most half of the time of one
// connection.
import { setTimeout as sleep } from 'node:timers/promises';
import { type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { Database, Statements } from '../postgres/database.ts';

/** Does a piece of work. Returns whether there may be more of it. */
export type Chore = () => Promise<boolean>;

/** Rows of a piece. */
const limit = 1000;

/**
 * After this many pieces in a row without anything to delete, the rest is left to the next sweep.
 */
const maxFruitless = 10;

const oldRow = z.strictObject({ owner_id: z.string(), at: z.string() });

const findResults = sql.prepared('find_old_results', oldRow)`
  SELECT owner_id, created_at AS at
  FROM idempotency_keys
  WHERE created_at < now() - interval '24 hours'
  ORDER BY created_at
  LIMIT ${limit}
`;

// Not before the history of the deletion ends: the versions of a deleted task begin at its tombstone,
// and it shows an undo that the task was deleted once more.
const findTombstones = (historyDays: number) =>
  sql.prepared('find_old_tombstones', oldRow)`
    SELECT owner_id, deleted_at AS at
    FROM task_tombstones
    WHERE deleted_at < now() - make_interval(hours => greatest(24 * 30, 24 * ${historyDays}::integer + 1))
    ORDER BY deleted_at
    LIMIT ${limit}
  `;

// An hour later than the history ends for readers (src/tasks/history/remembered.ts), because rows go
// one by one and not all that belong to a change at once. In hours, because a day of an interval
// depends on the time zone of the session. It is the same without a history: in a deployment that
// begins one, a process that keeps none yet does not delete what the others have just recorded.
const findHistory = (historyDays: number) =>
  sql.prepared('find_old_history', oldRow)`
    SELECT owner_id, at
    FROM history
    WHERE at < now() - make_interval(hours => 24 * ${historyDays}::integer + 1)
    ORDER BY at
    LIMIT ${limit}
  `;

/** The old data of one owner: this many rows, up to this time. */
interface Old {
  readonly owner: string;
  readonly count: number;
  readonly until: string;
}

const forgottenRow = z.strictObject({ forgotten: z.int() });

// The statements delete rows by their physical location. With a join by keys, a planner that
// believes that the owner has few rows would read all of them. `LIMIT 1000` bounds the number of
// rows that it expects to join.

// Skips a key that a request has claimed again meanwhile, and does not wait for it.
const forgetResults = ({ owner, count, until }: Old) =>
  sql.prepared('forget_results', forgottenRow)`
    WITH old AS MATERIALIZED (
      SELECT place
      FROM (
        SELECT ctid AS place
        FROM idempotency_keys
        WHERE idempotency_keys.owner_id = ${owner} AND created_at <= ${until}::timestamptz
        ORDER BY created_at
        LIMIT (SELECT ${count}::bigint)
        FOR UPDATE SKIP LOCKED
      ) AS first
      LIMIT 1000
    ),
    deleted AS (
      DELETE FROM idempotency_keys
      USING old
      WHERE idempotency_keys.owner_id = ${owner} AND idempotency_keys.ctid = old.place
      RETURNING key
    )
    SELECT count(*)::int4 AS forgotten
    FROM deleted
  `;

// The horizon moves with the deleted tombstones, under the clock's lock, so that no client of the
// feed misses a forgotten deletion. An owner with a write in progress is left for later.
const forgetTombstones = ({ owner, count, until }: Old) =>
  sql.prepared('forget_tombstones', forgottenRow)`
    WITH clock AS MATERIALIZED (
      SELECT seq FROM owner_clock WHERE owner_clock.owner_id = ${owner} FOR UPDATE SKIP LOCKED
    ),
    old AS MATERIALIZED (
      SELECT place
      FROM (
        SELECT ctid AS place
        FROM task_tombstones
        WHERE task_tombstones.owner_id = ${owner} AND deleted_at <= ${until}::timestamptz
        ORDER BY change_seq, id
        LIMIT (SELECT ${count}::bigint)
      ) AS first
      LIMIT 1000
    ),
    deleted AS (
      DELETE FROM task_tombstones
      USING clock CROSS JOIN old
      WHERE task_tombstones.owner_id = ${owner} AND task_tombstones.ctid = old.place
      RETURNING change_seq
    ),
    horizon AS (SELECT max(change_seq) AS latest FROM deleted),
    moved AS (
      UPDATE owner_clock
      SET horizon = greatest(owner_clock.horizon, horizon.latest)
      FROM horizon
      WHERE owner_clock.owner_id = ${owner} AND horizon.latest IS NOT NULL
    )
    SELECT count(*)::int4 AS forgotten
    FROM deleted
  `;

// Without the clock, so no write waits for it. An owner's rows are as old as their numbers are low,
// so the first ones by the primary key are the old ones. A condition that could use the index on
// `at` would lead through the old rows of all owners.
const forgetHistory = ({ owner, count, until }: Old) =>
  sql.prepared('forget_history', forgottenRow)`
    WITH old AS MATERIALIZED (
      SELECT place
      FROM (
        SELECT ctid AS place, at
        FROM history
        WHERE history.owner_id = ${owner}
        ORDER BY change_seq, id
        LIMIT (SELECT ${count}::bigint)
        FOR UPDATE SKIP LOCKED
      ) AS first
      WHERE at <= ${until}::timestamptz
      LIMIT 1000
    ),
    deleted AS (
      DELETE FROM history
      USING old
      WHERE history.owner_id = ${owner} AND history.ctid = old.place
      RETURNING change_seq
    )
    SELECT count(*)::int4 AS forgotten
    FROM deleted
  `;

// Owner by owner: one owner's clock is locked at a time, and if the tables are distributed, a
// statement that names its owner goes to one node.
const forget = (
  database: Statements,
  find: QuerySqlToken<typeof oldRow>,
  statement: (old: Old) => QuerySqlToken<typeof forgottenRow>,
  swept: (rows: number) => void,
): Chore => {
  let fruitless = 0;
  return async () => {
    const found = await database.any(find);
    let forgotten = 0;
    for (const [owner, rows] of Map.groupBy(found, ({ owner_id }) => owner_id)) {
      const old = { owner, count: rows.length, until: rows.at(-1)?.at ?? '' };
      forgotten += (await database.one(statement(old))).forgotten;
    }
    if (forgotten > 0) swept(forgotten);
    fruitless = forgotten > 0 ? 0 : fruitless + 1;
    return found.length === limit && fruitless < maxFruitless;
  };
};

export interface ForgettingOptions {
  /** For how many days the history is kept; 0 for none. */
  readonly historyDays: number;
  /** Receives how many rows of a table were deleted. */
  readonly swept?: (table: string, rows: number) => void;
}

/** The kinds of old data, a chore for each. */
export const forgettingOf = (
  database: Statements,
  { historyDays, swept = () => {} }: ForgettingOptions,
): Chore[] => [
  forget(database, findResults, forgetResults, (rows) => swept('idempotency_keys', rows)),
  forget(database, findTombstones(historyDays), forgetTombstones, (rows) => swept('task_tombstones', rows)),
  forget(database, findHistory(historyDays), forgetHistory, (rows) => swept('history', rows)),
];

/** Owners whose data is deleted in turn, a piece of each. */
const maxErasures = 10;

const ownerRow = z.strictObject({ owner_id: z.string() });

const findErasures = sql.prepared('find_erasures', ownerRow)`
  SELECT owner_id
  FROM owner_clock
  WHERE erasing
  LIMIT ${maxErasures}
`;

/**
 * Finishes interrupted erasures. `erase` deletes a piece of an owner's data, and returns whether it
 * was the last.
 */
export const finishErasures =
  (database: Statements, erase: (owner: string) => Promise<boolean>): Chore =>
  async () => {
    const found = await database.any(findErasures);
    let isMore = found.length === maxErasures;
    for (const { owner_id } of found) {
      if (!(await erase(owner_id))) isMore = true;
    }
    return isMore;
  };

/**
 * The longest time that the sweep gives way to requests in line, in milliseconds: under steady load
 * there is always one.
 */
const patience = 1000;

const rest = async (database: Pick<Database, 'stats'>, milliseconds: number): Promise<void> => {
  await sleep(Math.max(milliseconds, 1), undefined, { ref: false });
  const until = performance.now() + patience;
  while (database.stats().waiting > 0 && performance.now() < until) {
    await sleep(20, undefined, { ref: false });
  }
};

/** Does all chores, a piece of each in turn, until no chore has more. */
export const sweep = async (database: Pick<Database, 'stats'>, chores: readonly Chore[]): Promise<void> => {
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const chore of chores) {
      const begun = performance.now();
      if (!(await chore())) continue;
      isMore = true;
      await rest(database, performance.now() - begun);
    }
  }
};

export interface SweeperOptions {
  readonly database: Pick<Database, 'stats'>;
  readonly chores: readonly Chore[];
  /** How long to wait before the next sweep, in milliseconds. */
  readonly interval: number;
  readonly onFailure: (error: unknown) => void;
  /** Runs the work outside the context of a request. */
  readonly outside: (work: () => void) => void;
}

/**
 * A sweep, one at a time, that runs when called: at once if `isDue`, otherwise only if the interval
 * has passed.
 */
export const createSweeper = ({
  database,
  chores,
  interval,
  onFailure,
  outside,
}: SweeperOptions): ((isDue: boolean) => void) => {
  let next = Number.NEGATIVE_INFINITY;
  let isRunning = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    try {
      while (isWanted) {
        isWanted = false;
        await sweep(database, chores);
      }
    } catch (error) {
      isWanted = false;
      onFailure(error);
    } finally {
      isRunning = false;
    }
  };
  return (isDue) => {
    const now = performance.now();
    if (!isDue && now < next) return;
    next = now + interval;
    isWanted = true;
    if (!isRunning) outside(() => void run());
  };
};
