import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';

describe('deleteCompletedTasks', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('deletes the completed tasks of the caller, leaves the open ones and everybody else’s', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const open = await user.create({ title: 'open' });
    for (const title of ['a', 'b', 'c']) await user.create({ title, completed: true });
    const foreign = await other.create({ title: 'other', completed: true });
    const cleared = await user.send('DELETE', 'tasks?completed=true');
    expect(cleared.status).toBe(200);
    expect(cleared.json).toEqual({ deleted: 3, has_more: false });
    expect((await user.send('GET', 'tasks')).json.items).toEqual([open]);
    expect((await other.send('GET', 'tasks')).json.items).toEqual([foreign]);
    const tombstones = await queryPostgres(
      api.postgres.url,
      'SELECT id FROM task_tombstones WHERE owner_id = $1',
      [user.id],
    );
    expect(tombstones).toHaveLength(3);
  });

  test('with nothing to delete it deletes nothing, and the clock stands still', async () => {
    const user = await api.newUser();
    await user.create({ title: 'open' });
    expect((await user.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 0, has_more: false });
    const clock = await queryPostgres(api.postgres.url, 'SELECT seq FROM owner_clock WHERE owner_id = $1', [
      user.id,
    ]);
    expect(clock).toEqual([{ seq: '1' }]);
    const stranger = await api.newUser();
    expect((await stranger.send('DELETE', 'tasks?completed=true')).json).toEqual({
      deleted: 0,
      has_more: false,
    });
  });

  test.each([
    '',
    '?completed=false',
    '?completed=',
    '?completed=1',
    '?completed=true&completed=true',
    '?completed=true&q=a',
  ])('refuses %s and deletes nothing', async (query) => {
    const user = await api.newUser();
    await user.create({ title: 'a', completed: true });
    expect((await user.send('DELETE', `tasks${query}`)).status).toBe(422);
    expect((await user.send('GET', 'tasks')).json.items).toHaveLength(1);
  });
});

describe('deleteCompletedTasks of very many', () => {
  let api: Api;
  // Ten rows at a time, and one such piece to a request.
  const startWith = (clearing: number) => startApi({ app: { pieces: { rows: 10, clearing, erasing: 0 } } });
  beforeAll(async () => {
    api = await startWith(0);
  });
  afterAll(() => api.close());

  const clear = (user: User, headers: Record<string, string> = {}) =>
    user.send('DELETE', 'tasks?completed=true', { headers });
  const fill = async (user: User, count: number): Promise<string[]> => {
    const operations = Array.from({ length: count }, (_, n) => ({
      op: 'create',
      task: { title: `t${n}`, completed: true },
    }));
    const { json } = await user.send('POST', 'task-batches', { json: { operations } });
    return json.results.map(({ task }: { task: Task }) => task.id);
  };
  const since = async (user: User) => (await user.send('GET', 'task-changes?limit=500')).json.next_since;
  const deletedSince = async (user: User, token: string): Promise<string[]> => {
    const { items } = (await user.send('GET', `task-changes?limit=500&since=${token}`)).json;
    return items.map(({ type, id }: { type: string; id: string }) => (type === 'deleted' ? id : type));
  };

  test('takes several requests, of which each says how many it deleted, the oldest first', async () => {
    const user = await api.newUser();
    const open = await user.create({ title: 'open' });
    const ids = await fill(user, 34);
    const token = await since(user);
    for (const deleted of [10, 10, 10]) {
      expect((await clear(user)).json).toEqual({ deleted, has_more: true });
      // In between the user goes on, and what is completed meanwhile is cleared as well.
      if (ids.length === 34) ids.push((await user.create({ title: 'late', completed: true })).id);
    }
    expect((await clear(user)).json).toEqual({ deleted: 5, has_more: false });
    expect((await clear(user)).json).toEqual({ deleted: 0, has_more: false });
    expect((await user.send('GET', 'tasks')).json.items).toEqual([open]);
    const gone = await deletedSince(user, token);
    const pieces = [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20, 30), ids.slice(30)];
    expect(gone).toEqual(pieces.flatMap((piece) => piece.toSorted()));
  });

  test('with a key, the stored result is the count of that request', async () => {
    const user = await api.newUser();
    await fill(user, 15);
    const first = await clear(user, { 'Idempotency-Key': 'a' });
    expect(first.json).toEqual({ deleted: 10, has_more: true });
    const again = await clear(user, { 'Idempotency-Key': 'a' });
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await user.send('GET', 'tasks')).json.items).toHaveLength(5);
    const second = await clear(user, { 'Idempotency-Key': 'b' });
    expect(second.json).toEqual({ deleted: 5, has_more: false });
  });

  test('takes one request when there is time, in pieces that are changes of their own', async () => {
    const patient = await startWith(60_000);
    try {
      for (const headers of [{}, { 'Idempotency-Key': 'k' }]) {
        const user = await patient.newUser();
        await fill(user, 34);
        const token = await since(user);
        expect((await clear(user, headers)).json).toEqual({ deleted: 34, has_more: false });
        expect(await deletedSince(user, token)).toHaveLength(34);
        const clock = await queryPostgres(
          patient.postgres.url,
          'SELECT seq FROM owner_clock WHERE owner_id = $1',
          [user.id],
        );
        // 34 creations and four pieces.
        expect(clock).toEqual([{ seq: '38' }]);
      }
    } finally {
      await patient.close();
    }
  });

  test('goes on while others write: a follower has what is there in the end', async () => {
    const user = await api.newUser();
    await fill(user, 60);
    const token = await since(user);
    let isMore = true;
    const writer = async () => {
      const titles: string[] = [];
      for (let n = 0; isMore; n++) {
        const { id, title } = await user.create({ title: `kept ${n}`, completed: n % 2 === 0 });
        if (n % 2 === 0) await user.send('PATCH', `tasks/${id}`, { json: { completed: false } });
        titles.push(title);
      }
      return titles;
    };
    const writing = writer();
    for (let n = 0; isMore && n < 100; n++) isMore = (await clear(user)).json.has_more;
    const titles = await writing;
    const { items } = (await user.send('GET', `task-changes?limit=500&since=${token}`)).json;
    const known = new Map<string, string>();
    for (const { type, id, task } of items) {
      if (type === 'task') known.set(task.id, task.title);
      else known.delete(id);
    }
    const listed = (await user.send('GET', 'tasks?limit=100')).json.items;
    expect(new Map(listed.map(({ id, title }: Task) => [id, title]))).toEqual(known);
    expect(titles.length).toBeGreaterThan(0);
  });

  // pg_sleep would hold up every other request of the embedded Postgres.
  test.runIf(isRealPostgres)('gets on where all at once would take longer than a request may', async () => {
    const slow = await startApi({
      // The trigger changes a table.
      postgres: await startOwnPostgres(),
      timeout: 2500,
      app: { pieces: { rows: 10, clearing: 100, erasing: 100 } },
    });
    const user = await slow.newUser();
    await fill(user, 100);
    // 100 rows take 4 seconds.
    await queryPostgres(
      slow.postgres.url,
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.04); RETURN OLD; END';
       CREATE TRIGGER slow BEFORE DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION slow()`,
    );
    try {
      let deleted = 0;
      for (let n = 0; n < 20; n++) {
        const { json, status } = await clear(user);
        expect(status).toBe(200);
        deleted += json.deleted;
        if (!json.has_more) break;
      }
      expect(deleted).toBe(100);
    } finally {
      await slow.close();
    }
  });
});
