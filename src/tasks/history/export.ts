// The history as an owner takes it along: everything that is stored of it and still shown, page by
// page, in the order of the changes.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../../auth/principal.ts';
import type { components } from '../../contract/operation.ts';
import type { Statements } from '../../postgres/database.ts';
import { bytesOfTexts, taskColumns, taskOf, taskRow } from '../columns.ts';
import { firstId, hideFromPlanner, isErasing, ownedBy } from '../fragments.ts';
import { bytesOfListTexts, listOf, listRow } from '../lists/columns.ts';
import { type Slots, statement } from '../statement.ts';
import { type ExportPage, maxExportPage, pageText } from '../user-data.ts';
import { isRemembered } from './remembered.ts';

type ExportedChange = components['schemas']['ExportedChange'];

/** Where a page ends: within a change, rows are ordered by id. */
interface HistoryPlace {
  readonly seq: bigint;
  readonly id: string;
}

/** A row of the history: its place, and what the export has of it. */
interface ExportedHistory {
  readonly place: HistoryPlace;
  readonly line: ExportedChange;
}

export interface HistoryExport {
  /** At most `most` rows after a place, or from the first, and fewer where their texts are long. */
  historyPage(after: HistoryPlace | null, most: number): Promise<ExportPage<ExportedHistory>>;
}

const row = {
  id: z.string(),
  change_seq: z.bigint(),
  change: z.bigint(),
  at: z.string(),
  operation: z.string(),
  client_id: z.string().nullable(),
  undoes: z.bigint().nullable(),
  is_list: z.boolean(),
  is_deletion: z.boolean(),
  more: z.boolean(),
};
const historyRow = z.discriminatedUnion('former', [
  taskRow.extend({ ...row, former: z.literal('task') }),
  listRow.extend({ ...row, former: z.literal('list') }),
  z.object({ ...row, former: z.literal('none') }),
]);
type HistoryRow = z.infer<typeof historyRow>;

const columns = sql.fragment`
  change_seq, change, at, operation, client_id, undoes, is_list, is_deletion, name, ${taskColumns}
`;

// Postgres leaves out what is too much for a page, as in the export of the tasks.
const exportHistory = statement(
  'export_history',
  historyRow,
  (slot: Slots<'owner' | 'seq' | 'id' | 'limit' | 'text' | 'historyDays'>) => sql.fragment`
    SELECT ${columns}, more,
      CASE WHEN title IS NOT NULL THEN 'task' WHEN name IS NOT NULL THEN 'list' ELSE 'none' END AS former
    FROM (
      SELECT ${columns}, lead(true, 1, false) OVER preceding AS more,
        sum(coalesce(${bytesOfTexts()}, ${bytesOfListTexts()}, 0)) OVER preceding AS before
      FROM history
      WHERE ${ownedBy(slot, 'history')} AND ${isRemembered(slot)} AND NOT ${isErasing(slot)}
        AND (change_seq, id) > (
          ${hideFromPlanner(slot.seq, sql.fragment`bigint`)}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)}
        )
      WINDOW preceding AS (ORDER BY change_seq, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
      ORDER BY change_seq, id
      LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
    ) AS page
    WHERE coalesce(before, 0) < ${slot.text}::bigint
    ORDER BY change_seq, id
  `,
);

const actionOf = ({ is_deletion, former }: HistoryRow): ExportedChange['action'] => {
  if (is_deletion) return 'deleted';
  return former === 'none' ? 'created' : 'updated';
};

const formerOf = (found: HistoryRow): Pick<ExportedChange, 'task' | 'list'> => {
  if (found.former === 'task') return { task: taskOf(found) };
  return found.former === 'list' ? { list: listOf(found) } : {};
};

const exportedOf = (found: HistoryRow): ExportedHistory => ({
  place: { seq: found.change_seq, id: found.id },
  line: {
    type: 'change',
    change: String(found.change),
    at: found.at,
    operation: found.operation,
    client_id: found.client_id,
    undoes: found.undoes === null ? null : String(found.undoes),
    kind: found.is_list ? 'list' : 'task',
    id: found.id,
    action: actionOf(found),
    ...formerOf(found),
  },
});

/** The history of one owner, to be taken along; `historyDays` 0 is none. */
export const historyExportOf = (
  database: Statements,
  owner: OwnerId,
  historyDays: number,
): HistoryExport => ({
  historyPage: async (after, most) => {
    const { seq, id } = after ?? { seq: 0n, id: firstId };
    const limit = Math.min(most, maxExportPage);
    const rows = await database.any(exportHistory({ owner, seq, id, limit, text: pageText, historyDays }));
    return { rows: rows.map(exportedOf), isLast: !rows.at(-1)?.more };
  },
});
