// What a client may write as `recurrence`, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { applyBatch, complete, faultsOf, follow, getTask } from '../support/series.ts';

describe('recurrence', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const due = '2026-01-31';
  const create = (recurrence: object, more: object = {}): Promise<Task> =>
    user.create({ title: 'a', due, recurrence, ...more });
  const patch = (id: string, json: object) => user.send('PATCH', `tasks/${id}`, { json });
  const patched = async (id: string, json: object): Promise<Task> => {
    const { status, text, json: task } = await patch(id, json);
    expect([status, text]).toEqual([200, text]);
    return task;
  };
  const at = (date: string, number = 1, start = date) => ({ start, date, number });

  const spellings: [string, string][] = [
    ['FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=31'],
    ['RRULE:FREQ=MONTHLY;INTERVAL=1', 'FREQ=MONTHLY;BYMONTHDAY=31'],
    [' freq=yearly ', 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31'],
    ['BYDAY=TH,MO;FREQ=WEEKLY;WKST=SU', 'FREQ=WEEKLY;BYDAY=MO,TH'],
    ['FREQ=DAILY;UNTIL=20270101T000000Z', 'FREQ=DAILY;UNTIL=20270101'],
  ];
  test.each(spellings)('%s is stored as %s by every way in', async (rrule, canonical) => {
    const expected = { rrule: canonical, anchor: 'schedule', missed: 'skip' };
    const recurrence = { rrule };
    const plain = await user.create({ title: 'a', due });
    const created = await create(recurrence);
    expect(created).toMatchObject({ recurrence: expected, series_id: created.id, occurrence: at(due) });
    const { results } = (
      await applyBatch(user, [
        { op: 'create', task: { title: 'a', due, recurrence } },
        { op: 'update', id: plain.id, changes: { recurrence } },
      ])
    ).json;
    for (const { task } of results) {
      expect(task).toMatchObject({ recurrence: expected, series_id: task.id, occurrence: at(due) });
      expect(await getTask(user, task.id)).toEqual(task);
    }
    const [one, other] = [await user.create({ title: 'a', due }), await user.create({ title: 'a', due })];
    expect(await patched(one.id, { recurrence })).toMatchObject({ recurrence: expected, version: 2 });
    const json = { title: 'a', description: null, completed: false, recurrence };
    expect((await user.send('PUT', `tasks/${other.id}`, { json })).json).toMatchObject({
      recurrence: expected,
      series_id: other.id,
    });
  });

  test('that is sent back, or only differs in `missed`, keeps its place in the series', async () => {
    const first = await create({ rrule: 'FREQ=DAILY;COUNT=5' });
    const { id, title, description, recurrence } = await follow(user, first.id, due);
    const second = { series_id: first.id, occurrence: at('2026-02-01', 2, due) };
    expect(await patched(id, { recurrence })).toMatchObject({ recurrence, ...second });
    expect(await patched(id, { recurrence: { rrule: 'COUNT=5;FREQ=DAILY', missed: 'keep' } })).toMatchObject({
      recurrence: { ...recurrence, missed: 'keep' },
      ...second,
    });
    // A merge patch keeps what is absent; a replacement does not.
    expect(await patched(id, { recurrence: { rrule: 'FREQ=DAILY;COUNT=5' } })).toMatchObject({
      recurrence: { missed: 'keep' },
    });
    const json = { title, description, completed: false, recurrence: { rrule: 'FREQ=DAILY;COUNT=5' } };
    expect((await user.send('PUT', `tasks/${id}`, { json })).json).toMatchObject({
      recurrence: { anchor: 'schedule', missed: 'skip' },
      ...second,
    });
    expect(await patched(id, { due: '2026-02-03' })).toMatchObject({ recurrence, ...second });
  });

  test('that changes counts from the present due date, in the same series', async () => {
    const first = await create({ rrule: 'FREQ=DAILY;COUNT=5' });
    const { id } = await follow(user, first.id, due);
    const changes = { due: '2026-02-10', recurrence: { rrule: 'FREQ=WEEKLY', anchor: 'completion' } };
    expect(await patched(id, changes)).toMatchObject({
      recurrence: { rrule: 'FREQ=WEEKLY', anchor: 'completion', missed: 'skip' },
      series_id: first.id,
      occurrence: at('2026-02-10'),
    });
    expect(await patched(id, { recurrence: { rrule: 'FREQ=WEEKLY', anchor: 'schedule' } })).toMatchObject({
      recurrence: { rrule: 'FREQ=WEEKLY;BYDAY=TU', anchor: 'schedule' },
    });
  });

  test('null ends the series, whose record stays', async () => {
    const first = await create({ rrule: 'FREQ=DAILY' });
    expect(await patched(first.id, { recurrence: null, due: null })).toMatchObject({
      recurrence: null,
      due: null,
      series_id: first.id,
      occurrence: at(due),
    });
    expect((await complete(user, first.id)).next_id).toBeNull();
    const [second, third] = [await create({ rrule: 'FREQ=DAILY' }), await create({ rrule: 'FREQ=DAILY' })];
    expect(await patched(second.id, { recurrence: null, completed: true })).toMatchObject({ next_id: null });
    const operation = { op: 'update', id: third.id, changes: { recurrence: null, completed: true } };
    expect((await applyBatch(user, [operation])).json.results).toEqual([
      { op: 'update', task: expect.objectContaining({ recurrence: null, next_id: null }) },
    ]);
  });

  const badRules: string[] = [
    'FREQ=SECONDLY',
    'FREQ=WEEKLY;BYWEEKNO=3',
    'FREQ=DAILY;COUNT=3;UNTIL=20270101',
    'FREQ=DAILY;UNTIL=20260130',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=0',
    'DTSTART:20260101 RRULE:FREQ=DAILY',
    'every day',
    ';',
  ];
  test.each(badRules)('%s is refused by every way in', async (rrule) => {
    const recurrence = { rrule };
    const fault = [422, ['body.recurrence.rrule', 'rrule']];
    const { id } = await user.create({ title: 'a', due });
    const put = { title: 'a', description: null, completed: false, recurrence };
    expect(faultsOf(await user.send('POST', 'tasks', { json: { title: 'a', due, recurrence } }))).toEqual(
      fault,
    );
    expect(faultsOf(await patch(id, { recurrence }))).toEqual(fault);
    expect(faultsOf(await user.send('PUT', `tasks/${id}`, { json: put }))).toEqual(fault);
    expect(faultsOf(await applyBatch(user, [{ op: 'update', id, changes: { recurrence } }]))).toEqual([
      422,
      ['body.operations.0.changes.recurrence.rrule', 'rrule'],
    ]);
    expect(
      faultsOf(await applyBatch(user, [{ op: 'create', task: { title: 'a', due, recurrence } }])),
    ).toEqual([422, ['body.operations.0.task.recurrence.rrule', 'rrule']]);
    expect((await getTask(user, id)).version).toBe(1);
  });

  test.each([
    ['an empty rule', { rrule: '' }],
    ['a rule of 10 kB', { rrule: `FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(5000)}1` }],
    ['no rule', {}],
    ['another anchor', { rrule: 'FREQ=DAILY', anchor: 'due' }],
    ['a text', 'FREQ=DAILY'],
  ])('%s is refused by the contract', async (_name, recurrence) => {
    const { status } = await user.send('POST', 'tasks', { json: { title: 'a', due, recurrence } });
    expect(status).toBe(422);
  });

  const recurrence = { rrule: 'FREQ=DAILY' };
  const parts: [string, string, (ids: { parent: string; plain: string }) => object][] = [
    ['without due', 'recurrence', () => ({ due: null, recurrence })],
    ['of a subtask', 'recurrence', ({ parent }) => ({ due, parent_id: parent, recurrence })],
    ['of a completed task', 'recurrence', () => ({ due, completed: true, recurrence })],
  ];
  test.each(parts)('%s is refused', async (_name, field, contentOf) => {
    const parent = await user.create({ title: 'parent' });
    const plain = await user.create({ title: 'plain' });
    const content = contentOf({ parent: parent.id, plain: plain.id });
    const fault = [422, [`body.${field}`, 'recurrence']];
    const json = { title: 'a', ...content };
    expect(faultsOf(await user.send('POST', 'tasks', { json }))).toEqual(fault);
    expect(faultsOf(await applyBatch(user, [{ op: 'create', task: json }]))).toEqual([
      422,
      [`body.operations.0.task.${field}`, 'recurrence'],
    ]);
    await complete(user, plain.id);
    expect(faultsOf(await patch(plain.id, content))).toEqual(fault);
  });

  test('holds `due` and the absence of a parent', async () => {
    const task = await create(recurrence);
    const parent = await user.create({ title: 'parent' });
    expect(faultsOf(await patch(task.id, { due: null }))).toEqual([422, ['body.due', 'recurrence']]);
    expect(faultsOf(await patch(task.id, { parent_id: parent.id }))).toEqual([
      422,
      ['body.parent_id', 'recurrence'],
    ]);
    const put = { title: 'a', description: null, completed: true, due: null };
    expect(faultsOf(await user.send('PUT', `tasks/${task.id}`, { json: put }))).toEqual([
      422,
      ['body.due', 'recurrence'],
    ]);
    const update = { op: 'update', id: task.id, changes: { due: null } };
    expect(faultsOf(await applyBatch(user, [update]))).toEqual([
      422,
      ['body.operations.0.changes.due', 'recurrence'],
    ]);
    expect(await getTask(user, task.id)).toEqual(task);
    const free = { due: null, recurrence: null, parent_id: parent.id };
    expect(await patched(task.id, free)).toMatchObject(free);
  });

  test('is there on every way out', async () => {
    const owner = await api.newUser();
    const first = await owner.create({ title: 'a', due, recurrence: { ...recurrence, missed: 'keep' } });
    const done = await complete(owner, first.id, due);
    const next = await getTask(owner, done.next_id);
    const lines = (await owner.send('GET', 'task-export')).text.trimEnd().split('\n');
    const exported = lines.flatMap((line): Task[] => JSON.parse(line).task ?? []);
    const listed: Task[] = (await owner.send('GET', 'tasks')).json.items;
    const changed = (await owner.send('GET', 'task-changes')).json.items;
    for (const tasks of [listed, exported, changed.map(({ task }: { task: Task }) => task)]) {
      expect(tasks).toHaveLength(2);
      expect(tasks).toEqual(expect.arrayContaining([done, next]));
    }
  });

  test('of a task with subtasks leaves them with the completed task', async () => {
    const task = await create(recurrence);
    const subtask = await user.create({ title: 'b', parent_id: task.id });
    const next = await follow(user, task.id, due);
    expect(next.parent_id).toBeNull();
    expect((await getTask(user, subtask.id)).parent_id).toBe(task.id);
  });
});
