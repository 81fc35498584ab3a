// What there is to report, in the database: the clocks with news, and the owners who have deleted
// everything. It is there from the commit of a write until the receiver has confirmed it, so no end of
// a process loses it. A process holds the news of an owner while it reports them, for a limited time.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Statements } from '../postgres/database.ts';
import type { News } from './message.ts';

/** News that this process holds until `until`. */
export interface Held extends News {
  readonly until: string;
}

export interface Found {
  readonly owner: string;
  /** Milliseconds until it may be held by another process than the present one. */
  readonly wait: number;
}

export interface Outbox {
  /**
   * Takes hold of the owner's news, for `hold` seconds. `wait` is the time until news that another
   * process holds, or that are to wait, may be taken, in milliseconds; null if there are none.
   */
  take(
    owner: string,
    hold: number,
  ): Promise<{ readonly held: readonly Held[]; readonly wait: number | null }>;
  /**
   * The news have been reported; whatever comes next waits for `rest` seconds. Returns whether there
   * may be more.
   */
  done(held: Held, rest: number): Promise<boolean>;
  /** Gives the news back, to be taken in `seconds`. */
  giveBack(held: Held, seconds: number): Promise<void>;
}

const heldRow = z.strictObject({
  is_erasure: z.boolean(),
  id: z.string(),
  seq: z.bigint().nullable(),
  change: z.string().nullable(),
  wait: z.number(),
  until: z.string().nullable(),
});

const wait = sql.fragment`greatest(coalesce(extract(epoch FROM notifying_until - now()) * 1000, 0), 0)::float8 AS wait`;

// FOR UPDATE, so that what another process has just taken is seen. The clock comes first, as in
// `deleteAll`. What was committed while this waited for the clock is not in the snapshot of the history.
const take = (owner: string, hold: number) =>
  sql.prepared('take_news', heldRow)`
    WITH clock AS MATERIALIZED (
      SELECT epoch, seq, ${wait}
      FROM owner_clock
      WHERE owner_clock.owner_id = ${owner} AND has_news AND NOT erasing
      FOR UPDATE
    ),
    erasure AS MATERIALIZED (
      SELECT id, ${wait} FROM erased_owners WHERE erased_owners.owner_id = ${owner} FOR UPDATE
    ),
    taken_clock AS (
      UPDATE owner_clock
      SET notifying_until = now() + make_interval(secs => ${hold}::float8)
      FROM clock
      WHERE owner_clock.owner_id = ${owner} AND wait <= 0
      RETURNING notifying_until
    ),
    taken_erasure AS (
      UPDATE erased_owners
      SET notifying_until = now() + make_interval(secs => ${hold}::float8)
      FROM erasure
      WHERE erased_owners.owner_id = ${owner} AND wait <= 0
      RETURNING notifying_until
    )
    SELECT false AS is_erasure, epoch AS id, seq::bigint AS seq, (
        SELECT change::text
        FROM history
        WHERE history.owner_id = ${owner} AND change_seq = clock.seq
        LIMIT 1
      ) AS change, wait, (SELECT notifying_until FROM taken_clock) AS until
    FROM clock
    UNION ALL
    SELECT true, id, NULL, NULL, wait, (SELECT notifying_until FROM taken_erasure)
    FROM erasure
  `;

const changeRow = z.strictObject({ change: z.string() });

const findChangeOf = (owner: string, seq: bigint) =>
  sql.prepared('find_change_of_news', changeRow)`
    SELECT change::text AS change
    FROM history
    WHERE history.owner_id = ${owner} AND change_seq = ${seq}::bigint
    LIMIT 1
  `;

const moreRow = z.strictObject({ has_news: z.boolean() });
const nothing = z.strictObject({});

const clearClock = ({ owner, id, seq, until }: Held, rest: number) =>
  sql.prepared('clear_news', moreRow)`
    UPDATE owner_clock
    SET has_news = seq <> ${seq}::bigint, notifying_until = now() + make_interval(secs => ${rest}::float8)
    WHERE owner_clock.owner_id = ${owner} AND epoch = ${id}::uuid AND notifying_until = ${until}::timestamptz
    RETURNING has_news
  `;

const clearErasure = ({ owner, id }: Held) =>
  sql.prepared('clear_erasure', nothing)`
    DELETE FROM erased_owners WHERE erased_owners.owner_id = ${owner} AND id = ${id}::uuid
  `;

const giveClockBack = ({ owner, id, until }: Held, seconds: number) =>
  sql.prepared('give_news_back', nothing)`
    UPDATE owner_clock
    SET notifying_until = now() + make_interval(secs => ${seconds}::float8)
    WHERE owner_clock.owner_id = ${owner} AND epoch = ${id}::uuid AND notifying_until = ${until}::timestamptz
  `;

const giveErasureBack = ({ owner, id, until }: Held, seconds: number) =>
  sql.prepared('give_erasure_back', nothing)`
    UPDATE erased_owners
    SET notifying_until = now() + make_interval(secs => ${seconds}::float8)
    WHERE erased_owners.owner_id = ${owner} AND id = ${id}::uuid AND notifying_until = ${until}::timestamptz
  `;

export const outboxOf = (database: Pick<Database, 'as'>): Outbox => ({
  take: async (owner, hold) => {
    const own = database.as({ owner });
    const rows = await own.any(take(owner, hold));
    const held: Held[] = [];
    for (const { id, seq, change, until } of rows) {
      if (until === null) continue;
      const found = change === null && seq !== null ? await own.maybeOne(findChangeOf(owner, seq)) : null;
      held.push({ owner, id, seq, change: change ?? found?.change ?? null, until });
    }
    // The deletion of everything came before what the owner has begun anew.
    held.sort((a, b) => Number(a.seq !== null) - Number(b.seq !== null));
    const waits = rows.flatMap((row) => (row.until === null ? [row.wait] : []));
    return { held, wait: waits.length > 0 ? Math.min(...waits) : null };
  },
  done: async (held, rest) => {
    const own = database.as({ owner: held.owner });
    if (held.seq !== null) return (await own.maybeOne(clearClock(held, rest)))?.has_news ?? true;
    await own.any(clearErasure(held));
    return false;
  },
  giveBack: async (held, seconds) => {
    const own = database.as({ owner: held.owner });
    await own.any((held.seq === null ? giveErasureBack : giveClockBack)(held, seconds));
  },
});

const foundRow = z.strictObject({ owner: z.string(), wait: z.number() });

// Each part in the order of an index, whose entries are those with news.
const findNews = (after: string, limit: number) =>
  sql.prepared('find_news', foundRow)`
    SELECT owner, wait
    FROM (
      (
        SELECT owner_id AS owner, ${wait}
        FROM owner_clock
        WHERE has_news AND NOT erasing AND owner_id > ${after}
        ORDER BY owner_id
        LIMIT ${limit}::bigint
      )
      UNION ALL
      (
        SELECT owner_id AS owner, ${wait}
        FROM erased_owners
        WHERE owner_id > ${after}
        ORDER BY owner_id
        LIMIT ${limit}::bigint
      )
    ) AS found
    ORDER BY owner
    LIMIT ${limit}::bigint
  `;

/** Owners with news, whoever has written them, in order after `after`: `limit` at most. */
export const newsIn = (
  database: Pick<Statements, 'any'>,
  after: string,
  limit: number,
): Promise<readonly Found[]> => database.any(findNews(after, limit));
