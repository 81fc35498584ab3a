// Inserts a whole task or list into the database, or a deletion, with a given id, times and number,
// which no operation of the API can do.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';
import { recordColumns, type Task, taskColumns } from '../tasks/columns.ts';
import { imageColumns } from '../tasks/history/record.ts';
import { listColumns, listRecordColumns, type TaskList } from '../tasks/lists/columns.ts';

/** Inserts `task` as its owner's change number `seq`, the latest one. */
export const plantTask = async (database: Pick<Database, 'any'>, task: Task, seq: number): Promise<void> => {
  await database.any(sql.type(z.strictObject({}))`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${task.owner_id}, ${seq})
      ON CONFLICT (owner_id) DO UPDATE SET seq = EXCLUDED.seq, has_news = true
    )
    INSERT INTO tasks (${taskColumns}, change_seq)
    SELECT ${taskColumns}, ${seq}::bigint
    FROM jsonb_to_recordset(${JSON.stringify([task])}::jsonb) AS task (${recordColumns})
  `);
};

/** Inserts `list` as its owner's change number `seq`, the latest one. */
export const plantList = async (
  database: Pick<Database, 'any'>,
  list: TaskList,
  seq: number,
): Promise<void> => {
  await database.any(sql.type(z.strictObject({}))`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${list.owner_id}, ${seq})
      ON CONFLICT (owner_id) DO UPDATE SET seq = EXCLUDED.seq, has_news = true
    )
    INSERT INTO lists (${listColumns}, change_seq)
    SELECT ${listColumns}, ${seq}::bigint
    FROM jsonb_to_recordset(${JSON.stringify([list])}::jsonb) AS list (${listRecordColumns})
  `);
};

/** Inserts the deletion of `task` a moment ago, as its owner's change number `seq`, the latest one. */
export const plantDeletion = async (
  database: Pick<Database, 'any'>,
  task: Task,
  seq: number,
): Promise<void> => {
  await database.any(sql.type(z.strictObject({}))`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${task.owner_id}, ${seq})
      ON CONFLICT (owner_id) DO UPDATE SET seq = EXCLUDED.seq, has_news = true
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      VALUES (${task.owner_id}, ${task.id}::uuid, ${seq}::bigint, now())
    )
    INSERT INTO history (
      owner_id, change_seq, id, change, total, at, operation, is_deletion, ${imageColumns('tasks')}
    )
    SELECT owner_id, ${seq}::bigint, id, ${seq}::bigint, 1, now(), 'deleteTask', true, ${imageColumns('tasks')}
    FROM jsonb_to_recordset(${JSON.stringify([task])}::jsonb) AS task (${recordColumns})
  `);
};
