// Which of the owners that are waited for have changed something: one question for all of them, to
// learn of what other processes have written. There is no LISTEN here, which a pooler in transaction
// mode does not have, and which would keep a connection.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from '../postgres/database.ts';

/** A clock that a process knows; both are empty before the owner's first change. */
interface Known {
  readonly owner: string;
  readonly epoch: string | null;
  readonly seq: bigint;
}

const textOf = ({ owner, epoch, seq }: Known) => ({ owner, epoch, seq: String(seq) });

const movedRow = z.strictObject({ owner: z.string(), epoch: z.string().nullable(), seq: z.bigint() });
type Moved = z.infer<typeof movedRow>;

/** Owners in a statement. */
const most = 1000;

// A clock that is being erased, or is gone, has no epoch.
const movedAmong = (known: readonly Known[]) =>
  sql.prepared('find_moved_clocks', movedRow)`
    SELECT known.owner, owner_clock.epoch::text AS epoch, coalesce(owner_clock.seq, 0) AS seq
    FROM jsonb_to_recordset(${JSON.stringify(known.map(textOf))}::jsonb) AS known (owner text, epoch uuid, seq bigint)
    LEFT JOIN owner_clock ON owner_clock.owner_id = known.owner AND NOT owner_clock.erasing
    WHERE owner_clock.epoch IS DISTINCT FROM known.epoch OR owner_clock.seq > known.seq
  `;

/** The clocks among those known that have moved, as they are now. */
export const findMovedClocks = async (
  database: Statements,
  known: readonly Known[],
): Promise<readonly Moved[]> => {
  const moved: Moved[] = [];
  for (let at = 0; at < known.length; at += most) {
    moved.push(...(await database.any(movedAmong(known.slice(at, at + most)))));
  }
  return moved;
};
