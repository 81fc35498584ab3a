// What keeps a change from being undone: then nothing changes, not even the clock, and the response
// names each row that stands in the way.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { changeOf, contentOf, stateOf, undo } from '../support/history.ts';
import { queryPostgres } from '../support/query.ts';
import { applyBatch, complete, getTask } from '../support/series.ts';
import { unswept } from '../support/unswept.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(await unswept());
});
afterAll(() => api.close());

/** All that the database has of a user. */
const rowsOf = async (user: User): Promise<unknown[]> => {
  const tables = ['owner_clock', 'tasks', 'lists', 'task_tombstones', 'history'];
  const query = (table: string) =>
    queryPostgres(
      api.postgres.url,
      `SELECT to_jsonb(t)::text AS row FROM ${table} AS t WHERE owner_id = $1 ORDER BY 1`,
      [user.id],
    );
  const rows: unknown[] = [];
  for (const table of tables) rows.push(await query(table));
  return rows;
};

const succeed = async (response: Promise<ApiResponse>): Promise<ApiResponse> => {
  const { status, text } = await response;
  expect([status, text]).toEqual([expect.toSatisfy((code: number) => code < 300), text]);
  return response;
};

const patch = (user: User, id: string, json: object) => succeed(user.send('PATCH', `tasks/${id}`, { json }));
const post = (user: User, json: object) => succeed(user.send('POST', 'tasks', { json }));
const remove = (user: User, path: string) => succeed(user.send('DELETE', path));
const listOf = async (user: User, name: string): Promise<string> =>
  (await succeed(user.send('POST', 'lists', { json: { name } }))).json.id;
const fill = (user: User, parent: string) =>
  succeed(
    applyBatch(
      user,
      Array.from({ length: 100 }, (_, n) => ({ op: 'create', task: { title: `${n}`, parent_id: parent } })),
    ),
  );

// `LATER` in a message stands for the id of the latest change.
const expectRefused = async (
  user: User,
  change: string,
  faults: readonly (readonly [string, string, string])[],
) => {
  const before = await rowsOf(user);
  const { status, json, headers } = await undo(user, change);
  expect([status, json.type]).toEqual([409, '/problems/changed-since']);
  const found = json.errors.map(({ loc, msg, type }: { loc: string[]; msg: string; type: string }) => {
    expect(type).toBe('changed_since');
    return [...loc, msg];
  });
  const latest: string = (await user.send('GET', 'changes?limit=1')).json.items[0].change;
  expect(found).toEqual(faults.map(([of, id, msg]) => [of, id, msg.replace('LATER', latest)]));
  expect(headers.get('change')).toBeNull();
  expect(await rowsOf(user)).toEqual(before);
};

/** A list, a task in it, and a parent with a subtask. */
const household = async (user: User) => {
  const list = await listOf(user, 'list');
  const task = (await post(user, { title: 'task', list_id: list })).json.id as string;
  const parent = (await post(user, { title: 'parent', list_id: list })).json.id as string;
  const child = (await post(user, { title: 'child', parent_id: parent })).json.id as string;
  return { list, task, parent, child };
};
type Household = Awaited<ReturnType<typeof household>>;

// What is done, what comes after it, and what is named.
interface Conflict {
  readonly change: (user: User, ids: Household) => Promise<ApiResponse>;
  readonly afterwards: (user: User, ids: Household, made: ApiResponse) => Promise<unknown>;
  readonly named: (ids: Household, made: ApiResponse) => readonly [string, string, string];
}

const newTask = (user: User) => post(user, { title: 'new' });
const made =
  (table: string, msg: string): Conflict['named'] =>
  (_ids, { json }) => [table, json.id, msg];
const task =
  (msg: string): Conflict['named'] =>
  (ids) => ['tasks', ids.task, msg];
const child =
  (msg: string): Conflict['named'] =>
  (ids) => ['tasks', ids.child, msg];

const conflicts: Readonly<Record<string, Conflict>> = {
  'an update, and another one': {
    change: (user, ids) => patch(user, ids.task, { title: 'b' }),
    afterwards: (user, ids) => patch(user, ids.task, { title: 'c' }),
    named: task('was changed later, by the change LATER'),
  },
  'an update, and a deletion': {
    change: (user, ids) => patch(user, ids.task, { title: 'b' }),
    afterwards: (user, ids) => remove(user, `tasks/${ids.task}`),
    named: task('was deleted later, by the change LATER'),
  },
  'a creation, and an update': {
    change: newTask,
    afterwards: (user, _ids, { json }) => patch(user, json.id, { title: 'b' }),
    named: made('tasks', 'was changed later, by the change LATER'),
  },
  'a creation, and a deletion': {
    change: newTask,
    afterwards: (user, _ids, { json }) => remove(user, `tasks/${json.id}`),
    named: made('tasks', 'was deleted later, by the change LATER'),
  },
  'a deletion, and a restore': {
    change: (user, ids) => remove(user, `tasks/${ids.task}`),
    afterwards: (user, ids) =>
      succeed(user.send('POST', `tasks/${ids.task}/restore`, { json: { version: 1 } })),
    named: task('is there again, by the change LATER'),
  },
  'a deletion, a restore, and a deletion': {
    change: (user, ids) => remove(user, `tasks/${ids.task}`),
    afterwards: async (user, ids) => {
      await succeed(user.send('POST', `tasks/${ids.task}/restore`, { json: { version: 1 } }));
      await remove(user, `tasks/${ids.task}`);
    },
    named: task('was there again, and was deleted later, by the change LATER'),
  },
  'a creation, and a subtask': {
    change: newTask,
    afterwards: (user, _ids, { json }) => post(user, { title: 'below', parent_id: json.id }),
    named: made('tasks', 'has subtasks that came later'),
  },
  'a list that was created, and a task in it': {
    change: (user) => succeed(user.send('POST', 'lists', { json: { name: 'new' } })),
    afterwards: (user, _ids, { json }) => post(user, { title: 'in it', list_id: json.id }),
    named: made('lists', 'has tasks that came later'),
  },
  'a list that was changed, and changed again': {
    change: (user, { list }) => succeed(user.send('PATCH', `lists/${list}`, { json: { name: 'b' } })),
    afterwards: (user, { list }) => succeed(user.send('PATCH', `lists/${list}`, { json: { name: 'c' } })),
    named: ({ list }) => ['lists', list, 'was changed later, by the change LATER'],
  },
  'a subtask that was deleted, and its parent': {
    change: (user, ids) => remove(user, `tasks/${ids.child}`),
    afterwards: (user, { parent }) => remove(user, `tasks/${parent}`),
    named: child('its parent no longer exists'),
  },
  'a subtask that was deleted, and its parent that became one': {
    change: (user, ids) => remove(user, `tasks/${ids.child}`),
    afterwards: (user, ids) => patch(user, ids.parent, { parent_id: ids.task }),
    named: child('its parent is a subtask now'),
  },
  'a subtask that was deleted, and a hundred new ones': {
    change: (user, ids) => remove(user, `tasks/${ids.child}`),
    afterwards: (user, { parent }) => fill(user, parent),
    named: child('its parent would have too many subtasks'),
  },
  'a subtask that was moved out, and its parent': {
    change: (user, ids) => patch(user, ids.child, { parent_id: null }),
    afterwards: (user, { parent }) => remove(user, `tasks/${parent}`),
    named: child('its parent no longer exists'),
  },
  'a subtask that was moved out, and has subtasks': {
    change: (user, ids) => patch(user, ids.child, { parent_id: null }),
    afterwards: (user, ids) => post(user, { title: 'below', parent_id: ids.child }),
    named: child('would be a subtask, but has subtasks'),
  },
  'a task that was deleted, and its list': {
    change: (user, ids) => remove(user, `tasks/${ids.task}`),
    afterwards: async (user, { list, parent, child: below }) => {
      await remove(user, `tasks/${below}`);
      await remove(user, `tasks/${parent}`);
      await remove(user, `lists/${list}`);
    },
    named: task('its list no longer exists'),
  },
  'a task that was moved, and its former list': {
    change: (user, ids) => patch(user, ids.task, { list_id: null }),
    afterwards: async (user, { list, parent, child: below }) => {
      await remove(user, `tasks/${below}`);
      await remove(user, `tasks/${parent}`);
      await remove(user, `lists/${list}`);
    },
    named: task('its list no longer exists'),
  },
  'a task that was moved, and got a subtask': {
    change: (user, ids) => patch(user, ids.task, { list_id: null }),
    afterwards: (user, ids) => post(user, { title: 'below', parent_id: ids.task }),
    named: task('would go to another list, and has subtasks that came later'),
  },
};

describe('undoChange is refused', () => {
  test.each(Object.entries(conflicts))('after %s', async (_name, { change, afterwards, named }) => {
    const user = await api.newUser();
    const ids = await household(user);
    const response = await change(user, ids);
    await afterwards(user, ids, response);
    await expectRefused(user, changeOf(response), [named(ids, response)]);
  });

  test('where its rule would be there twice', async () => {
    const user = await api.newUser();
    const recurrence = { rrule: 'FREQ=DAILY' };
    const first = (await post(user, { title: 'a', due: '2026-03-01', recurrence })).json as Task;
    const second = (await complete(user, first.id, '2026-03-01')).next_id as string;
    const deleted = await remove(user, `tasks/${second}`);
    // The series is free, and continues from the first task.
    await patch(user, first.id, { completed: false, recurrence });
    await expectRefused(user, changeOf(deleted), [['tasks', second, 'another task of its series recurs']]);
  });

  test('with the faults of a hundred rows at most', async () => {
    const user = await api.newUser();
    const operations = Array.from({ length: 100 }, (_, n) => ({ op: 'create', task: { title: `${n}` } }));
    const made = await succeed(applyBatch(user, operations));
    const ids: string[] = made.json.results.map(({ task: { id } }: { task: Task }) => id);
    const changed = ids.slice(3, 60);
    await succeed(
      applyBatch(
        user,
        changed.map((id) => ({ op: 'update', id, changes: { title: 'x' } })),
      ),
    );
    await expectRefused(
      user,
      changeOf(made),
      changed.map((id) => ['tasks', id, 'was changed later, by the change LATER'] as const),
    );
  });
});

describe('undoChange of another change', () => {
  const expectMissing = async (user: User, change: string) => {
    const before = await rowsOf(user);
    expect((await undo(user, change)).status).toBe(404);
    expect(await rowsOf(user)).toEqual(before);
  };

  test('is 404 for a user who has none, or not this one', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await newTask(user);
    const change = changeOf(await newTask(user));
    await expectMissing(other, change);
    await newTask(other);
    await expectMissing(other, change);
    await expectMissing(user, '3');
    await expectMissing(user, '9999999999999999');
  });

  test('is 404 when it is forgotten', async () => {
    const user = await api.newUser();
    const changes = [changeOf(await newTask(user)), changeOf(await newTask(user))];
    await queryPostgres(
      api.postgres.url,
      `UPDATE history SET at = at - interval '31 days' WHERE owner_id = $1 AND change_seq = 1`,
      [user.id],
    );
    await expectMissing(user, changes[0] ?? '');
    expect((await undo(user, changes[1] ?? '')).status).toBe(200);
  });

  test('is 422 for what is no id of a change', async () => {
    const user = await api.newUser();
    for (const change of ['0', '-1', '1a', '99999999999999999'])
      expect((await undo(user, change)).status).toBe(422);
  });

  test('is 409 when it was undone before', async () => {
    const user = await api.newUser();
    const change = changeOf(await newTask(user));
    const undone = changeOf(await undo(user, change));
    const before = await rowsOf(user);
    const again = await undo(user, change);
    expect([again.status, again.json.type, again.json.detail]).toEqual([
      409,
      '/problems/already-undone',
      `This change was undone by the change ${undone}`,
    ]);
    expect(await rowsOf(user)).toEqual(before);
  });

  test('is 409 while all data is being deleted', async () => {
    const user = await api.newUser();
    const change = changeOf(await newTask(user));
    await queryPostgres(api.postgres.url, 'UPDATE owner_clock SET erasing = true WHERE owner_id = $1', [
      user.id,
    ]);
    const refused = await undo(user, change);
    expect([refused.status, refused.json.type]).toEqual([409, '/problems/erasure-in-progress']);
  });

  test('is 403 where there would be too many lists', async () => {
    const user = await api.newUser();
    const list = await listOf(user, 'first');
    const deleted = await remove(user, `lists/${list}`);
    await queryPostgres(
      api.postgres.url,
      `INSERT INTO lists (owner_id, name, position, created_at, updated_at, change_seq)
       SELECT $1, 'n', task_creation_key(n, 0), now(), now(), 1 FROM generate_series(1, 500) AS n`,
      [user.id],
    );
    const before = await rowsOf(user);
    const refused = await undo(user, changeOf(deleted));
    expect([refused.status, refused.json.type]).toEqual([403, '/problems/quota-exceeded']);
    expect(await rowsOf(user)).toEqual(before);
    await queryPostgres(
      api.postgres.url,
      `DELETE FROM lists WHERE owner_id = $1 AND position = task_creation_key(7, 0)`,
      [user.id],
    );
    expect((await undo(user, changeOf(deleted))).status).toBe(200);
  });

  test('is 409 where there are no more change numbers', async () => {
    const user = await api.newUser();
    const change = changeOf(await newTask(user));
    await queryPostgres(api.postgres.url, 'UPDATE owner_clock SET seq = 9999999999998 WHERE owner_id = $1', [
      user.id,
    ]);
    const before = await rowsOf(user);
    const refused = await undo(user, change);
    expect([refused.status, refused.json.type]).toEqual([409, '/problems/change-limit-reached']);
    expect(await rowsOf(user)).toEqual(before);
  });

  test('is 409 where a version cannot be followed by another one', async () => {
    const user = await api.newUser();
    const { json } = await newTask(user);
    const change = changeOf(await patch(user, json.id, { title: 'b' }));
    await queryPostgres(api.postgres.url, 'UPDATE tasks SET version = 2147483647 WHERE owner_id = $1', [
      user.id,
    ]);
    const before = await rowsOf(user);
    const refused = await undo(user, change);
    expect([refused.status, refused.json.type]).toEqual([409, '/problems/change-limit-reached']);
    expect(await rowsOf(user)).toEqual(before);
  });
});

describe('undoChange and others at once', () => {
  test('of two that undo the same, one succeeds', async () => {
    const user = await api.newUser();
    const { json } = await newTask(user);
    const change = changeOf(await patch(user, json.id, { title: 'b' }));
    const responses = await Promise.all(Array.from({ length: 4 }, () => undo(user, change)));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const types = responses.flatMap((response) => (response.status === 409 ? [response.json.type] : []));
    expect(new Set(types)).toEqual(new Set(['/problems/already-undone']));
    expect(await getTask(user, json.id)).toMatchObject({ title: 'new', version: 3 });
  });

  test('an update is either before it or after it', async () => {
    const user = await api.newUser();
    const { json } = await newTask(user);
    for (let round = 0; round < 10; round += 1) {
      const change = changeOf(await patch(user, json.id, { title: `changed ${round}`, priority: 'high' }));
      const { title: former } = { title: `changed ${round}` };
      const [undone] = await Promise.all([
        undo(user, change),
        patch(user, json.id, { title: `later ${round}` }),
      ]);
      const { title, priority } = await getTask(user, json.id);
      expect([undone.status, title]).toEqual([undone.status === 200 ? 200 : 409, `later ${round}`]);
      expect(priority).toBe(undone.status === 200 ? 'none' : 'high');
      expect(former).not.toBe(title);
      await patch(user, json.id, { priority: 'none' });
    }
  });

  test('a request that is repeated with its key undoes once', async () => {
    const user = await api.newUser();
    const { json } = await newTask(user);
    const change = changeOf(await patch(user, json.id, { title: 'b' }));
    const headers = { 'Idempotency-Key': randomUUID() };
    const [first, second] = [await undo(user, change, headers), await undo(user, change, headers)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([second.json, changeOf(second)]).toEqual([first.json, changeOf(first)]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('positions', () => {
  test('what comes back is next to what has its position now, and before what it was before', async () => {
    const user = await api.newUser();
    const anchor: string = (await post(user, { title: 'a' })).json.id;
    const last = (await post(user, { title: 'b' })).json as Task;
    // All of them want the same key, directly after the anchor.
    const first = (await post(user, { title: 'first', place: { after: anchor } })).json as Task;
    const changes = [changeOf(await remove(user, `tasks/${first.id}`))];
    const second = (await post(user, { title: 'second', place: { after: anchor } })).json as Task;
    changes.push(changeOf(await remove(user, `tasks/${second.id}`)));
    const third = (await post(user, { title: 'third', place: { after: anchor } })).json as Task;
    expect(new Set([first.position, second.position, third.position]).size).toBe(1);
    const before = contentOf(await stateOf(user));
    const undone: string[] = [];
    for (const change of changes) undone.push(changeOf(await undo(user, change)));
    const state = [...(await stateOf(user)).values()];
    const positions = new Set(state.map(({ position }) => position));
    expect(positions.size).toBe(state.length);
    for (const id of [first.id, second.id]) {
      const { position } = await getTask(user, id);
      expect(position > third.position).toBe(true);
      expect(position < last.position).toBe(true);
    }
    for (const change of undone.toReversed()) expect((await undo(user, change)).status).toBe(200);
    expect(contentOf(await stateOf(user))).toEqual(before);
  });
});

describe('without a history', () => {
  test('both are 403', async () => {
    const { close, ...without } = await startApi({
      postgres: { ...api.postgres, close: async () => {} },
      app: { historyDays: 0 },
    });
    try {
      const user = await without.newUser();
      const { json } = await newTask(user);
      for (const path of ['changes/1/undo', `tasks/${json.id}/restore`]) {
        const refused = await user.send(
          'POST',
          path,
          path.endsWith('restore') ? { json: { version: 1 } } : {},
        );
        expect([refused.status, refused.json.type]).toEqual([403, '/problems/history-off']);
      }
    } finally {
      await close();
    }
  });
});
