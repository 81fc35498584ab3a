// The SQL of lists in a batch: what its operations depend on, read after the owner's clock has been
// locked, and what has become of the lists, written after the clock has taken the numbers of the
// batch.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../../auth/principal.ts';
import type { Statements } from '../../postgres/database.ts';
import { ownedBy } from '../fragments.ts';
import type { RecordSlot } from '../history/author.ts';
import { recorded } from '../history/record.ts';
import { recordedOf, type TouchedRow, touchedColumns } from '../history/unit.ts';
import type { BatchOperation, Touched } from '../operation.ts';
import { arrayOf, type Slots, statement, type Value } from '../statement.ts';
import {
  excludedListAssignments,
  listColumns,
  listOf,
  listRecordColumns,
  listRecordOf,
  listRow,
  type TaskList,
} from './columns.ts';
import type { KnownLists, ListChanges } from './list-state.ts';
import { isListOperation } from './operations.ts';

const idRow = z.strictObject({ id: z.string() });
const placeRow = z.strictObject({ id: z.string(), position: z.string() });

const listPlaces = statement(
  'list_places_of_lists',
  placeRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT id, position FROM lists WHERE ${ownedBy(slot, 'lists')} AND id = ANY (${slot.ids}::uuid[])
  `,
);

const listAllPlaces = statement(
  'list_places_of_all_lists',
  placeRow,
  (slot: Slots<'owner'>) => sql.fragment`SELECT id, position FROM lists WHERE ${ownedBy(slot, 'lists')}`,
);

const listNamed = statement(
  'list_named_lists',
  listRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT ${listColumns} FROM lists WHERE ${ownedBy(slot, 'lists')} AND id = ANY (${slot.ids}::uuid[])
  `,
);

const listTaken = statement(
  'list_taken_ids_of_lists',
  idRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT chosen.id
    FROM unnest(${slot.ids}::uuid[]) AS chosen (id)
    CROSS JOIN LATERAL (
      SELECT true
      FROM task_tombstones
      WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.id = chosen.id AND is_list
      LIMIT 1
    ) AS buried
  `,
);

// Each look-up ends at the first task that the batch does not name.
const listOccupied = statement(
  'list_occupied_lists',
  idRow,
  (slot: Slots<'owner' | 'ids' | 'tasks'>) => sql.fragment`
    SELECT chosen.id
    FROM unnest(${slot.ids}::uuid[]) AS chosen (id)
    CROSS JOIN LATERAL (
      SELECT true
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND list_id BETWEEN chosen.id AND chosen.id
        AND NOT (tasks.id = ANY (${slot.tasks}::uuid[]))
      ORDER BY list_id, completed, position, id
      LIMIT 1
    ) AS other
  `,
);

/**
 * Reads what operations depend on of the owner's lists. `lists` are those that they put tasks into,
 * and `tasks` the tasks that the batch knows.
 */
export const knownListsOf = async (
  statements: Statements,
  owner: OwnerId,
  operations: readonly BatchOperation[],
  { lists, tasks }: { readonly lists: readonly string[]; readonly tasks: readonly string[] },
): Promise<KnownLists> => {
  const own = operations.filter(isListOperation);
  const toPositions = (rows: readonly z.infer<typeof placeRow>[]) =>
    new Map(rows.map(({ id, position }) => [id, position]));
  const nothing = { named: [], taken: new Set<string>(), occupied: new Set<string>() };
  if (own.length === 0) {
    const rows =
      lists.length === 0 ? [] : await statements.any(listPlaces({ owner, ids: arrayOf(new Set(lists)) }));
    return { ...nothing, positions: toPositions(rows) };
  }
  const positions = toPositions(await statements.any(listAllPlaces({ owner })));
  const named = own.flatMap((operation) => ('id' in operation ? operation.id : []));
  const chosen = own.flatMap((operation) => ('list' in operation ? (operation.list.id ?? []) : []));
  const deleted = own.flatMap((operation) => (operation.op === 'delete_list' ? operation.id : []));
  const find = async (ids: readonly string[], query: (ids: string) => ReturnType<typeof listTaken>) =>
    ids.length === 0 ? [] : (await statements.any(query(arrayOf(new Set(ids))))).map(({ id }) => id);
  const buried = await find(chosen, (ids) => listTaken({ owner, ids }));
  return {
    positions,
    named: named.length === 0 ? [] : await statements.any(listNamed({ owner, ids: arrayOf(new Set(named)) })),
    taken: new Set([...buried, ...chosen.filter((id) => positions.has(id))]),
    occupied: new Set(
      await find(deleted, (ids) => listOccupied({ owner, ids, tasks: arrayOf(new Set(tasks)) })),
    ),
  };
};

const storedRow = listRow.extend({ place: z.int() });

// A list that the batch creates and deletes leaves a tombstone as well, as a task does.
const writeBatchOfLists = statement(
  'write_batch_of_lists',
  storedRow,
  (
    slot: Slots<'owner' | 'base' | 'written' | 'passing' | 'touched' | 'gone' | 'change' | RecordSlot>,
  ) => sql.fragment`
    WITH written AS (
      INSERT INTO lists (${listColumns}, change_seq)
      SELECT ${listRecordOf(slot)}, ${slot.base}::bigint + place
      FROM jsonb_to_recordset(${slot.written}::jsonb) AS list (${listRecordColumns}, place integer)
      ON CONFLICT (owner_id, id) DO UPDATE
      SET ${excludedListAssignments}, change_seq = excluded.change_seq
      RETURNING ${listColumns}, change_seq
    ),
    deleted AS (
      DELETE FROM lists WHERE ${ownedBy(slot, 'lists')} AND lists.id = ANY (${slot.gone}::uuid[])
    ),
    touched AS MATERIALIZED (
      SELECT touched.id, ${slot.base}::bigint + place AS seq, touched.at, total, is_gone, is_recorded, reached
      FROM jsonb_to_recordset(${slot.touched}::jsonb) AS touched (${touchedColumns})
    ),
    recorded AS (${recorded(slot, recordedOf(slot, 'lists'))}),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at, is_list)
      SELECT ${slot.owner}, id, seq, at, true FROM touched WHERE is_gone
    )
    SELECT (change_seq - ${slot.base}::bigint)::integer AS place, ${listColumns}
    FROM written
    UNION ALL
    SELECT place, ${listRecordOf(slot)}
    FROM jsonb_to_recordset(${slot.passing}::jsonb) AS list (${listRecordColumns}, place integer)
  `,
);

/** What a batch writes of lists; its first operation has the number after `base`. */
interface Written extends ListChanges {
  readonly base: bigint;
  readonly passing: readonly (TaskList & Pick<Touched, 'place'>)[];
  /** Those that are written and deleted, for the history. */
  readonly touched: readonly TouchedRow[];
  readonly recording: Readonly<Record<'change' | RecordSlot, Value>>;
}

/** Writes what has become of lists, and returns the list of each operation by its place, from 1. */
export const writeLists = async (
  statements: Statements,
  owner: OwnerId,
  { base, written, passing, deleted, touched, recording }: Written,
): Promise<ReadonlyMap<number, TaskList>> => {
  if (written.length === 0 && deleted.length === 0) return new Map();
  const rows = await statements.any(
    writeBatchOfLists({
      owner,
      base,
      written: JSON.stringify(written),
      passing: JSON.stringify(passing),
      touched: JSON.stringify(touched),
      gone: arrayOf(deleted.map(({ id }) => id)),
      ...recording,
    }),
  );
  return new Map(rows.map((row) => [row.place, listOf(row)]));
};
