// What a statement records of its change: for each row that it writes, what the row was before, in
// the table `history`. It is part of the statement that makes the change, so neither is ever there
// without the other. `test/contract/history.test.ts` fails for a statement that does not record.
import { type FragmentSqlToken, sql } from 'slonik';
import { columnNames } from '../columns.ts';
import { ownedBy } from '../fragments.ts';
import { listColumnNames } from '../lists/columns.ts';
import type { Slots } from '../statement.ts';
import type { RecordSlot } from './author.ts';

/** A table whose changes are recorded. */
export type Table = 'tasks' | 'lists';

// The columns of the history have the names of the table that they are from.
const namesOf = (table: Table): readonly string[] =>
  (table === 'tasks' ? columnNames : listColumnNames).filter((name) => name !== 'id' && name !== 'owner_id');

const joined = (fragments: readonly FragmentSqlToken[]) =>
  sql.fragment`${sql.join(fragments, sql.fragment`, `)}`;

/** The columns of the history that hold what a row of the table was. */
export const imageColumns = (table: Table): FragmentSqlToken =>
  joined(namesOf(table).map((name) => sql.fragment`${sql.identifier([name])}`));

const formerName = (name: string) => sql.identifier([`former_${name}`]);

/**
 * What a row is before it is written, for a subquery on the table that the statement joins with it:
 * `former_title` and so on, and `former_seq`. A single statement also demands that `version` is
 * still `former_version`. Where another write came in between, the subquery has not seen it; then
 * the statement writes nothing, and is repeated with the clock locked (`isAsSeen` in
 * single-write.ts).
 */
export const asFormer = (table: Table): FragmentSqlToken =>
  joined([
    ...namesOf(table).map((name) => sql.fragment`${sql.identifier([table, name])} AS ${formerName(name)}`),
    sql.fragment`${sql.identifier([table, 'change_seq'])} AS former_seq`,
  ]);

/** The names of those but `former_seq`. */
export const formerImageColumns = (table: Table): FragmentSqlToken =>
  joined(namesOf(table).map((name) => sql.fragment`${formerName(name)}`));

/** The names of those, for RETURNING. */
export const formerColumns = (table: Table): FragmentSqlToken =>
  sql.fragment`${formerImageColumns(table)}, former_seq`;

/**
 * The row as it is before an update of one row, to be joined with it. The update also demands that
 * `version` is `former_version`.
 */
export const formerOf = (slot: Slots<'owner' | 'id'>, table: Table): FragmentSqlToken => sql.fragment`
  (SELECT ${asFormer(table)} FROM ${sql.identifier([table])} WHERE ${ownedBy(slot, table)} AND id = ${slot.id}) AS former
`;

interface Recorded {
  /** What has the rows: `id`, `seq`, `at`, and what they were. */
  readonly from: FragmentSqlToken;
  readonly table?: Table;
  /**
   * What happened: with `update`, the rows have `formerColumns`, with `delete` the columns
   * themselves and `former_seq`, and with `create` neither. A row that an update has written as it
   * was, with its number, is not recorded. With null for `formerColumns`, an update is a creation.
   */
  readonly how: 'create' | 'update' | 'delete';
  /** Whether it was a deletion, where that differs from row to row. */
  readonly isDeletion?: FragmentSqlToken;
  /** The number of the first row of the request; that of the row if absent. */
  readonly change?: FragmentSqlToken;
  /** How many rows the request has written, up to those of this number. */
  readonly total?: FragmentSqlToken;
  /** The version that the request made of a row before it deleted it; none if absent. */
  readonly reached?: FragmentSqlToken;
  /** The change that is undone, and the columns' `restored_seq` with it; none if absent. */
  readonly undoes?: FragmentSqlToken;
}

/** Inserts what `from` has into the history: for a CTE of its own. */
export const recorded = (
  slot: Slots<'owner' | RecordSlot>,
  {
    from,
    table = 'tasks',
    how,
    isDeletion = how === 'delete' ? sql.fragment`true` : sql.fragment`false`,
    change = sql.fragment`seq`,
    total = sql.fragment`1`,
    reached = sql.fragment`NULL`,
    undoes,
  }: Recorded,
): FragmentSqlToken => {
  const isList = sql.fragment`${table === 'lists' ? sql.fragment`true` : sql.fragment`false`}`;
  const isChanged = how === 'update' ? sql.fragment` AND seq IS DISTINCT FROM former_seq` : sql.fragment``;
  const image = how === 'create' ? sql.fragment`` : sql.fragment`, former_seq, ${imageColumns(table)}`;
  const values =
    how === 'create'
      ? sql.fragment``
      : sql.fragment`, former_seq, ${how === 'delete' ? imageColumns(table) : formerImageColumns(table)}`;
  const [undoing, undone] =
    undoes === undefined
      ? [sql.fragment``, sql.fragment``]
      : [sql.fragment`, undoes, restored_seq`, sql.fragment`, ${undoes}, restored_seq`];
  return sql.fragment`
    INSERT INTO history (
      owner_id, change_seq, id, is_list, change, total, at, operation, client_id, is_deletion, reached${image}${undoing}
    )
    SELECT ${slot.owner}, seq, id, ${isList}, ${change}, ${total}, at, ${slot.operation}, ${slot.client}::text,
      ${isDeletion}, ${reached}${values}${undone}
    FROM ${from}
    WHERE ${slot.isRecorded}::boolean${isChanged}
  `;
};
