// A completion is taken back: the rule returns to an occurrence, and the series goes on from there.
// However it comes about, no series has two tasks that recur.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { applyBatch, complete, faultsOf, follow, getTask, openTasks } from '../support/series.ts';

describe('taking back a completion', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const daily = { rrule: 'FREQ=DAILY' };
  const due = '2026-03-01';
  const start = async (recurrence: object = daily, day = due): Promise<Task> => {
    user = await api.newUser();
    return user.create({ title: 'a', due: day, recurrence });
  };
  const patch = (id: string, json: object) => user.send('PATCH', `tasks/${id}`, { json });
  const takeBack = (next: Task, id: string) =>
    applyBatch(user, [
      { op: 'delete', id: next.id },
      { op: 'update', id, changes: { completed: false, recurrence: next.recurrence } },
    ]);
  const recurring = async () => (await openTasks(user)).filter(({ recurrence }) => recurrence !== null);

  /** The ids of three tasks of a series, of which two are completed. */
  const three = async () => {
    const first = await start();
    const second = await follow(user, first.id, due);
    const third = await follow(user, second.id, '2026-03-02');
    return { first, second, third };
  };

  test('before the latest one is refused by every way in', async () => {
    const { first, second, third } = await three();
    const refused = (...at: string[]) => [422, [['body', ...at, 'recurrence'].join('.'), 'recurrence']];
    const inBatch = refused('operations.1.changes');
    const fork = { completed: false, recurrence: daily };
    expect(faultsOf(await takeBack(second, first.id))).toEqual(inBatch);
    // As one that is completed and creates the next one in the same change, as well.
    await user.send('DELETE', `tasks/${second.id}`);
    expect(faultsOf(await patch(first.id, fork))).toEqual(refused());
    const put = { title: 'a', description: null, ...fork };
    expect(faultsOf(await user.send('PUT', `tasks/${first.id}`, { json: put }))).toEqual(refused());
    await patch(first.id, { completed: false });
    expect(faultsOf(await patch(first.id, { completed: true, recurrence: daily }))).toEqual(refused());
    expect(faultsOf(await patch(first.id, { recurrence: daily }))).toEqual(refused());
    const moved = [
      { op: 'complete', id: third.id, completed_on: '2026-03-03' },
      { op: 'update', id: first.id, changes: { recurrence: daily } },
    ];
    expect(faultsOf(await applyBatch(user, moved))).toEqual(inBatch);
    expect(await recurring()).toEqual([third]);
    // With the open task gone, the series is free.
    const free = [
      { op: 'delete', id: third.id },
      { op: 'update', id: first.id, changes: { recurrence: daily } },
    ];
    expect((await applyBatch(user, free)).status).toBe(200);
    expect((await recurring()).map(({ id }) => id)).toEqual([first.id]);
  });

  test('is refused after deleteCompletedTasks has deleted the ones between', async () => {
    const { first, third } = await three();
    await patch(first.id, { completed: false });
    await user.send('DELETE', 'tasks?completed=true');
    expect(faultsOf(await patch(first.id, { recurrence: daily }))).toEqual([
      422,
      ['body.recurrence', 'recurrence'],
    ]);
    expect(await recurring()).toEqual([third]);
  });

  test('reports what is refused, and why', async () => {
    const { first } = await three();
    const { json } = await patch(first.id, { completed: false, recurrence: daily });
    expect(json.errors).toEqual([
      {
        loc: ['body', 'recurrence'],
        msg: 'must be null while another open task continues the series',
        type: 'recurrence',
      },
    ]);
  });

  test('is possible when the next task does not recur any more', async () => {
    const first = await start();
    const next = await follow(user, first.id, due);
    await patch(next.id, { recurrence: null });
    const { status, json } = await patch(first.id, { completed: false, recurrence: daily });
    expect([status, json.next_id, json.series_id]).toEqual([200, null, first.id]);
    expect(faultsOf(await patch(next.id, { recurrence: daily }))).toEqual([
      422,
      ['body.recurrence', 'recurrence'],
    ]);
    expect((await recurring()).map(({ id }) => id)).toEqual([first.id]);
  });

  test('leaves one task that recurs, whatever comes at the same time', async () => {
    for (let round = 0; round < 8; round++) {
      const first = await start();
      const next = await follow(user, first.id, due);
      const responses = await Promise.all([
        takeBack(next, first.id),
        user.send('PATCH', `tasks/${next.id}/complete`),
        user.send('PATCH', `tasks/${first.id}/complete`),
        takeBack(next, first.id),
        applyBatch(user, [
          { op: 'complete', id: first.id },
          { op: 'complete', id: next.id },
        ]),
      ]);
      expect(responses.filter(({ status }) => status >= 500)).toEqual([]);
      expect(await recurring()).toHaveLength(1);
    }
  });

  test('keeps the number of the occurrence and the phase of INTERVAL', async () => {
    const first = await start({ rrule: 'FREQ=WEEKLY;INTERVAL=2;COUNT=3' }, '2026-03-02');
    const second = await follow(user, first.id, '2026-03-02');
    // Put off by a week, in which the rule has no date.
    await patch(second.id, { due: '2026-03-23' });
    for (let times = 0; times < 2; times++) {
      const third = await follow(user, second.id, '2026-03-23');
      expect(third).toMatchObject({
        due: '2026-03-30',
        occurrence: { start: '2026-03-02', date: '2026-03-30', number: 3 },
      });
      expect((await takeBack(third, second.id)).json.results[1].task).toMatchObject({
        due: '2026-03-23',
        recurrence: second.recurrence,
        occurrence: second.occurrence,
      });
    }
    const last = await follow(user, second.id, '2026-03-23');
    expect((await complete(user, last.id)).next_id).toBeNull();
    // The last one, too, after its due date has been put off beyond UNTIL.
    const until = await start({ rrule: 'FREQ=DAILY;UNTIL=20260301' });
    await patch(until.id, { due: '2026-03-05' });
    expect((await complete(user, until.id)).next_id).toBeNull();
    const again = await patch(until.id, { completed: false, recurrence: until.recurrence });
    expect([again.status, again.json.occurrence]).toEqual([200, until.occurrence]);
  });

  test('does not continue with a COUNT that the series has passed', async () => {
    const { second, third } = await three();
    const changes = { completed: false, recurrence: { rrule: 'FREQ=DAILY;COUNT=1' } };
    const { results } = (
      await applyBatch(user, [
        { op: 'delete', id: third.id },
        { op: 'update', id: second.id, changes },
      ])
    ).json;
    expect(results[1].task.occurrence).toEqual({ start: '2026-03-02', date: '2026-03-02', number: 1 });
    expect(await getTask(user, second.id)).toEqual(results[1].task);
  });
});
