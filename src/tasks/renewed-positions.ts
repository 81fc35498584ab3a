// Where tasks or lists have been moved to one place again and again, the positions there become long.
// Those around it are then renewed, as a change of its own in the transaction of the move.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from '../postgres/database.ts';
import { believedOne, ownedBy, withId } from './fragments.ts';
import { type RecordSlot, valuesOfAuthor, type Writer } from './history/author.ts';
import { recorded } from './history/record.ts';
import { withFormer } from './history/unit.ts';
import type { Crowded } from './operation.ts';
import { longKeyLength, mostNeighbours, rebalanced } from './position.ts';
import { arrayOf, type Slots, statement } from './statement.ts';

const neighbourRow = z.strictObject({ id: z.string(), position: z.string() });
const nothing = z.strictObject({});

type Table = Crowded['of'];

const neighboursIn = (table: Table) =>
  statement(
    `list_neighbours:${table}`,
    neighbourRow,
    (slot: Slots<'owner' | 'position' | 'rows'>) => sql.fragment`
    SELECT id, position
    FROM (
      (
        SELECT id, position
        FROM ${sql.identifier([table])}
        WHERE ${ownedBy(slot, table)} AND position < (SELECT ${slot.position}::text)
        ORDER BY position DESC, id DESC
        LIMIT (SELECT ${slot.rows}::bigint)
      )
      UNION ALL
      (
        SELECT id, position
        FROM ${sql.identifier([table])}
        WHERE ${ownedBy(slot, table)} AND position >= (SELECT ${slot.position}::text)
        ORDER BY position, id
        LIMIT (SELECT ${slot.rows}::bigint)
      )
    ) AS near
    ORDER BY position, id
  `,
  );

/** The operation that the history names for it. */
export const renewal = 'renewPositions';

// Apart from the statement that writes them by their place: see `tombstones.ts`.
const recordIn = (table: Table) =>
  statement(
    `record_renewal:${table}`,
    z.strictObject({ seq: z.bigint(), at: z.string() }),
    (slot: Slots<'owner' | 'ids' | RecordSlot>) => sql.fragment`
    WITH clock AS (
      UPDATE owner_clock
      SET seq = seq + 1, has_news = true
      WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing
      RETURNING seq, clock_timestamp() AS at
    ),
    renewed AS MATERIALIZED (
      SELECT renewed.id, seq, at FROM clock CROSS JOIN unnest(${slot.ids}::uuid[]) AS renewed (id)
    ),
    recorded AS (${recorded(slot, {
      from: withFormer(slot, table, sql.fragment`renewed`),
      table,
      how: 'update',
      total: sql.fragment`(SELECT count(*)::integer FROM renewed)`,
    })})
    SELECT seq, at FROM clock
  `,
  );

const renewIn = (table: Table) =>
  statement(
    `renew_positions:${table}`,
    nothing,
    (slot: Slots<'owner' | 'ids' | 'positions' | 'seq' | 'at'>) => sql.fragment`
    UPDATE ${sql.identifier([table])}
    SET position = renewed.position, updated_at = ${slot.at}::timestamptz,
      version = ${sql.identifier([table, 'version'])} + 1, change_seq = ${slot.seq}::bigint
    FROM (${believedOne(sql.fragment`
      SELECT place, renewed.position
      FROM unnest(${slot.ids}::uuid[], ${slot.positions}::text[]) AS renewed (id, position)
      CROSS JOIN LATERAL (
        ${withId(slot, table, { columns: sql.fragment`ctid AS place`, id: sql.fragment`renewed.id` })}
      ) AS present
    `)}) AS renewed
    WHERE ${ownedBy(slot, table)} AND ${sql.identifier([table, 'ctid'])} = renewed.place
  `,
  );

const listNeighbours = { tasks: neighboursIn('tasks'), lists: neighboursIn('lists') };
const recordRenewal = { tasks: recordIn('tasks'), lists: recordIn('lists') };
const renewPositions = { tasks: renewIn('tasks'), lists: renewIn('lists') };

/**
 * Makes room around a position that is too long, which no row has yet. False where even that leaves
 * none: then nothing has changed.
 */
export const clearSpace = async (
  statements: Statements,
  { owner, author }: Writer,
  { position, of }: Crowded,
): Promise<boolean> => {
  const near = await statements.any(listNeighbours[of]({ owner, position, rows: mostNeighbours + 1 }));
  const before = near.findIndex((row) => row.position >= position);
  const place = before < 0 ? near.length : before;
  const { from, to, keys } = rebalanced(
    near.map((row) => row.position),
    place,
  );
  if (from === to || keys.some(({ length }) => length > longKeyLength)) return false;
  // The key at `place` is for the row that moves: room for it.
  const kept = keys.filter((_key, index) => index !== place - from);
  const ids = arrayOf(near.slice(from, to).map(({ id }) => id));
  // The server itself makes this change, and no client.
  const recording = { ...valuesOfAuthor(author), operation: renewal, client: null };
  const clock = await statements.maybeOne(recordRenewal[of]({ owner, ids, ...recording }));
  if (clock === null) return false;
  await statements.any(renewPositions[of]({ owner, ids, positions: arrayOf(kept), ...clock }));
  return true;
};
