// The change feed. Writes stamp what they change with the owner's clock, whose lock they hold until
// they commit, so a snapshot that shows a number shows everything up to it: reading on from a
// number misses nothing.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { components } from '../contract/operation.ts';
import type { Statements } from '../postgres/database.ts';
import { bytesOfTexts, columnNames, nullColumns, taskColumns, taskOf, taskRow } from './columns.ts';
import { hideFromPlanner, ownedBy } from './fragments.ts';
import { bytesOfListTexts, listColumnNames, listOf, listRow } from './lists/columns.ts';
import { type Slots, statement } from './statement.ts';

export type TaskChange = components['schemas']['TaskChange'];

/** How far a follower has read. */
export interface Position {
  /** The clock that counts; null when the owner had none yet. */
  readonly epoch: string | null;
  /**
   * The change up to which the follower's copy was complete when it began: older tombstones are
   * nothing to it.
   */
  readonly base: bigint;
  /** The last change it has read... */
  readonly seq: bigint;
  /** ...up to the task or list of this id, for one write may change many tasks. */
  readonly id: string;
}

/** The id of a position that has all of a change behind it. */
export const wholeChange = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export interface ChangePage {
  readonly items: TaskChange[];
  readonly next: Position;
  readonly hasMore: boolean;
}

export interface ChangeFeed {
  /**
   * At most `limit` changes after `since`, or from nothing when that is null. Null when tombstones
   * after it may have been forgotten, or its clock is gone.
   */
  changes(since: Position | null, limit: number): Promise<ChangePage | null>;
}

const clock = { clock_seq: z.bigint(), epoch: z.string(), horizon: z.bigint() };
const change = { ...clock, change_seq: z.bigint(), more: z.boolean() };
const tombstone = { ...change, id: z.string(), deleted_at: z.string() };
const changeRow = z.discriminatedUnion('kind', [
  taskRow.extend({ ...change, kind: z.literal('task') }),
  listRow.extend({ ...change, kind: z.literal('list') }),
  z.object({ ...tombstone, kind: z.literal('deleted') }),
  z.object({ ...tombstone, kind: z.literal('list_deleted') }),
  z.object({ ...clock, kind: z.null() }),
]);
type Row = z.infer<typeof changeRow>;
type ChangeRow = Exclude<Row, { kind: null }>;

const toChange = (row: ChangeRow): TaskChange => {
  if (row.kind === 'task') return { type: 'task', task: taskOf(row) };
  if (row.kind === 'list') return { type: 'list', list: listOf(row) };
  return { type: row.kind, id: row.id, deleted_at: row.deleted_at };
};

// Whether everything that the follower lacks is still there to be read.
const isReadable = ({ epoch, base, seq, id }: Position, row: Row): boolean => {
  const complete = id === wholeChange ? seq : seq - 1n;
  return epoch === row.epoch && seq <= row.clock_seq && (base > complete ? base : complete) >= row.horizon;
};

const beyond = (slot: Slots<'owner' | 'seq' | 'id'>, table: string) => {
  const seq = hideFromPlanner(slot.seq, sql.fragment`bigint`);
  const id = hideFromPlanner(slot.id, sql.fragment`uuid`);
  return sql.fragment`${ownedBy(slot, table)} AND (change_seq, id) > (${seq}, ${id})`;
};

const limit = (slot: Slots<'limit'>) => hideFromPlanner(slot.limit, sql.fragment`bigint`);

/** Bytes of texts after which a page takes no further change. */
const pageText = sql.fragment`262144`;

const listed = (fragments: readonly ReturnType<typeof sql.identifier>[] | readonly FragmentSqlToken[]) =>
  sql.fragment`${sql.join(fragments, sql.fragment`, `)}`;

// The columns that only a list has; its others are in the place of a task's columns of the same name.
const ofLists = listColumnNames.filter((name) => !columnNames.some((other) => other === name));
const listOnly = listed(ofLists.map((name) => sql.identifier([name])));
const noListOnly = listed(ofLists.map((name) => sql.fragment`NULL AS ${sql.identifier([name])}`));

const changesIn = (
  slot: Slots<'owner' | 'seq' | 'id' | 'limit'>,
  table: string,
  columns: FragmentSqlToken,
  condition = sql.fragment`true`,
) => sql.fragment`
  (
    SELECT change_seq, ${columns}
    FROM ${sql.identifier([table])}
    WHERE ${beyond(slot, table)} AND ${condition}
    ORDER BY change_seq, id
    LIMIT ${limit(slot)}
  )
`;

const allChanges = (slot: Slots<'owner' | 'base' | 'seq' | 'id' | 'limit'>) => sql.fragment`
  ${changesIn(
    slot,
    'tasks',
    sql.fragment`
      'task' AS kind, NULL::timestamptz AS deleted_at, ${bytesOfTexts()} AS text, ${taskColumns}, ${noListOnly}
    `,
  )}
  UNION ALL
  ${changesIn(
    slot,
    'lists',
    sql.fragment`'list', NULL, ${bytesOfListTexts()}, ${nullColumns(listColumnNames)}, ${listOnly}`,
  )}
  UNION ALL
  ${changesIn(
    slot,
    'task_tombstones',
    sql.fragment`
      CASE WHEN is_list THEN 'list_deleted' ELSE 'deleted' END, deleted_at, 0,
      ${nullColumns(['id', 'owner_id'])}, ${noListOnly}
    `,
    sql.fragment`change_seq > coalesce(${slot.base}::bigint, clock.seq)`,
  )}
`;

// Clock, tasks, lists and tombstones in one statement, hence of one snapshot. Tombstones from before
// a first reading are left out: what they stand for is not in the copy. No change has both tasks and
// lists, whose ids could be the same. Postgres leaves out what is
// too much for a page, or it would send twenty megabytes of the longest tasks for each page.
const listTaskChanges = statement(
  'list_task_changes',
  changeRow,
  (slot: Slots<'owner' | 'base' | 'seq' | 'id' | 'limit'>) => sql.fragment`
    SELECT clock.seq AS clock_seq, epoch, horizon, change_seq, kind, deleted_at, more, ${taskColumns}, ${listOnly}
    FROM (SELECT seq, epoch, horizon FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing) AS clock
    LEFT JOIN LATERAL (
      SELECT change_seq, kind, deleted_at, more, ${taskColumns}, ${listOnly}
      FROM (
        SELECT change_seq, kind, deleted_at, text, ${taskColumns}, ${listOnly},
          sum(text) OVER following AS done, lead(true, 1, false) OVER following AS more
        FROM (
          ${allChanges(slot)}
          ORDER BY change_seq, id
          LIMIT ${limit(slot)}
        ) AS present
        WINDOW following AS (ORDER BY change_seq, id ROWS UNBOUNDED PRECEDING)
      ) AS weighed
      WHERE done - text < ${pageText}
    ) AS change ON true
    ORDER BY change_seq, id
  `,
);

export const feedOf = (database: Statements, owner: OwnerId): ChangeFeed => ({
  changes: async (since, limit) => {
    // Who saw no clock has nothing: it starts from nothing.
    const begun = since?.epoch == null ? null : since;
    // With one more than asked for, Postgres knows whether there is more.
    const { base, seq, id } = begun ?? { base: null, seq: 0n, id: wholeChange };
    const rows = await database.any(listTaskChanges({ owner, base, seq, id, limit: limit + 1 }));
    const [first] = rows;
    if (first === undefined) {
      if (begun !== null) return null;
      return { items: [], next: { epoch: null, base: 0n, seq: 0n, id: wholeChange }, hasMore: false };
    }
    if (begun !== null && !isReadable(begun, first)) return null;
    const { epoch, clock_seq: now } = first;
    const page = rows.flatMap((row) => (row.kind === null ? [] : [row])).slice(0, limit);
    const last = page.at(-1);
    if (last?.more)
      return {
        items: page.map(toChange),
        next: { epoch, base: begun?.base ?? now, seq: last.change_seq, id: last.id },
        hasMore: true,
      };
    const next = { epoch, base: now, seq: now, id: wholeChange };
    return { items: page.map(toChange), next, hasMore: false };
  },
});
