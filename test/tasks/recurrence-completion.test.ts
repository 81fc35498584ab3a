// Every way of completing a recurring task creates the one that follows, once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { successorId } from '../../src/tasks/recurrence/successor-id.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { applyBatch, complete, faultsOf, follow, getTask, openTasks } from '../support/series.ts';

describe('completing a recurring task', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const weekly = { rrule: 'FREQ=WEEKLY;BYDAY=WE' };
  const due = '2026-03-04';
  const start = async (more: object = {}): Promise<Task> => {
    user = await api.newUser();
    return user.create({ title: 'a', due, recurrence: weekly, ...more });
  };
  const statementsOf = (requestId: string | null) =>
    api.logs.flatMap((line) =>
      line.msg === 'database' && line.request_id === requestId ? String(line.statement) : [],
    );

  test('copies it directly after the completed one, in one change', async () => {
    user = await api.newUser();
    const list = (await user.send('POST', 'lists', { json: { name: 'l' } })).json;
    const content = {
      title: 'water',
      description: 'all of them',
      priority: 'high',
      labels: ['Home'],
      metadata: { a: 'b' },
      due: '2026-03-04T09:00',
      start: '2026-03-01T08:00',
      list_id: list.id,
    };
    const first = await user.create({ ...content, recurrence: { rrule: 'freq=weekly' } });
    await user.create({ title: 'after it' });
    expect(first).toMatchObject({
      ...content,
      recurrence: { ...weekly, anchor: 'schedule', missed: 'skip' },
      series_id: first.id,
      occurrence: { start: due, date: due, number: 1 },
      next_id: null,
      version: 1,
    });
    const done = await complete(user, first.id, due);
    const { updated_at: at } = done;
    const id = successorId(first.id);
    expect(done).toEqual({
      ...first,
      completed: true,
      completed_at: at,
      recurrence: null,
      next_id: id,
      updated_at: at,
      version: 2,
    });
    const next = await getTask(user, id);
    expect(next).toEqual({
      ...first,
      id,
      due: '2026-03-11T09:00',
      start: '2026-03-08T08:00',
      occurrence: { start: due, date: '2026-03-11', number: 2 },
      position: next.position,
      created_at: at,
      updated_at: at,
    });
    const { items } = (await user.send('GET', 'tasks?sort=position')).json;
    expect(items.map((task: Task) => [task.title, task.completed])).toEqual([
      ['water', true],
      ['water', false],
      ['after it', false],
    ]);
    const changes = (await user.send('GET', 'task-changes')).json.items;
    const latest = changes.slice(-2).map(({ task }: { task: Task }) => task);
    expect(latest).toHaveLength(2);
    expect(latest).toEqual(expect.arrayContaining([done, next]));
  });

  const ways: [string, (task: Task) => Promise<Task>, number][] = [
    ['completeTask', ({ id }) => complete(user, id, due), 3],
    [
      'updateTask',
      async ({ id }) => (await user.send('PATCH', `tasks/${id}`, { json: { completed: true } })).json,
      3,
    ],
    [
      'replaceTask with what was read',
      async ({ id, title, description, recurrence }) => {
        const json = { title, description, completed: true, due, recurrence };
        return (await user.send('PUT', `tasks/${id}`, { json })).json;
      },
      2,
    ],
    [
      'replaceTask without recurrence',
      async ({ id, title, description }) => {
        const json = { title, description, completed: true };
        return (await user.send('PUT', `tasks/${id}`, { json })).json;
      },
      3,
    ],
    ['a batch', async ({ id }) => (await applyBatch(user, [{ op: 'complete', id }])).json.results[0].task, 0],
    [
      'an update in a batch',
      async ({ id }) =>
        (await applyBatch(user, [{ op: 'update', id, changes: { completed: true } }])).json.results[0].task,
      0,
    ],
    [
      'a move to the end',
      async ({ id }) =>
        (await user.send('PATCH', `tasks/${id}`, { json: { completed: true, place: { last: true } } })).json,
      0,
    ],
  ];
  test.each(ways)('by %s; once more changes nothing of the series', async (_name, way, count) => {
    const task = await start();
    await user.create({ title: 'another' });
    const logged = api.logs.length;
    const done = await way(task);
    const sent = api.logs.slice(logged).filter(({ msg }) => msg === 'database');
    if (count > 0) expect(sent).toHaveLength(count);
    expect(done).toMatchObject({ completed: true, recurrence: null, next_id: successorId(task.id) });
    const next = await getTask(user, done.next_id);
    expect(next).toMatchObject({
      completed: false,
      recurrence: { ...weekly, anchor: 'schedule', missed: 'skip' },
      series_id: task.id,
      version: 1,
    });
    expect(String(next.due) > due).toBe(true);
    expect(next.position > done.position).toBe(true);
    expect(await way(task)).toMatchObject({ completed: true, recurrence: null, next_id: next.id });
    const { items } = (await user.send('GET', 'tasks')).json;
    expect(items).toHaveLength(3);
    expect(await getTask(user, next.id)).toEqual(next);
  });

  test('by ten clients at once creates one task', async () => {
    const task = await start();
    const done = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0
          ? complete(user, task.id, `2026-03-0${(index % 9) + 1}`)
          : user.send('PATCH', `tasks/${task.id}`, { json: { completed: true } }).then(({ json }) => json),
      ),
    );
    expect(new Set(done.map(({ next_id: next }: Task) => next)).size).toBe(1);
    expect(await openTasks(user)).toHaveLength(1);
    expect((await user.send('GET', 'tasks')).json.items).toHaveLength(2);
  });

  test('while other tasks are written', async () => {
    const task = await start();
    const others = Array.from({ length: 10 }, (_, index) => user.create({ title: `other ${index}` }));
    const [done] = await Promise.all([complete(user, task.id, due), ...others]);
    expect((await getTask(user, done?.next_id)).due).toBe('2026-03-11');
  });

  test('again with the same Idempotency-Key returns the same', async () => {
    const task = await start();
    const headers = { 'Idempotency-Key': randomUUID() };
    const send = () =>
      user.send('PATCH', `tasks/${task.id}/complete`, { headers, json: { completed_on: due } });
    const [first, second] = [await send(), await send()];
    expect(second.text).toBe(first.text);
    expect(second.headers.get('etag')).toBe('"2"');
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const key = { 'Idempotency-Key': randomUUID() };
    const { next_id: id } = first.json;
    const [third, fourth] = [
      await applyBatch(user, [{ op: 'complete', id, completed_on: due }], key),
      await applyBatch(user, [{ op: 'complete', id, completed_on: due }], key),
    ];
    expect(third.json.results[0].next.due).toBe('2026-03-18');
    expect(fourth.text).toBe(third.text);
    expect(await openTasks(user)).toHaveLength(1);
  });

  test('is under a precondition', async () => {
    const task = await start();
    const send = (tag: string) =>
      user.send('PATCH', `tasks/${task.id}/complete`, { headers: { 'If-Match': tag } });
    expect((await send('"2"')).status).toBe(412);
    expect(await openTasks(user)).toEqual([task]);
    expect((await send('"1"')).json.next_id).toBe(successorId(task.id));
  });

  test('and reopening it leaves one series, however often', async () => {
    const task = await start();
    const next = await follow(user, task.id, due);
    for (let times = 0; times < 2; times++) {
      const reopened = await user.send('PATCH', `tasks/${task.id}`, { json: { completed: false } });
      expect(reopened.json).toMatchObject({ completed: false, recurrence: null, next_id: next.id });
      expect((await complete(user, task.id)).next_id).toBe(next.id);
    }
    expect(await openTasks(user)).toEqual([next]);
    const fork = { completed: false, recurrence: weekly };
    expect(faultsOf(await user.send('PATCH', `tasks/${task.id}`, { json: fork }))).toEqual([
      422,
      ['body.recurrence', 'recurrence'],
    ]);
  });

  test('can be undone by deleting the next task and giving the rule back', async () => {
    const task = await start();
    for (let times = 0; times < 3; times++) {
      const next = await follow(user, task.id, due);
      expect(next.due).toBe('2026-03-11');
      const undo = await applyBatch(user, [
        { op: 'delete', id: next.id },
        { op: 'update', id: task.id, changes: { completed: false, recurrence: next.recurrence } },
      ]);
      expect(undo.json.results[1].task).toMatchObject({
        completed: false,
        recurrence: task.recurrence,
        series_id: task.id,
        next_id: null,
      });
      expect(await openTasks(user)).toEqual([undo.json.results[1].task]);
    }
  });

  test('with a next id that another task has creates one with a different id', async () => {
    const task = await start();
    const other = await user.create({ title: 'other', id: successorId(task.id) });
    const next = await follow(user, task.id, due);
    expect(next.id).not.toBe(other.id);
    expect(await getTask(user, other.id)).toEqual(other);
    await user.create({ title: 'own', id: successorId(next.id) });
    const [result] = (await applyBatch(user, [{ op: 'complete', id: next.id }])).json.results;
    expect(result.next.id).not.toBe(successorId(next.id));
    expect(result.task.next_id).toBe(result.next.id);
  });

  test('deleting the open task ends the series', async () => {
    const task = await start();
    const next = await follow(user, task.id, due);
    expect((await user.send('DELETE', `tasks/${next.id}`)).status).toBe(204);
    expect(await openTasks(user)).toEqual([]);
    expect((await getTask(user, task.id)).next_id).toBe(next.id);
    expect((await complete(user, task.id)).next_id).toBe(next.id);
    expect(await openTasks(user)).toEqual([]);
  });

  test('after a move to another place or list follows there', async () => {
    const task = await start();
    const list = (await user.send('POST', 'lists', { json: { name: 'l' } })).json;
    const [a, b] = [await user.create({ title: 'b' }), await user.create({ title: 'c' })];
    const json = { completed: true, list_id: list.id, place: { before: b.id } };
    const { next_id: next } = (await user.send('PATCH', `tasks/${task.id}`, { json })).json;
    const { items } = (await user.send('GET', 'tasks?sort=position')).json;
    expect(items.map(({ id }: Task) => id)).toEqual([a.id, task.id, next, b.id]);
    expect((await getTask(user, next)).list_id).toBe(list.id);
  });

  test('in a batch shows each task as it was after its operation', async () => {
    const task = await start();
    const id = successorId(task.id);
    const { results } = (
      await applyBatch(user, [
        { op: 'complete', id: task.id, completed_on: due },
        { op: 'complete', id: task.id },
        { op: 'update', id, changes: { title: 'b' } },
        { op: 'complete', id, completed_on: '2026-03-11' },
      ])
    ).json;
    expect(results[0]).toMatchObject({
      task: { next_id: id, version: 2 },
      next: { id, title: 'a', version: 1 },
    });
    expect(results[1]).toEqual({ op: 'complete', task: results[0].task });
    expect(results[2]).toMatchObject({ op: 'update', task: { id, title: 'b', version: 2 } });
    expect(results[3]).toMatchObject({ task: { id, version: 3 }, next: { title: 'b', due: '2026-03-18' } });
    expect(await openTasks(user)).toEqual([results[3].next]);
  });

  test('at the end of a series has no next task', async () => {
    user = await api.newUser();
    const task = await user.create({ title: 'a', due, recurrence: { rrule: 'FREQ=DAILY;COUNT=1' } });
    const done = await complete(user, task.id);
    expect(done).toMatchObject({ completed: true, recurrence: null, next_id: null, series_id: task.id });
    expect(await openTasks(user)).toEqual([]);
    expect(await complete(user, task.id)).toEqual(done);
  });

  test('is nothing that another user can see', async () => {
    const task = await start();
    const other = await api.newUser();
    expect((await other.send('PATCH', `tasks/${task.id}/complete`)).status).toBe(404);
    const next = await follow(user, task.id, due);
    expect((await other.send('GET', `tasks/${next.id}`)).status).toBe(404);
    const own = await other.create({ title: 'own', id: next.id });
    expect(await getTask(user, next.id)).toEqual(next);
    expect(await openTasks(other)).toEqual([own]);
  });

  test('is a creation and three statements', async () => {
    user = await api.newUser();
    await user.create({ title: 'the first of all' });
    const json = { title: 'a', due, recurrence: weekly };
    const created = await user.send('POST', 'tasks', { json });
    expect(statementsOf(created.headers.get('x-request-id'))).toHaveLength(1);
    const done = await user.send('PATCH', `tasks/${created.json.id}/complete`);
    expect(statementsOf(done.headers.get('x-request-id'))).toHaveLength(3);
  });
});
