// What the history records of the requests that write many rows: one change for each request, held
// against what the database had before and has after it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creationKey, longKeyLength } from '../../src/tasks/position.ts';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { queryPostgres } from '../support/postgres.ts';
import { expectedBetween, stateOf } from '../support/recorded.ts';

const postgres = sharedPostgres();

/** The history before and after a request, and what it must have more. */
const around = async (user: User, operation: string, send: () => Promise<ApiResponse>) => {
  const before = await stateOf(postgres().url, user.id);
  const response = await send();
  const after = await stateOf(postgres().url, user.id);
  expect(response.status).toBeLessThan(300);
  return {
    response,
    added: after.history.slice(before.history.length),
    expected: expectedBetween(before, after, { operation }),
    before,
  };
};

/** Makes a request, which must be recorded as one change; returns the response and its rows. */
const recorded = async (user: User, operation: string, send: () => Promise<ApiResponse>) => {
  const { response, added, expected } = await around(user, operation, send);
  expect(added).toEqual(expected);
  expect(response.headers.get('change')).toBe(added[0] === undefined ? null : String(added[0].change));
  return { ...response, rows: added };
};

const batch = async (user: User, operations: readonly unknown[]): Promise<ApiResponse> =>
  user.send('POST', 'task-batches', { json: { operations } });

const created = async (user: User, tasks: readonly object[]): Promise<string[]> => {
  const ids = tasks.map(() => randomUUID());
  const { status } = await batch(
    user,
    tasks.map((task, n) => ({ op: 'create', task: { id: ids[n], title: `t${n}`, ...task } })),
  );
  expect(status).toBe(200);
  return ids;
};

const listIn = async (user: User): Promise<string> => {
  const { status, json } = await user.send('POST', 'lists', { json: { name: 'list' } });
  expect(status).toBe(201);
  return json.id;
};

describe('the history of a batch', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ postgres: postgres() });
  });
  afterAll(() => api.close());

  test('has each task once, as it was before, with the number of its last operation', async () => {
    const user = await api.newUser();
    const list = await listIn(user);
    const other = await listIn(user);
    const [parent, twice, gone, done, kept] = await created(user, [{}, {}, {}, { completed: true }, {}]);
    await created(user, [{ parent_id: parent }, { parent_id: parent }, { parent_id: gone }]);
    const { rows } = await recorded(user, 'applyTaskBatch', () =>
      batch(user, [
        { op: 'complete', id: done },
        { op: 'update', id: twice, changes: { title: 'once' } },
        { op: 'create', task: { title: 'new' } },
        { op: 'update', id: parent, changes: { list_id: list } },
        { op: 'update', id: twice, changes: { title: 'twice', labels: ['a'] } },
        { op: 'create_list', list: { name: 'new' } },
        { op: 'update_list', id: list, changes: { name: 'renamed' } },
        { op: 'delete_list', id: other },
        { op: 'update', id: kept, changes: { title: 'other' } },
        { op: 'delete', id: gone, children: 'delete' },
      ]),
    );
    expect(rows).toHaveLength(11);
    expect(rows.filter((row) => row.former_seq === null)).toHaveLength(2);
    expect(rows.filter((row) => row.is_deletion)).toHaveLength(3);
    expect(rows.filter((row) => row.is_list)).toHaveLength(3);
    expect(rows.at(-1)?.total).toBe(11);
  });

  test('has subtasks that stay behind, or that a batch names itself', async () => {
    const user = await api.newUser();
    const list = await listIn(user);
    const [parent, gone] = await created(user, [{}, {}]);
    const [named] = await created(user, [{ parent_id: parent }, { parent_id: parent }, { parent_id: gone }]);
    const { rows } = await recorded(user, 'applyTaskBatch', () =>
      batch(user, [
        { op: 'update', id: named, changes: { title: 'named' } },
        { op: 'update', id: parent, changes: { list_id: list } },
        { op: 'delete', id: gone, children: 'detach' },
      ]),
    );
    expect(rows).toHaveLength(5);
  });

  test('has nothing of what was created and deleted', async () => {
    const user = await api.newUser();
    const [task, list] = [randomUUID(), randomUUID()];
    const { added, expected, response } = await around(user, 'applyTaskBatch', () =>
      batch(user, [
        { op: 'create', task: { id: task, title: 'short' } },
        { op: 'create_list', list: { id: list, name: 'short' } },
        { op: 'create', task: { title: 'long' } },
        { op: 'delete', id: task },
        { op: 'delete_list', id: list },
      ]),
    );
    expect(added).toEqual(expected);
    expect(added).toMatchObject([{ change: 3, total: 1 }]);
    expect(response.headers.get('change')).toBe('3');
    const alone = await batch(user, [
      { op: 'create', task: { id: randomUUID(), title: 'short' } },
      { op: 'delete', id: task },
    ]);
    expect(alone.status).toBe(422);
    const other = randomUUID();
    const passing = await batch(user, [
      { op: 'create', task: { id: other, title: 'short' } },
      { op: 'delete', id: other },
    ]);
    expect([passing.status, passing.headers.get('change')]).toEqual([200, null]);
    for (const version of [1, 2]) {
      const restored = await user.send('POST', `tasks/${other}/restore`, { json: { version } });
      expect(restored.status).toBe(404);
    }
  });

  test('that changes nothing has none', async () => {
    const user = await api.newUser();
    const [done] = await created(user, [{ completed: true }]);
    const { rows } = await recorded(user, 'applyTaskBatch', () =>
      batch(user, [{ op: 'complete', id: done }]),
    );
    expect(rows).toEqual([]);
  });

  test('of one operation is that of the request which needs it', async () => {
    const user = await api.newUser();
    const list = await listIn(user);
    const [parent, recurring] = await created(user, [
      {},
      { due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } },
    ]);
    await created(user, [{ parent_id: parent }]);
    const withRule = { recurrence: { rrule: 'FREQ=WEEKLY' } };
    const steps = [
      ['updateTask', 'PATCH', `tasks/${recurring}`, withRule, 1],
      ['updateTask', 'PATCH', `tasks/${recurring}`, { completed: true, place: { first: true } }, 2],
      ['updateList', 'PATCH', `lists/${list}`, { place: { first: true } }, 1],
      ['deleteTask', 'DELETE', `tasks/${parent}?children=detach`, undefined, 2],
    ] as const;
    for (const [operation, method, path, json, count] of steps) {
      const { rows } = await recorded(user, operation, () => user.send(method, path, { json }));
      expect([path, rows.length]).toEqual([path, count]);
    }
  });
});

describe('the history of a request in pieces', () => {
  // Three rows at a time, and at most about five with one request.
  let api: Api;
  beforeAll(async () => {
    const pieces = { rows: 3, most: 5, clearing: 60_000, erasing: 60_000 };
    api = await startApi({ postgres: postgres(), app: { pieces } });
  });
  afterAll(() => api.close());

  /** Repeats a request until nothing is left; each is one change. Returns how many rows each has written. */
  const repeated = async (user: User, operation: string, send: (cursor?: string) => Promise<ApiResponse>) => {
    const counts: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const { json, rows } = await recorded(user, operation, () => send(cursor));
      counts.push(rows.length);
      expect(new Set(rows.map(({ change }) => change)).size).toBe(rows.length > 0 ? 1 : 0);
      if (!json.has_more && !json.next_cursor) return counts;
      cursor = json.next_cursor;
    }
  };

  const clear = (user: User) => user.send('DELETE', 'tasks?completed=true');

  test('deleteCompletedTasks: all pieces of a request are one change, and it ends at the bound', async () => {
    const user = await api.newUser();
    await created(user, [{}, ...Array.from({ length: 11 }, () => ({ completed: true, labels: ['a'] }))]);
    expect(await repeated(user, 'deleteCompletedTasks', () => clear(user))).toEqual([6, 5]);
    expect(await repeated(user, 'deleteCompletedTasks', () => clear(user))).toEqual([0]);
  });

  test('deleteCompletedTasks: parents after their subtasks, past those that stay', async () => {
    const user = await api.newUser();
    const parents = await created(
      user,
      Array.from({ length: 6 }, () => ({ completed: true })),
    );
    await created(
      user,
      parents.map((id, n) => ({ parent_id: id, completed: n >= 4 })),
    );
    expect(await repeated(user, 'deleteCompletedTasks', () => clear(user))).toEqual([4]);
  });

  test.each(['delete', 'detach'])('deleteList with tasks=%s, the list as its last row', async (tasks) => {
    const user = await api.newUser();
    const list = await listIn(user);
    const [parent] = await created(
      user,
      Array.from({ length: 7 }, () => ({ list_id: list })),
    );
    await created(user, [{ parent_id: parent }]);
    const remove = () => user.send('DELETE', `lists/${list}?tasks=${tasks}`);
    const counts = await repeated(user, 'deleteList', remove);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(9);
    expect(counts.every((count) => count <= 9)).toBe(true);
  });

  test('deleteList of few tasks: one change', async () => {
    const user = await api.newUser();
    const list = await listIn(user);
    await created(user, [{ list_id: list }, { list_id: list }]);
    const remove = () => user.send('DELETE', `lists/${list}?tasks=delete`);
    const { rows } = await recorded(user, 'deleteList', remove);
    expect(rows.map(({ is_list: isList, total }) => [isList, total])).toEqual([
      [false, 2],
      [false, 2],
      [true, 3],
    ]);
  });

  test.each([['House'], [null]])('renameLabel to %s: only tasks that change, up to the bound', async (to) => {
    const user = await api.newUser();
    await created(
      user,
      Array.from({ length: 14 }, (_, n) => ({ labels: n % 4 === 0 ? ['Other'] : ['home', 'Other'] })),
    );
    const rename = (cursor?: string) =>
      user.send('POST', 'label-renames', {
        json: { label: 'Home', new_label: to, ...(cursor !== undefined && { cursor }) },
      });
    const counts = await repeated(user, 'renameLabel', rename);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(10);
    expect(Math.max(...counts)).toBeLessThan(8);
    expect(await repeated(user, 'renameLabel', rename)).toEqual([0]);
  });
});

describe('the history of renewed positions', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ postgres: postgres() });
  });
  afterAll(() => api.close());

  // Keys with no short one in between.
  const dense = ['1', '2', '3', '4'].map(
    (last) => `${creationKey(5n, 0)}${'0'.repeat(longKeyLength - 18)}${last}`,
  );

  const crowded = async (of: string) => {
    const user = await api.newUser();
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) {
      const json = of === 'tasks' ? { title: `t${n}` } : { name: `l${n}` };
      ids.push((await user.send('POST', of, { json })).json.id);
    }
    await queryPostgres(
      postgres().url,
      `UPDATE ${of} SET position = planted.position
      FROM unnest($2::uuid[], $3::text[]) AS planted (id, position)
      WHERE owner_id = $1 AND ${of}.id = planted.id`,
      [user.id, ids.slice(0, 4), dense],
    );
    return { user, ids };
  };

  test.each(['tasks', 'lists'])('%s: is undone only while nothing was placed between', async (of) => {
    const { user, ids } = await crowded(of);
    const order = async (): Promise<string[]> => {
      const { json } = await user.send('GET', of === 'tasks' ? 'tasks?sort=position' : 'lists');
      return json.items.map(({ id }: { readonly id: string }) => id);
    };
    const place = async (id: string | undefined, after: string | undefined): Promise<string> => {
      const moved = await user.send('PATCH', `${of}/${id}`, { json: { place: { after } } });
      return moved.headers.get('change') ?? '';
    };
    const undo = (change: string) => user.send('POST', `changes/${change}/undo`);
    const before = await order();
    const first = await place(ids[5], ids[0]);
    const second = await place(ids[4], ids[1]);
    const renewal = String(Number(first) - 1);
    const present = await order();
    const refused = await undo(renewal);
    expect([refused.status, refused.json.type]).toEqual([409, '/problems/changed-since']);
    expect(refused.json.errors).toContainEqual({
      loc: [of, ids[4]],
      msg: 'was placed between them later',
      type: 'changed_since',
    });
    expect(await order()).toEqual(present);
    for (const change of [second, first, renewal]) expect((await undo(change)).status).toBe(200);
    expect(await order()).toEqual(before);
  });

  test.each(['tasks', 'lists'])(
    '%s: a change of its own, of no client, before that of the request',
    async (of) => {
      const { user, ids } = await crowded(of);
      const { added, before, response } = await around(user, 'updateTask', () =>
        user.send('PATCH', `${of}/${ids[5]}`, { json: { place: { after: ids[0] } } }),
      );
      const [own, moved] = [added.slice(0, -1), added.at(-1)];
      const first = Number(moved?.change_seq) - 1;
      expect(own.length).toBeGreaterThanOrEqual(4);
      for (const row of own) {
        const former = before[of === 'tasks' ? 'tasks' : 'lists'].get(String(row.id));
        expect(row).toMatchObject({
          operation: 'renewPositions',
          client_id: null,
          change: first,
          change_seq: first,
          total: own.length,
          is_deletion: false,
          former_seq: former?.change_seq,
          position: former?.position,
          version: former?.version,
        });
      }
      expect(moved).toMatchObject({
        id: ids[5],
        operation: of === 'tasks' ? 'updateTask' : 'updateList',
        change: first + 1,
        total: 1,
      });
      expect(response.headers.get('change')).toBe(String(first + 1));
    },
  );
});
