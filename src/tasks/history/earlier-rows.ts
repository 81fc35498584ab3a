// Writes tasks or lists as they were: the parts that undo and restore share. The rows to write come
// from a query, with the columns of the table; every column is derived from its declaration, so that
// no field is forgotten. The clock is locked.
import { type FragmentSqlToken, sql } from 'slonik';
import { columnNames, excludedAssignments, taskColumns } from '../columns.ts';
import { ownedBy, withId } from '../fragments.ts';
import { excludedListAssignments, listColumnNames, listColumns } from '../lists/columns.ts';
import { longKeyLength } from '../position.ts';
import type { Slots } from '../statement.ts';
import type { RecordSlot } from './author.ts';
import { latestDeletion, stateOf } from './change-rows.ts';
import { asFormer, formerImageColumns, recorded, type Table } from './record.ts';

/** What the statements bind: the number and the time of the new change. */
export type EarlierSlot = 'owner' | 'seq' | 'at' | 'first' | 'before' | RecordSlot;

const columnsOf = { tasks: taskColumns, lists: listColumns };
const namesOf: Readonly<Record<Table, readonly string[]>> = { tasks: columnNames, lists: listColumnNames };
const assignmentsOf = { tasks: excludedAssignments, lists: excludedListAssignments };

// The present parent of a task, if the change has not written it: its list is that of the task.
const homeOf = (slot: Slots<EarlierSlot>, table: Table) =>
  table === 'lists'
    ? sql.fragment`SELECT NULL::uuid AS home_list, NULL::bigint AS home_seq WHERE false`
    : sql.fragment`
        SELECT parent.list_id AS home_list, parent.change_seq AS home_seq
        FROM (${withId(slot, 'tasks', {
          columns: sql.fragment`list_id, change_seq`,
          id: sql.fragment`ranked.parent_id`,
        })}) AS parent
        WHERE NOT (ranked.parent_id IN (SELECT own.id FROM ranked AS own))
      `;

// Whether a task or list that is not written has the position now, and the next position there is.
const neighboursOf = (slot: Slots<EarlierSlot>, table: Table) => {
  const position = sql.identifier([table, 'position']);
  const id = sql.identifier([table, 'id']);
  return sql.fragment`
    LEFT JOIN LATERAL (
      SELECT ${position} AS taken
      FROM ${sql.identifier([table])}
      WHERE ${ownedBy(slot, table)} AND ${position} BETWEEN ranked.moves_to AND ranked.moves_to
        AND NOT (${id} IN (SELECT own.id FROM ranked AS own))
      ORDER BY ${position}, ${id}
      LIMIT 1
    ) AS other ON true
    LEFT JOIN LATERAL (
      SELECT ${position} AS above
      FROM ${sql.identifier([table])}
      WHERE ${ownedBy(slot, table)} AND ${position} > other.taken
      ORDER BY ${position}, ${id}
      LIMIT 1
    ) AS next ON true
  `;
};

// The last version of a task or list that is not there: after it, none was used. A batch that deleted
// it may have shown later ones than the history has.
const lastOf = (slot: Slots<EarlierSlot>, table: Table) => sql.fragment`
  SELECT history.change_seq AS last_seq, greatest(history.version, history.reached) AS last_version
  FROM (${latestDeletion(slot, table, sql.fragment`wanted.id`)}) AS latest
  CROSS JOIN LATERAL (
    SELECT change_seq, version, reached
    FROM history
    WHERE ${ownedBy(slot, 'history')} AND history.change_seq BETWEEN gone_seq AND gone_seq
      AND history.id = wanted.id
    ORDER BY history.change_seq, history.id
    LIMIT 1
  ) AS history
  WHERE former.former_seq IS NULL
`;

// Next to a position that is taken: below those that are there and those that come back. After the
// last one, before the position of the change's own number, so that the next new task still comes
// last. Where the key would be long, the two share the position, and their ids decide.
const besides = sql.fragment`
  SELECT CASE WHEN char_length(key) <= ${sql.literalValue(String(longKeyLength))}::integer THEN key END AS free
  FROM (
    SELECT CASE
      WHEN taken IS NULL THEN NULL
      WHEN least(above, following) IS NOT NULL THEN task_key_between(taken, least(above, following))
      WHEN taken < task_creation_key(number, 0) THEN task_key_between(taken, task_creation_key(number, 0))
      ELSE task_key_between(taken, NULL)
    END AS key
  ) AS between_keys
`;

/**
 * `earlier`: the rows of `wanted`, which has a row's columns as they are to be, apart from `version`,
 * which is that of before, and `id`, `change_seq`, `earlier_seq`, `is_creation`; with what they are now
 * (`formerColumns`), and where they come to.
 */
export const earlierRows = (
  slot: Slots<EarlierSlot>,
  table: Table,
  wanted: FragmentSqlToken,
): FragmentSqlToken => {
  const position = sql.identifier(['position']);
  const list =
    table === 'tasks'
      ? sql.fragment`, CASE WHEN home_seq IS NULL THEN list_id ELSE home_list END AS to_list`
      : sql.fragment``;
  return sql.fragment`
    ranked AS MATERIALIZED (
      SELECT wanted.*, ${formerImageColumns(table)}, coalesce(former_seq, last_seq, change_seq) AS former_seq,
        coalesce(former_version, last_version, version) AS latest_version,
        ${stateOf(slot, { seq: sql.fragment`wanted.earlier_seq`, id: sql.fragment`wanted.id` })} AS restored_seq,
        ${slot.seq}::bigint AS number,
        CASE WHEN ${position} IS DISTINCT FROM former_position THEN ${position} END AS moves_to,
        first_value(${position}) OVER (ORDER BY ${position} GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS following
      FROM (${wanted}) AS wanted
      LEFT JOIN LATERAL (
        ${withId(slot, table, { columns: asFormer(table), id: sql.fragment`wanted.id` })}
      ) AS former ON true
      LEFT JOIN LATERAL (${lastOf(slot, table)}) AS last ON true
    ),
    earlier AS MATERIALIZED (
      SELECT ranked.*, number AS seq, ${slot.at}::timestamptz AS at, coalesce(free, ${position}) AS to_position${list}
      FROM ranked
      LEFT JOIN LATERAL (${homeOf(slot, table)}) AS home ON true
      ${neighboursOf(slot, table)}
      CROSS JOIN LATERAL (${besides}) AS place
    )
  `;
};

// What the statement works out by itself.
const instead = (slot: Slots<EarlierSlot>, table: Table): Readonly<Record<string, FragmentSqlToken>> => ({
  owner_id: sql.fragment`${slot.owner}`,
  version: sql.fragment`latest_version + 1`,
  position: sql.fragment`to_position`,
  updated_at: sql.fragment`at`,
  ...(table === 'tasks' && { list_id: sql.fragment`to_list` }),
});

/** Writes them, but not those that were not there, and returns their columns. */
export const writtenRows = (slot: Slots<EarlierSlot>, table: Table): FragmentSqlToken => {
  const own = instead(slot, table);
  const values = namesOf[table].map((name) => own[name] ?? sql.fragment`${sql.identifier([name])}`);
  return sql.fragment`
    INSERT INTO ${sql.identifier([table])} (${columnsOf[table]}, change_seq)
    SELECT ${sql.join(values, sql.fragment`, `)}, seq
    FROM earlier
    WHERE NOT is_creation
    ON CONFLICT (owner_id, id) DO UPDATE
    SET ${assignmentsOf[table]}, change_seq = excluded.change_seq
    RETURNING ${columnsOf[table]}
  `;
};

/** Records all of them; `more` is how many others the change has written besides. */
export const recordedRows = (
  slot: Slots<EarlierSlot>,
  table: Table,
  {
    more = sql.fragment`0`,
    undoes,
  }: { readonly more?: FragmentSqlToken; readonly undoes?: FragmentSqlToken } = {},
): FragmentSqlToken =>
  recorded(slot, {
    from: sql.fragment`earlier`,
    table,
    how: 'update',
    isDeletion: sql.fragment`is_creation`,
    change: sql.fragment`${slot.first}::bigint`,
    total: sql.fragment`${slot.before}::integer + (SELECT count(*)::integer FROM earlier) + ${more}`,
    ...(undoes !== undefined && { undoes }),
  });
