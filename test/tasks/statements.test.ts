// What an operation costs where the database is far away: its statements. BEGIN and COMMIT are two
// more round trips for those in a transaction.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';

describe('statements per request', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ logLevel: 'debug' });
    user = await api.newUser();
    // The secret of the change tokens is read once.
    await user.send('GET', 'task-changes');
  });
  afterAll(() => api.close());

  const batch = (operations: unknown[]) => ['POST', 'task-batches', { operations }] as const;
  const [list, empty, child] = [randomUUID(), randomUUID(), randomUUID()];
  const creates = (count: number) =>
    Array.from({ length: count }, () => ({ op: 'create', task: { title: 'x' } }));
  const placed = () => ({ op: 'create', task: { title: 'x', list_id: list, place: { first: true } } });
  const costs: [
    string,
    (task: Task) => readonly [string, string, unknown?],
    Record<string, string>,
    number,
  ][] = [
    ['listTasks', () => ['GET', 'tasks'], {}, 1],
    ['createTask', () => ['POST', 'tasks', { title: 'x' }], {}, 1],
    [
      'createTask with a key',
      () => ['POST', 'tasks', { title: 'x' }],
      { 'Idempotency-Key': randomUUID() },
      3,
    ],
    ['createList', () => ['POST', 'lists', { id: list, name: 'x' }], {}, 1],
    ['createList again', () => ['POST', 'lists', { id: empty, name: 'y' }], {}, 1],
    ['createTask in a list', () => ['POST', 'tasks', { id: child, title: 'x', list_id: list }], {}, 1],
    [
      'createTask with a parent and a place',
      ({ id }) => ['POST', 'tasks', { title: 'x', parent_id: id, place: { before: child } }],
      {},
      1,
    ],
    ['updateTask with a place', ({ id }) => ['PATCH', `tasks/${id}`, { place: { after: child } }], {}, 1],
    ['updateTask with a list', ({ id }) => ['PATCH', `tasks/${id}`, { list_id: list }], {}, 1],
    ['updateTask with a parent', ({ id }) => ['PATCH', `tasks/${child}`, { parent_id: id }], {}, 1],
    ['deleteTask', () => ['DELETE', `tasks/${child}`], {}, 1],
    ['a batch with a place and a list', () => batch([placed()]), {}, 4],
    ['a batch of 100 with places', () => batch(Array.from({ length: 100 }, placed)), {}, 4],
    ['deleteCompletedTasks', () => ['DELETE', 'tasks?completed=true'], {}, 2],
    ['getTaskSummary', () => ['GET', 'task-summary?overdue_at=2026-03-01T09:30:00Z'], {}, 1],
    ['listLabels', () => ['GET', 'labels'], {}, 1],
    ['renameLabel', () => ['POST', 'label-renames', { label: 'Home', new_label: 'House' }], {}, 2],
    ['getTask', ({ id }) => ['GET', `tasks/${id}`], {}, 1],
    [
      'replaceTask',
      ({ id }) => ['PUT', `tasks/${id}`, { title: 'x', description: null, completed: true }],
      {},
      1,
    ],
    ['updateTask', ({ id }) => ['PATCH', `tasks/${id}`, { title: 'x' }], {}, 1],
    ['undoChange of an update', () => ['POST', `changes/${latest}/undo`], {}, 4],
    ['restoreTask', ({ id }) => ['POST', `tasks/${id}/restore`, { version: 1 }], {}, 3],
    ['createTask once more', () => ['POST', 'tasks', { title: 'x' }], {}, 1],
    ['undoChange of a creation', () => ['POST', `changes/${latest}/undo`], {}, 5],
    [
      'updateTask with a key',
      ({ id }) => ['PATCH', `tasks/${id}`, { title: 'x' }],
      { 'Idempotency-Key': 'u' },
      3,
    ],
    [
      'a repetition with that key',
      ({ id }) => ['PATCH', `tasks/${id}`, { title: 'x' }],
      { 'Idempotency-Key': 'u' },
      1,
    ],
    ['completeTask', ({ id }) => ['PATCH', `tasks/${id}/complete`], {}, 1],
    ['applyTaskBatch of 1', () => batch(creates(1)), {}, 2],
    ['applyTaskBatch of 100', () => batch(creates(100)), {}, 2],
    ['applyTaskBatch of 100 with a key', () => batch(creates(100)), { 'Idempotency-Key': randomUUID() }, 4],
    ['listLists', () => ['GET', 'lists'], {}, 1],
    ['listChanges', () => ['GET', 'changes'], {}, 1],
    ['listTaskVersions', ({ id }) => ['GET', `tasks/${id}/versions`], {}, 1],
    ['getList', () => ['GET', `lists/${list}`], {}, 1],
    ['updateList', () => ['PATCH', `lists/${list}`, { name: 'y', metadata: { a: 'b' } }], {}, 1],
    ['deleteList', () => ['DELETE', `lists/${empty}`], {}, 1],
    ['listTaskChanges', () => ['GET', 'task-changes'], {}, 1],
    ['exportTasks of one page', () => ['GET', 'task-export'], {}, 2],
    ['deleteTask with its subtasks', ({ id }) => ['DELETE', `tasks/${id}?children=delete`], {}, 5],
    ['deleteList with its tasks', () => ['DELETE', `lists/${list}?tasks=delete`], {}, 6],
    ['deleteUserData', () => ['DELETE', '/api/v1/users/me'], {}, 3],
  ];
  let task: Task;
  let latest = '';
  test.each(costs)('%s', async (_, request, headers, count) => {
    task ??= await user.create({ title: 'start' });
    const [method, path, json] = request(task);
    const answer = await user.send(method, path, { headers, json });
    expect(answer.status).toBeLessThan(300);
    latest = answer.headers.get('change') ?? latest;
    const id = answer.headers.get('x-request-id');
    const statements = api.logs.filter((line) => line.msg === 'database' && line.request_id === id);
    expect(statements.map(({ statement }) => statement)).toHaveLength(count);
  });
});
