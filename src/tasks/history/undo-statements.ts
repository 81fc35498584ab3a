// The SQL of an undo, for the tasks and for the lists of a change. First all that is to be there again
// is written, with the history and the tombstones; then what the change created is deleted, by its
// place, in a statement of its own: Citus refuses a ctid in one that inserts.
import { sql } from 'slonik';
import { z } from 'zod';
import { nullColumns, taskColumns, taskRow } from '../columns.ts';
import { believedOne, ownedBy, withId } from '../fragments.ts';
import { listColumns, listRow, nullListColumns } from '../lists/columns.ts';
import { type Slots, statement } from '../statement.ts';
import { takeNumber } from '../tombstones.ts';
import { type ChangeSlot, manyRows, rowsOfChange } from './change-rows.ts';
import { type EarlierSlot, earlierRows, recordedRows, writtenRows } from './earlier-rows.ts';
import type { Table } from './record.ts';

/** The most items of a response. */
export const mostItems = 100;

const gone = z.object({ id: z.string(), is_gone: z.literal(true) });
const there = { is_gone: z.literal(false) };

const columnsOf = {
  tasks: { all: taskColumns, onlyId: nullColumns(['id']) },
  lists: { all: listColumns, onlyId: nullListColumns(['id']) },
};

const undoIn = <Row>(table: Table, row: z.ZodType<Row>) =>
  statement(
    `undo_${table}`,
    z.union([gone, row]),
    (slot: Slots<EarlierSlot | ChangeSlot>) => sql.fragment`
      WITH ${earlierRows(slot, table, rowsOfChange(slot, table))},
      clock AS (${takeNumber(slot)}),
      written AS (${writtenRows(slot, table)}),
      buried AS (
        INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at, is_list)
        SELECT ${slot.owner}, id, seq, at, ${table === 'lists' ? sql.fragment`true` : sql.fragment`false`}
        FROM earlier
        WHERE is_creation
      ),
      recorded AS (${recordedRows(slot, table, { undoes: sql.fragment`${slot.change}::bigint` })})
      SELECT false AS is_gone, ${columnsOf[table].all} FROM written
      UNION ALL
      SELECT true, ${columnsOf[table].onlyId} FROM earlier WHERE is_creation
      ORDER BY id
      LIMIT ${sql.literalValue(String(mostItems))}
    `,
  );

export const undoTasks = undoIn('tasks', taskRow.extend(there));
export const undoLists = undoIn('lists', listRow.extend(there));

const deleteIn = (table: Table) =>
  statement(
    `delete_created_${table}`,
    z.strictObject({}),
    (slot: Slots<'owner' | ChangeSlot>) => sql.fragment`
      DELETE FROM ${sql.identifier([table])}
      USING (${believedOne(
        sql.fragment`
          SELECT present.place
          FROM (${rowsOfChange(slot, table)}) AS created
          CROSS JOIN LATERAL (
            ${withId(slot, table, { columns: sql.fragment`ctid AS place`, id: sql.fragment`created.id` })}
          ) AS present
          WHERE is_creation
        `,
        manyRows,
      )}) AS created
      WHERE ${ownedBy(slot, table)} AND ${sql.identifier([table, 'ctid'])} = created.place
    `,
  );

/** Deletes what the change created. */
export const deleteCreated = { tasks: deleteIn('tasks'), lists: deleteIn('lists') };

export const countLists = statement(
  'count_lists',
  z.strictObject({ lists: z.int() }),
  (slot: Slots<'owner'>) => sql.fragment`
    SELECT count(*)::int4 AS lists FROM lists WHERE ${ownedBy(slot, 'lists')}
  `,
);
