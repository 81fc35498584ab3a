// How a request that writes many rows records them: as one change, whatever statements it takes. The
// rows that are about to be written are looked up by their id, in the statement that records them.
import { type FragmentSqlToken, sql } from 'slonik';
import { withId } from '../fragments.ts';
import type { Slots } from '../statement.ts';
import { asFormer } from './record.ts';

/** The rows of a query that has an `id`, with what they are in their table (`asFormer`), if there. */
export const withFormer = (
  slot: Slots<'owner'>,
  table: 'tasks' | 'lists',
  named: FragmentSqlToken,
): FragmentSqlToken => sql.fragment`
  ${named} AS named
  LEFT JOIN LATERAL (${withId(slot, table, { columns: asFormer(table), id: sql.fragment`named.id` })}) AS former ON true
`;

/** What a change has written so far: the number that it began with, null for none yet, and how many rows. */
export interface Unit {
  readonly change: bigint | null;
  readonly written: number;
}

export const newUnit: Unit = { change: null, written: 0 };

/** The unit after one more of its pieces. */
export const grown = (
  { change, written }: Unit,
  { seq, count }: { readonly seq: bigint; readonly count: number },
): Unit => (count === 0 ? { change, written } : { change: change ?? seq, written: written + count });

/** Under which change a piece records the rows of a WITH query, whose number is `seq`. */
export const inUnit = (
  slot: Slots<keyof Unit>,
  rows: string,
): { readonly change: FragmentSqlToken; readonly total: FragmentSqlToken } => ({
  change: sql.fragment`coalesce(${slot.change}::bigint, seq)`,
  total: sql.fragment`${slot.written}::integer + (SELECT count(*)::integer FROM ${sql.identifier([rows])})`,
});

/** How many rows a batch has written up to a place, and the place of the first; null if it has written none. */
interface BatchUnit {
  readonly first: number | null;
  totalAt(place: number): number;
}

/** `places`: that of each row. */
export const batchUnitOf = (places: readonly number[]): BatchUnit => {
  const sorted = [...places].sort((a, b) => a - b);
  const totals = new Map(sorted.map((place, index) => [place, index + 1]));
  return { first: sorted[0] ?? null, totalAt: (place) => totals.get(place) ?? 0 };
};

/**
 * A row that a batch has written or deleted: which one, when, its place, and how many there are up to
 * it. What it has created and deleted leaves a tombstone, but nothing that an undo could take back.
 */
export interface TouchedRow {
  readonly id: string;
  readonly at: string;
  readonly place: number;
  readonly total: number;
  readonly is_gone: boolean;
  readonly is_recorded: boolean;
  /** Of a deletion: the version that the batch had made of it before; null if none. */
  readonly reached: number | null;
}

export const touchedColumns = sql.fragment`
  id uuid, at timestamptz, place integer, total integer, is_gone boolean, is_recorded boolean,
  reached integer
`;

/** What a batch records of the rows of the WITH query `touched`, as they were before it. */
export const recordedOf = (slot: Slots<'owner' | 'change'>, table: 'tasks' | 'lists') => ({
  from: withFormer(slot, table, sql.fragment`(SELECT * FROM touched WHERE is_recorded)`),
  table,
  how: 'update' as const,
  isDeletion: sql.fragment`is_gone`,
  change: sql.fragment`${slot.change}::bigint`,
  total: sql.fragment`total`,
  reached: sql.fragment`reached`,
});
