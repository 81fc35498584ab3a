// All tasks of an owner, page by page.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { bytesOfTexts, type Task, taskColumns, taskRow } from './columns.ts';
import { isErasing, ownedBy } from './fragments.ts';
import { type Slots, statement } from './statement.ts';

/** Some of an owner's tasks, ordered by id. */
export interface ExportPage {
  readonly tasks: readonly Task[];
  readonly isLast: boolean;
}

export interface Everything {
  /**
   * At most `most` tasks after the one with the id `after`, or from the first, and fewer where
   * their texts are long.
   */
  page(after: string | null, most: number): Promise<ExportPage>;
}

/** Tasks to a page. */
export const maxExportPage = 500;

/** Bytes of titles and descriptions after which a page takes no further task. */
const pageText = 64 * 1024;

const exportRow = taskRow.extend({ more: z.boolean() });

// Many short statements rather than one long one: a slow reader holds no connection. Postgres knows
// the length of a text without reading it, so what the sum leaves out costs little. It also reports
// whether it has left something out: its own text of JSON is longer than that of JavaScript.
const exportTasks = statement(
  'export_tasks',
  exportRow,
  (slot: Slots<'owner' | 'after' | 'limit' | 'text'>) => sql.fragment`
    SELECT ${taskColumns}, more
    FROM (
      SELECT ${taskColumns}, sum(${bytesOfTexts()}) OVER preceding AS before, lead(true, 1, false) OVER preceding AS more
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND id > ${slot.after}::uuid AND NOT ${isErasing(slot)}
      WINDOW preceding AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
      ORDER BY id
      LIMIT ${slot.limit}
    ) AS page
    WHERE coalesce(before, 0) < ${slot.text}::bigint
    ORDER BY id
  `,
);

export const everythingOf = (database: Statements, owner: OwnerId): Everything => ({
  page: async (after, most) => {
    const limit = Math.min(most, maxExportPage);
    const from = after ?? '00000000-0000-0000-0000-000000000000';
    const rows = await database.any(exportTasks({ owner, after: from, limit, text: pageText }));
    return { tasks: rows.map(({ more: _more, ...task }) => task), isLast: !rows.at(-1)?.more };
  },
});
