// The task operations. A handler says what the contract says: which store function answers, and
// which problem stands for its null.
import type { Handlers } from '../contract/operation.ts';
import { decodeCursor, encodeCursor, partsOfShape } from './cursor.ts';
import { canonicalFilters, filtersIn } from './filters.ts';
import { idempotent } from './idempotent.ts';
import type { OwnerContext } from './owner-context.ts';
import { etagOf, preconditionOf, tagsIn } from './precondition.ts';
import { read, tagged, written } from './replies.ts';

type TaskOperation =
  | 'listTasks'
  | 'createTask'
  | 'deleteCompletedTasks'
  | 'getTask'
  | 'replaceTask'
  | 'updateTask'
  | 'deleteTask'
  | 'completeTask';

export const taskHandlers = {
  listTasks: async ({ path, query, headers, context }) => {
    const { sort = '-created_at', limit = 50, cursor, ...given } = query;
    const filters = canonicalFilters(given);
    const shape = { sort, filters };
    const after = cursor === undefined ? undefined : decodeCursor(shape, cursor);
    const {
      tag,
      known,
      tasks: items,
      next,
    } = await context.tasks.list({
      ...shape,
      limit,
      after,
      page: JSON.stringify([...partsOfShape(shape), limit, cursor ?? null]),
      known: tagsIn(headers['if-none-match']),
    });
    const ETag = `W/"${tag}"`;
    if (known) return { status: 304, headers: { ETag } };
    if (next === null) return { status: 200, headers: { ETag }, body: { items, next_cursor: null } };
    const nextCursor = encodeCursor(shape, next);
    const parameters = new URLSearchParams([
      ...filtersIn(filters).map(([name, value]): [string, string] => [name, String(value)]),
      ['sort', sort],
      ['limit', String(limit)],
      ['cursor', nextCursor],
    ]);
    const link = `</api/v1/users/${encodeURIComponent(path.user_id)}/tasks?${parameters}>; rel="next"`;
    return { status: 200, headers: { Link: link, ETag }, body: { items, next_cursor: nextCursor } };
  },

  createTask: idempotent('createTask', async ({ body, context }) => {
    const task = await context.tasks.create(body);
    const location = `/api/v1/users/${encodeURIComponent(task.owner_id)}/tasks/${task.id}`;
    return { status: 201, headers: { Location: location, ETag: etagOf(task) }, body: task };
  }),

  deleteCompletedTasks: idempotent('deleteCompletedTasks', async ({ context }) => {
    const { deleted, hasMore } = await context.tasks.deleteCompleted();
    return { status: 200, body: { deleted, has_more: hasMore } };
  }),

  getTask: async ({ path, headers, context }) => read(await context.tasks.get(path.task_id), headers),

  replaceTask: idempotent('replaceTask', async ({ path, headers, body, context }) => {
    return tagged(written(await context.tasks.replace(path.task_id, body, preconditionOf(headers))));
  }),

  updateTask: idempotent('updateTask', async ({ path, headers, body, context }) => {
    return tagged(written(await context.tasks.update(path.task_id, body, preconditionOf(headers))));
  }),

  deleteTask: idempotent('deleteTask', async ({ path, query, headers, context }) => {
    written(await context.tasks.delete(path.task_id, query.children, preconditionOf(headers)));
    return { status: 204 };
  }),

  completeTask: idempotent('completeTask', async ({ path, headers, body, context }) => {
    const { completed_on: completedOn } = body ?? {};
    return tagged(written(await context.tasks.complete(path.task_id, completedOn, preconditionOf(headers))));
  }),
} satisfies Handlers<TaskOperation, OwnerContext>;
