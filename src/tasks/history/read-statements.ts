// The SQL that reads the history. Both statements go from one row to the next by the primary key, as
// far as the page goes, and read no more of it: not the ten thousand rows of one change, and not
// what others have changed between two versions of a task.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { bytesOfTexts, nullColumns, taskColumns, taskRow } from '../columns.ts';
import { hidden, hideFromPlanner, ownedBy, withId } from '../fragments.ts';
import { clockText, isKnown } from '../list-tag.ts';
import { type Slots, statement } from '../statement.ts';
import { latestDeletion, undoneBy } from './change-rows.ts';
import { isRemembered } from './remembered.ts';

/** Bytes of texts after which a page takes no further version. */
const pageText = sql.fragment`262144`;

type PageSlots = Slots<'owner' | 'page' | 'known' | 'before' | 'limit' | 'historyDays'>;

const before = (slot: PageSlots) => hideFromPlanner(slot.before, sql.fragment`bigint`);

// Hidden as well: with a tag that any page has, the planner would see that nothing is read.
const mustRead = (slot: PageSlots) => sql.fragment`(SELECT NOT ${isKnown(slot)})`;

const who = {
  at: z.string(),
  operation: z.string(),
  client_id: z.string().nullable(),
};

const itemRow = z.strictObject({
  type: z.enum(['task', 'list']),
  id: z.string(),
  title: z.string().nullable(),
  action: z.enum(['created', 'updated', 'deleted']),
});

const unitRow = z.object({
  ...who,
  clock: z.null(),
  change: z.bigint(),
  count: z.int(),
  undoes: z.bigint().nullable(),
  undone_by: z.bigint().nullable(),
  items: z.array(itemRow),
});

const changesRow = z.union([unitRow, z.object({ clock: z.string() })]);

// The last change of those whose rows have lower numbers: the last row of them has the count, and
// leads to the first row, which has the rest. The rows between are not read.
const changeBefore = (slot: PageSlots, number: FragmentSqlToken) => sql.fragment`
  SELECT last.change, last.change_seq AS last_seq, last.total, first.at, first.operation, first.client_id, first.undoes
  FROM (
    SELECT change_seq, change, total
    FROM history
    WHERE ${ownedBy(slot, 'history')} AND change_seq < ${number}
    ORDER BY change_seq DESC, id DESC
    LIMIT 1
  ) AS last
  CROSS JOIN LATERAL (
    SELECT at, operation, client_id, undoes
    FROM history
    WHERE ${ownedBy(slot, 'history')} AND change_seq BETWEEN last.change AND last.change
    ORDER BY change_seq, id
    LIMIT 1
  ) AS first
  WHERE ${isRemembered(slot, 'first')}
`;

/** How many items of a change are shown at most. */
const mostItems = 3;

// What a task or list was before the change, or if that created it, what it is now. The version is
// there for the planner: an index on titles would have all else that is read, and where vacuum has
// been, the planner would read that index from one end to the other rather than one row by its key.
const titleOf = (slot: PageSlots) => {
  const now = (table: 'tasks' | 'lists', column: FragmentSqlToken) => {
    const columns = sql.fragment`CASE WHEN ${sql.identifier([table, 'version'])} > 0 THEN ${column} END`;
    return sql.fragment`(${withId(slot, table, { columns, id: sql.fragment`part.id` })})`;
  };
  return sql.fragment`
    CASE
      WHEN version IS NOT NULL THEN coalesce(part.name, part.title)
      WHEN is_list THEN ${now('lists', sql.fragment`lists.name`)}
      ELSE ${now('tasks', sql.fragment`tasks.title`)}
    END
  `;
};

// The first rows of a change and its last one, which is the list that was deleted with its tasks.
// Plain limits: from hidden ones the planner would conclude that the page costs so much that its plan
// is worth being compiled.
const itemsOf = (slot: PageSlots) => {
  const columns = sql.fragment`change_seq, id, is_list, is_deletion, version, name, title`;
  const most = sql.literalValue(String(mostItems));
  return sql.fragment`(
    SELECT coalesce(jsonb_agg(item ORDER BY is_list DESC, change_seq, id), '[]')
    FROM (
      SELECT is_list, change_seq, id, jsonb_build_object(
        'type', CASE WHEN is_list THEN 'list' ELSE 'task' END,
        'id', id,
        'title', ${titleOf(slot)},
        'action', CASE WHEN is_deletion THEN 'deleted' WHEN version IS NULL THEN 'created' ELSE 'updated' END
      ) AS item
      FROM (
        (
          SELECT ${columns}
          FROM history
          WHERE ${ownedBy(slot, 'history')} AND change_seq BETWEEN recent.change AND recent.last_seq
          ORDER BY change_seq, id
          LIMIT ${most}
        )
        UNION ALL
        (
          SELECT ${columns}
          FROM history
          WHERE ${ownedBy(slot, 'history')} AND change_seq BETWEEN recent.last_seq AND recent.last_seq
            AND recent.total > ${most}
          ORDER BY change_seq DESC, id DESC
          LIMIT 1
        )
      ) AS part
      ORDER BY is_list DESC, change_seq, id
      LIMIT ${most}
    ) AS shown
  )`;
};

/**
 * The changes before a number, the newest first, up to the first one that is forgotten. The first
 * row is the owner's clock. While the tag is a known one, the history is not even looked at.
 */
export const listChanges = statement(
  'list_changes',
  changesRow,
  (slot: PageSlots) => sql.fragment`
    WITH RECURSIVE recent AS (
      SELECT 1::bigint AS place, newest.*
      FROM (${changeBefore(slot, before(slot))}) AS newest
      WHERE ${mustRead(slot)}
      UNION ALL
      SELECT place + 1, following.*
      FROM recent
      CROSS JOIN LATERAL (${changeBefore(slot, sql.fragment`recent.change`)}) AS following
      WHERE place < ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
    )
    SELECT coalesce(${clockText(slot)}, '') AS clock, NULL::bigint AS change, NULL::integer AS count,
      NULL::timestamptz AS at, NULL::text AS operation, NULL::text AS client_id, NULL::bigint AS undoes,
      NULL::bigint AS undone_by, NULL::jsonb AS items
    UNION ALL
    SELECT NULL, change, total, at, operation, client_id, undoes, ${undoneBy(slot, sql.fragment`recent.change`)}, ${itemsOf(slot)}
    FROM recent
  `,
);

// The owner's clock; and whether the task is there, or its deletion is remembered.
const foundRow = z.object({ kind: z.literal('clock'), clock: z.string(), found: z.boolean() });
// The task as it is.
const presentRow = taskRow.extend({ kind: z.literal('present'), change_seq: z.bigint() });

// A change of the task, the newest first.
const changeOfTask = {
  ...who,
  change_seq: z.bigint(),
  /** Whether the page has no room for another one. */
  is_last: z.boolean(),
  change: z.bigint(),
  /** The number of the change before; null if this one created the task, which had not existed before. */
  former_seq: z.bigint().nullable(),
  is_deletion: z.boolean(),
};
// With what the task was before; or without, if it was not there.
const formerRow = taskRow.extend({ ...changeOfTask, kind: z.literal('former') });
const creationRow = z.object({ ...changeOfTask, kind: z.literal('creation') });

const versionsRow = z.discriminatedUnion('kind', [foundRow, presentRow, formerRow, creationRow]);
export type PresentTask = z.infer<typeof presentRow>;
export type ChangeOfTask = z.infer<typeof formerRow> | z.infer<typeof creationRow>;

// The task's change with a number, if it is remembered: its own row is what counts here.
const changeWith = (slot: PageSlots & Slots<'id'>, number: FragmentSqlToken) => sql.fragment`
  SELECT change_seq, change, at, operation, client_id, former_seq, is_deletion,
    coalesce(${bytesOfTexts()}, 0)::bigint AS bytes, ${taskColumns}
  FROM history
  WHERE ${ownedBy(slot, 'history')} AND change_seq BETWEEN ${number} AND ${number}
    AND id = ${slot.id}::uuid AND NOT is_list AND ${isRemembered(slot)}
  ORDER BY change_seq
  LIMIT ${hidden(1)}
`;

/**
 * What a task was, from its newest change or the one with the number `before`, back to the first one
 * that is remembered, with `limit` changes and some of their text at most. A row of the history has
 * what the task was before its change, and the number of the change that made it that. While the
 * tag is a known one, no change is looked at.
 */
export const listTaskVersions = statement(
  'list_task_versions',
  versionsRow,
  (slot: PageSlots & Slots<'id'>) => sql.fragment`
    WITH RECURSIVE present AS MATERIALIZED (
      SELECT change_seq, ${taskColumns} FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id}::uuid
    ),
    deletion AS MATERIALIZED (
      SELECT change_seq
      FROM (
        SELECT gone_seq AS number
        FROM (${latestDeletion(slot, 'tasks', hideFromPlanner(slot.id, sql.fragment`uuid`))}) AS latest
        WHERE NOT EXISTS (SELECT true FROM present)
      ) AS buried
      CROSS JOIN LATERAL (${changeWith(slot, sql.fragment`buried.number`)}) AS newest
    ),
    newest AS MATERIALIZED (SELECT change_seq FROM present UNION ALL SELECT change_seq FROM deletion),
    walk AS (
      SELECT 1::bigint AS place, false AS is_last, 0::bigint AS done, latest.*
      FROM (SELECT coalesce(${before(slot)}, change_seq) AS number FROM newest) AS start
      CROSS JOIN LATERAL (${changeWith(slot, sql.fragment`start.number`)}) AS latest
      WHERE ${mustRead(slot)}
      UNION ALL
      SELECT place + 1,
        place + 1 >= ${hideFromPlanner(slot.limit, sql.fragment`bigint`)} OR done + walk.bytes >= ${pageText},
        done + walk.bytes, earlier.*
      FROM walk
      CROSS JOIN LATERAL (${changeWith(slot, sql.fragment`walk.former_seq`)}) AS earlier
      WHERE NOT is_last
    )
    SELECT 'clock' AS kind, coalesce(${clockText(slot)}, '') AS clock, EXISTS (SELECT true FROM newest) AS found,
      NULL::boolean AS is_last, NULL::bigint AS change_seq, NULL::bigint AS change, NULL::timestamptz AS at,
      NULL::text AS operation, NULL::text AS client_id, NULL::bigint AS former_seq, NULL::boolean AS is_deletion,
      ${nullColumns()}
    UNION ALL
    SELECT 'present', NULL, NULL, NULL, change_seq, NULL, NULL, NULL, NULL, NULL, NULL, ${taskColumns}
    FROM present
    WHERE ${before(slot)} IS NULL
    UNION ALL
    (
      SELECT CASE WHEN title IS NULL THEN 'creation' ELSE 'former' END, NULL, NULL, is_last, change_seq, change,
        at, operation, client_id, former_seq, is_deletion, ${taskColumns}
      FROM walk
      ORDER BY place
    )
  `,
);
