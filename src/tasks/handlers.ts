// The task operations. A handler says what the contract says: which store function answers, and
// which problem stands for its null.
import type { Handlers } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import type { Task } from './columns.ts';
import { decodeCursor, encodeCursor, partsOfShape } from './cursor.ts';
import { filtersIn } from './filters.ts';
import { idempotent } from './idempotent.ts';
import type { OwnerContext } from './owner-context.ts';
import { etagOf, meetsMatch, meetsNoneMatch, preconditionOf, tagsIn } from './precondition.ts';
import type { Written } from './store.ts';

type TaskOperation =
  | 'listTasks'
  | 'createTask'
  | 'deleteCompletedTasks'
  | 'getTask'
  | 'replaceTask'
  | 'updateTask'
  | 'deleteTask'
  | 'completeTask';

const found = <T>(value: T | null): T => {
  if (value === null) throw problems.notFound();
  return value;
};

const tagged = (task: Task) => ({ status: 200, headers: { ETag: etagOf(task) }, body: task }) as const;

const checked = (written: Written | null): Task => {
  const { met, task } = found(written);
  if (!met) throw problems.preconditionFailed(etagOf(task));
  return task;
};

export const taskHandlers = {
  listTasks: async ({ path, query, headers, context }) => {
    const { sort = '-created_at', limit = 50, cursor, ...filters } = query;
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

  getTask: async ({ path, headers, context }) => {
    const task = found(await context.tasks.get(path.task_id));
    const precondition = preconditionOf(headers);
    if (!meetsMatch(precondition, task.version)) throw problems.preconditionFailed(etagOf(task));
    if (!meetsNoneMatch(precondition, task.version)) return { status: 304, headers: { ETag: etagOf(task) } };
    return tagged(task);
  },

  replaceTask: idempotent('replaceTask', async ({ path, headers, body, context }) => {
    return tagged(checked(await context.tasks.replace(path.task_id, body, preconditionOf(headers))));
  }),

  updateTask: idempotent('updateTask', async ({ path, headers, body, context }) => {
    return tagged(checked(await context.tasks.update(path.task_id, body, preconditionOf(headers))));
  }),

  deleteTask: idempotent('deleteTask', async ({ path, headers, context }) => {
    checked(await context.tasks.delete(path.task_id, preconditionOf(headers)));
    return { status: 204 };
  }),

  completeTask: idempotent('completeTask', async ({ path, headers, context }) => {
    return tagged(checked(await context.tasks.complete(path.task_id, preconditionOf(headers))));
  }),
} satisfies Handlers<TaskOperation, OwnerContext>;
