// What the operations of a batch depend on besides the tasks that they write: parents, subtasks,
// lists, and the positions next to a place. It is read after the owner's clock has been locked, and
// only what the operations need.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import type { Beginning } from './batch.ts';
import type { TaskUpdate } from './columns.ts';
import { ownedBy, subtasksOf, withId } from './fragments.ts';
import { knownListsOf } from './lists/known-lists.ts';
import type { BatchOperation } from './operation.ts';
import { maxSubtasks } from './relations.ts';
import { arrayOf, type Slots, statement } from './statement.ts';

const contentOf = (operation: BatchOperation): Pick<TaskUpdate, 'list_id' | 'parent_id' | 'place'> => {
  if (operation.op === 'create') return operation.task;
  return operation.op === 'update' ? operation.changes : {};
};

const given = (ids: readonly (string | null | undefined)[]): string[] =>
  ids.flatMap((id) => (typeof id === 'string' ? id.toLowerCase() : []));

const anchorsOf = (operation: BatchOperation): string[] => {
  const { place } = contentOf(operation);
  return given([place?.before, place?.after]);
};

/** The tasks that operations name: those that they change, parents, and those that mark a place. */
export const namedIds = (operations: readonly BatchOperation[]): string[] =>
  operations.flatMap((operation) => [
    ...('id' in operation && !operation.op.endsWith('_list') ? [operation.id] : []),
    ...given([contentOf(operation).parent_id]),
    ...anchorsOf(operation),
  ]);

// The tasks whose subtasks matter: those that may go, become subtasks, get another one or go to
// another list.
const parentsOf = (operation: BatchOperation): string[] => {
  if (operation.op === 'delete') return [operation.id];
  const { list_id: list, parent_id: parent } = contentOf(operation);
  const own = operation.op === 'update' && (list !== undefined || typeof parent === 'string');
  return [...given([parent]), ...(own ? [operation.id] : [])];
};

const subtaskRow = z.strictObject({
  id: z.string(),
  list_id: z.string().nullable(),
  parent_id: z.string().nullable(),
});

const listSubtasks = statement(
  'list_subtasks',
  subtaskRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT subtask.id, list_id, parent_id
    FROM unnest(${slot.ids}::uuid[]) AS parent (id)
    CROSS JOIN LATERAL (
      ${subtasksOf(slot, {
        columns: sql.fragment`id, list_id, parent_id`,
        parent: sql.fragment`parent.id`,
        most: maxSubtasks,
      })}
    ) AS subtask
  `,
);

const positionRow = z.strictObject({ id: z.string(), position: z.string() });

// Two on each side, because whether a task is alone at its position decides whether it is there
// already. LATERAL looks up each.
const listNearPositions = statement(
  'list_near_positions',
  positionRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT near.id, near.position
    FROM unnest(${slot.ids}::uuid[]) AS chosen (id)
    CROSS JOIN LATERAL (
      ${withId(slot, 'tasks', { columns: sql.fragment`position`, id: sql.fragment`chosen.id` })}
    ) AS anchor
    CROSS JOIN LATERAL (
      (
        SELECT tasks.id, tasks.position
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.position < anchor.position
        ORDER BY tasks.position DESC, tasks.id DESC
        LIMIT 2
      )
      UNION ALL
      (
        SELECT tasks.id, tasks.position
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.position > anchor.position
        ORDER BY tasks.position, tasks.id
        LIMIT 2
      )
    ) AS near
    UNION ALL
    (SELECT id, position FROM tasks WHERE ${ownedBy(slot, 'tasks')} ORDER BY position, id LIMIT 2)
    UNION ALL
    (SELECT id, position FROM tasks WHERE ${ownedBy(slot, 'tasks')} ORDER BY position DESC, id DESC LIMIT 2)
  `,
);

/**
 * Reads what the operations depend on. Each of the tasks `completed` may get a next one directly
 * after it.
 */
export const surroundingsOf = async (
  statements: Statements,
  owner: OwnerId,
  operations: readonly BatchOperation[],
  completed: readonly string[],
): Promise<Pick<Beginning, 'subtasks' | 'lists' | 'positions'>> => {
  const parents = operations.flatMap(parentsOf);
  const lists = given(operations.map((operation) => contentOf(operation).list_id));
  const isPlacing =
    completed.length > 0 || operations.some((operation) => contentOf(operation).place !== undefined);
  const anchors = [...operations.flatMap(anchorsOf), ...completed];
  const subtasks =
    parents.length === 0 ? [] : await statements.any(listSubtasks({ owner, ids: arrayOf(new Set(parents)) }));
  const near = isPlacing
    ? await statements.any(listNearPositions({ owner, ids: arrayOf(new Set(anchors)) }))
    : [];
  const known = [...namedIds(operations), ...subtasks.map(({ id }) => id)];
  return {
    subtasks,
    lists: await knownListsOf(statements, owner, operations, { lists, tasks: known }),
    positions: near,
  };
};
