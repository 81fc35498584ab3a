// How far back the history is shown. The sweep (src/db/sweep.ts) deletes rows an hour later, in
// pieces: so what is shown of a change is all of it, unless processes with another HISTORY_DAYS
// sweep the same database.
import { sql } from 'slonik';
import type { Slots } from '../statement.ts';

/**
 * Whether a row of the history is young enough to be shown. Of a change, ask its first row: others
 * may be younger. Written so that no index on `at` applies, which would lead past the owner's own.
 * In hours, because a day of an interval depends on the time zone of the session.
 */
export const isRemembered = (slot: Slots<'historyDays'>, table = 'history') => sql.fragment`
  (${sql.identifier([table, 'at'])} + make_interval(hours => 24 * ${slot.historyDays}::integer) > now())
`;
