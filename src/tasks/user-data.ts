// All lists and tasks of an owner, page by page.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { bytesOfTexts, type Task, taskColumns, taskRow } from './columns.ts';
import { firstId, hideFromPlanner, isErasing, ownedBy } from './fragments.ts';
import { bytesOfListTexts, listColumns, listRow, type TaskList } from './lists/columns.ts';
import { type Slots, statement } from './statement.ts';

/** Some of an owner's rows, in order. */
export interface ExportPage<Row> {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
}

/**
 * At most `most` rows after the one with the id `after`, or from the first, and fewer where their
 * texts are long.
 */
export type ReadExportPage<Row> = (after: string | null, most: number) => Promise<ExportPage<Row>>;

export interface Everything {
  readonly page: ReadExportPage<Task>;
  readonly listPage: ReadExportPage<TaskList>;
}

/** Rows to a page. */
export const maxExportPage = 500;

/** Bytes of text after which a page takes no further row. */
export const pageText = 64 * 1024;

interface Exported<Row, Content> {
  readonly table: 'tasks' | 'lists';
  readonly row: z.ZodType<Row>;
  readonly contentOf: (row: Row) => Content;
  readonly columns: FragmentSqlToken;
  /** The bytes of a row's texts. */
  readonly bytes: FragmentSqlToken;
}

// Many short statements rather than one long one: a slow reader holds no connection. Postgres knows
// the length of a text without reading it, so what the sum leaves out costs little. It also reports
// whether it has left something out: its own text of JSON is longer than that of JavaScript.
const exportOf = <Row extends { readonly more: boolean }, Content>({
  table,
  row,
  contentOf,
  columns,
  bytes,
}: Exported<Row, Content>) => {
  const query = statement(
    `export_${table}`,
    row,
    (slot: Slots<'owner' | 'after' | 'limit' | 'text'>) => sql.fragment`
      SELECT ${columns}, more
      FROM (
        SELECT ${columns}, sum(${bytes}) OVER preceding AS before, lead(true, 1, false) OVER preceding AS more
        FROM ${sql.identifier([table])}
        WHERE ${ownedBy(slot, table)} AND id > ${slot.after}::uuid AND NOT ${isErasing(slot)}
        WINDOW preceding AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ORDER BY id
        LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
      ) AS page
      WHERE coalesce(before, 0) < ${slot.text}::bigint
      ORDER BY id
    `,
  );
  return (database: Statements, owner: OwnerId): ReadExportPage<Content> =>
    async (after, most) => {
      const limit = Math.min(most, maxExportPage);
      const rows = await database.any(query({ owner, after: after ?? firstId, limit, text: pageText }));
      return { rows: rows.map(contentOf), isLast: !rows.at(-1)?.more };
    };
};

const more = { more: z.boolean() };

const exportTasks = exportOf({
  table: 'tasks',
  row: taskRow.extend(more),
  contentOf: ({ more: _more, ...task }): Task => task,
  columns: taskColumns,
  bytes: bytesOfTexts(),
});

const exportLists = exportOf({
  table: 'lists',
  row: listRow.extend(more),
  contentOf: ({ more: _more, ...list }): TaskList => list,
  columns: listColumns,
  bytes: bytesOfListTexts(),
});

export const everythingOf = (database: Statements, owner: OwnerId): Everything => ({
  page: exportTasks(database, owner),
  listPage: exportLists(database, owner),
});
