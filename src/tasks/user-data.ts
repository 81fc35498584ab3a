// All tasks of an owner, page by page.
import { sql } from 'slonik';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { bytesOfTexts, type Task, taskColumns, taskRow, textLength } from './columns.ts';
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

const bytesOf = (task: Task): number => textLength(task, (text) => Buffer.byteLength(text));

// Many short statements rather than one long one: a slow reader holds no connection. Postgres knows
// the length of a text without reading it, so what the sum leaves out costs little.
const exportTasks = statement(
  'export_tasks',
  taskRow,
  (slot: Slots<'owner' | 'after' | 'limit' | 'text'>) => sql.fragment`
    SELECT ${taskColumns}
    FROM (
      SELECT ${taskColumns}, sum(${bytesOfTexts()})
        OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND id > ${slot.after}::uuid AND NOT ${isErasing(slot)}
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
    const tasks = await database.any(exportTasks({ owner, after: from, limit, text: pageText }));
    // Neither bound has cut it off.
    const isLast = tasks.length < limit && tasks.reduce((sum, task) => sum + bytesOf(task), 0) < pageText;
    return { tasks, isLast };
  },
});
