// The owner's clock, locked by a statement of its own at the beginning of a transaction.
import { sql } from 'slonik';
import { z } from 'zod';
import { ownedBy, withoutSorting } from './fragments.ts';
import { type Slots, statement } from './statement.ts';

const lockedRow = z.strictObject({ erasing: z.boolean(), planning: z.string() });

/**
 * The statements after it see everything that was committed before the lock. One that took the lock
 * by itself would not see what another write, for which it waited, has done to other rows. No row
 * when the owner has no clock yet.
 */
export const lockClock = statement(
  'lock_clock',
  lockedRow,
  (slot: Slots<'owner'>) => sql.fragment`
    SELECT erasing, ${withoutSorting} AS planning FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} FOR UPDATE
  `,
);
