// Every kind of change is undone exactly: afterwards everything is as it was, but for versions and
// `updated_at`; the undo is undone in the same way; and a client that follows the change feed has the
// same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { changeOf, contentOf, followerOf, type State, stateOf, undo } from '../support/history.ts';
import { applyBatch } from '../support/series.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const full = {
  title: 'Water the plants',
  description: 'All of them',
  completed: true,
  due: '2026-03-01T10:00[Europe/Berlin]',
  start: '2026-02-28',
  priority: 'high',
  labels: ['home', 'garden'],
  metadata: { room: 'kitchen', colour: 'green' },
};

const listOf = async (user: User, name: string): Promise<string> =>
  (await user.send('POST', 'lists', { json: { name, metadata: { icon: name } } })).json.id;

const idOf = async (user: User, task: Record<string, unknown>): Promise<string> =>
  (await user.create(task)).id;

/** A list with a task, a parent with two subtasks, one of them complete, and a task in the inbox. */
const household = async (user: User) => {
  const list = await listOf(user, 'home');
  const other = await listOf(user, 'work');
  const single = await idOf(user, { title: 'single', list_id: list, labels: ['Home', 'x'] });
  const parent = await idOf(user, { title: 'parent', list_id: list, completed: true });
  const open = await idOf(user, { title: 'open', parent_id: parent });
  const done = await idOf(user, { title: 'done', parent_id: parent, completed: true, labels: ['home'] });
  const inbox = await idOf(user, { ...full, title: 'inbox' });
  const rule = { rrule: 'FREQ=DAILY;COUNT=3' };
  const recurring = await idOf(user, { title: 'recurring', due: '2026-03-01', recurrence: rule });
  return { list, other, single, parent, open, done, inbox, recurring };
};

type Household = Awaited<ReturnType<typeof household>>;
type Make = (user: User, ids: Household) => Promise<ApiResponse>;

const patch = (user: User, id: string, json: object) => user.send('PATCH', `tasks/${id}`, { json });

// How many tasks and lists each of them changes.
const changes: Readonly<Record<string, readonly [number, Make]>> = {
  'a task that was created': [1, (user) => user.send('POST', 'tasks', { json: { title: 'new' } })],
  'a subtask that was created at a place': [
    1,
    (user, { parent, open }) =>
      user.send('POST', 'tasks', { json: { title: 'new', parent_id: parent, place: { before: open } } }),
  ],
  'a recurring task that was created': [
    1,
    (user) =>
      user.send('POST', 'tasks', {
        json: { title: 'new', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } },
      }),
  ],
  'an update of every field': [
    1,
    (user, { single, other }) => patch(user, single, { ...full, list_id: other, place: { first: true } }),
  ],
  'an update that clears every field': [
    1,
    (user, { inbox }) =>
      patch(user, inbox, {
        description: null,
        completed: false,
        due: null,
        start: null,
        priority: 'none',
        labels: [],
        metadata: { room: null, colour: null },
      }),
  ],
  'a replacement': [
    1,
    (user, { inbox }) =>
      user.send('PUT', `tasks/${inbox}`, {
        json: { title: 'other', description: null, completed: false, metadata: {}, labels: ['new'] },
      }),
  ],
  'a move to another place': [1, (user, { inbox }) => patch(user, inbox, { place: { first: true } })],
  'a move of a family to another list': [
    3,
    (user, { parent, other }) => patch(user, parent, { list_id: other }),
  ],
  'a task that became a subtask': [1, (user, { inbox, parent }) => patch(user, inbox, { parent_id: parent })],
  'a subtask that became a task of its own': [1, (user, { open }) => patch(user, open, { parent_id: null })],
  'a rule that was given': [
    1,
    (user, { single }) => patch(user, single, { due: '2026-05-01', recurrence: { rrule: 'FREQ=WEEKLY' } }),
  ],
  'a rule that was taken': [1, (user, { recurring }) => patch(user, recurring, { recurrence: null })],
  'a completion': [1, (user, { single }) => user.send('PATCH', `tasks/${single}/complete`)],
  'a completion of a recurring task': [
    2,
    (user, { recurring }) =>
      user.send('PATCH', `tasks/${recurring}/complete`, { json: { completed_on: '2026-03-01' } }),
  ],
  'a deletion': [1, (user, { single }) => user.send('DELETE', `tasks/${single}`)],
  'a deletion of a recurring task': [1, (user, { recurring }) => user.send('DELETE', `tasks/${recurring}`)],
  'a deletion with subtasks': [
    3,
    (user, { parent }) => user.send('DELETE', `tasks/${parent}?children=delete`),
  ],
  'a deletion without subtasks': [
    3,
    (user, { parent }) => user.send('DELETE', `tasks/${parent}?children=detach`),
  ],
  'a deletion of completed tasks': [2, (user) => user.send('DELETE', 'tasks?completed=true')],
  'a label that was renamed': [
    3,
    (user) => user.send('POST', 'label-renames', { json: { label: 'home', new_label: 'House' } }),
  ],
  'a list that was created': [1, (user) => user.send('POST', 'lists', { json: { name: 'new' } })],
  'a list that was changed': [
    1,
    (user, { list }) =>
      user.send('PATCH', `lists/${list}`, {
        json: { name: 'other', metadata: { icon: null, shape: 'round' }, place: { last: true } },
      }),
  ],
  'an empty list that was deleted': [1, (user, { other }) => user.send('DELETE', `lists/${other}`)],
  'a list that was deleted with its tasks': [
    5,
    (user, { list }) => user.send('DELETE', `lists/${list}?tasks=delete`),
  ],
  'a list that was deleted without its tasks': [
    5,
    (user, { list }) => user.send('DELETE', `lists/${list}?tasks=detach`),
  ],
};

const batches: Readonly<Record<string, readonly [number, (ids: Household) => readonly object[]]>> = {
  'a batch of everything': [
    9,
    ({ list, other, single, parent, open, inbox, recurring }) => [
      { op: 'create_list', list: { id: '11111111-1111-4111-8111-111111111111', name: 'third' } },
      // A task and a list may have the same id.
      { op: 'create', task: { id: '11111111-1111-4111-8111-111111111111', title: 'new', list_id: list } },
      { op: 'update_list', id: list, changes: { name: 'renamed' } },
      { op: 'delete_list', id: other },
      {
        op: 'update',
        id: single,
        changes: { list_id: '11111111-1111-4111-8111-111111111111', title: 'moved' },
      },
      { op: 'complete', id: recurring, completed_on: '2026-03-01' },
      { op: 'update', id: open, changes: { parent_id: '11111111-1111-4111-8111-111111111111' } },
      { op: 'delete', id: inbox },
      { op: 'update', id: single, changes: { title: 'twice' } },
      { op: 'complete', id: parent },
    ],
  ],
  'a batch that swaps two families': [
    4,
    ({ single, parent, done, open }) => [
      { op: 'update', id: open, changes: { parent_id: single } },
      { op: 'update', id: done, changes: { parent_id: single } },
      { op: 'delete', id: parent },
      { op: 'update', id: single, changes: { place: { first: true } } },
    ],
  ],
  'a batch that creates and deletes the same task': [
    1,
    ({ single }) => [
      { op: 'create', task: { id: '22222222-2222-4222-8222-222222222222', title: 'passing' } },
      { op: 'delete', id: '22222222-2222-4222-8222-222222222222' },
      { op: 'update', id: single, changes: { title: 'changed' } },
    ],
  ],
};

test('a change whose undo was undone is in effect, and can be undone again', async () => {
  const user = await api.newUser();
  const created = await user.send('POST', 'tasks', { json: { title: 'a' } });
  const renamed = await user.send('PATCH', `tasks/${created.json.id}`, { json: { title: 'b' } });
  const change = changeOf(renamed);
  const undoneBy = async () =>
    (await user.send('GET', 'changes?limit=100')).json.items.find(
      (one: { readonly change: string }) => one.change === change,
    ).undone_by;
  const title = async () => (await user.send('GET', `tasks/${created.json.id}`)).json.title;
  const first = (await undo(user, change)).json.change;
  expect([await title(), await undoneBy()]).toEqual(['a', first]);
  await undo(user, first);
  expect([await title(), await undoneBy()]).toEqual(['b', null]);
  const path = `tasks/${created.json.id}`;
  const later = changeOf(await user.send('PATCH', path, { json: { title: 'c' } }));
  const refused = await undo(user, change);
  expect([refused.status, refused.json.type]).toEqual([409, '/problems/changed-since']);
  expect(refused.json.errors).toMatchObject([{ msg: `was changed later, by the change ${later}` }]);
  await undo(user, later);
  const second = (await undo(user, change)).json.change;
  expect([await title(), await undoneBy()]).toEqual(['a', second]);
  const again = await undo(user, change);
  expect([again.status, again.json.type, again.json.detail]).toEqual([
    409,
    '/problems/already-undone',
    expect.stringContaining(second),
  ]);
});

const expectUndo = async (user: User, change: string, count: number): Promise<string> => {
  const undone = await undo(user, change);
  expect([undone.status, undone.json]).toMatchObject([200, { undoes: change, count, has_more: false }]);
  expect(changeOf(undone)).toBe(undone.json.change);
  const now = await stateOf(user);
  expect(undone.json.items).toHaveLength(count);
  for (const item of undone.json.items) {
    const kind = item.type.startsWith('list') || item.type === 'list' ? 'lists' : 'tasks';
    const shown = item.task ?? item.list;
    expect(now.get(`${kind} ${shown?.id ?? item.id}`)).toEqual(shown);
  }
  return undone.json.change;
};

/** Every version is a new one. */
const expectNewVersions = (now: State, earlier: readonly State[]) => {
  for (const [key, row] of now) {
    for (const state of earlier) {
      const old = state.get(key);
      if (old !== undefined && old.version === row.version) expect(row).toEqual(old);
      if (old !== undefined) expect(row.version).toBeGreaterThanOrEqual(old.version);
    }
  }
};

const expectExact = async (make: Make, count: number): Promise<void> => {
  const user = await api.newUser();
  const ids = await household(user);
  const follow = followerOf(user);
  await follow();
  const before = await stateOf(user);
  const response = await make(user, ids);
  expect([response.status, response.text]).toEqual([
    expect.toSatisfy((status) => status < 300),
    response.text,
  ]);
  const after = await stateOf(user);
  expect(contentOf(after)).not.toEqual(contentOf(before));
  const undone = await expectUndo(user, changeOf(response), count);
  const restored = await stateOf(user);
  expect(contentOf(restored)).toEqual(contentOf(before));
  expectNewVersions(restored, [before, after]);
  expect(await follow()).toEqual(restored);
  const redone = await expectUndo(user, undone, count);
  const again = await stateOf(user);
  expect(contentOf(again)).toEqual(contentOf(after));
  expectNewVersions(again, [before, after, restored]);
  await expectUndo(user, redone, count);
  const last = await stateOf(user);
  expect(contentOf(last)).toEqual(contentOf(before));
  expect(await follow()).toEqual(last);
  // A copy that starts anew has the same.
  expect(await followerOf(user)()).toEqual(last);
};

describe('undoChange takes back', () => {
  test.each(Object.entries(changes))('%s, and the undo of it', async (_name, [count, make]) => {
    await expectExact(make, count);
  });

  test.each(Object.entries(batches))('%s, and the undo of it', async (_name, [count, operations]) => {
    await expectExact((user, ids) => applyBatch(user, operations(ids)), count);
  });
});

test('a version is never used again, though a deletion before it is undone after it', async () => {
  const user = await api.newUser();
  const id = await idOf(user, { title: 'a' });
  const deleted = changeOf(await user.send('DELETE', `tasks/${id}`));
  const restored = changeOf(await user.send('POST', `tasks/${id}/restore`, { json: { version: 1 } }));
  await expectUndo(user, restored, 1);
  await expectUndo(user, deleted, 1);
  expect((await user.send('GET', `tasks/${id}`)).json.version).toBe(3);
  const { items } = (await user.send('GET', `tasks/${id}/versions`)).json;
  const versions = items.map(({ task }: { task?: { version: number } }) => task?.version ?? null);
  expect(versions).toEqual([3, null, 2, null, 1]);
});

describe('a version that a batch has shown before it deleted it is never used again', () => {
  const rows = [
    ['task', 'tasks', 'update', 'delete', 'title'],
    ['list', 'lists', 'update_list', 'delete_list', 'name'],
  ] as const;
  type Row = (typeof rows)[number];
  type Kind = readonly [Row[0], Row[1], Row[2], Row[3], Row[4]];
  const updatedAndDeleted = async (user: User, [what, path, update, remove, name]: Kind) => {
    const { json } = await user.send('POST', path, { json: { [name]: 'a' } });
    const reply = await applyBatch(user, [
      { op: update, id: json.id, changes: { [name]: 'b' } },
      { op: update, id: json.id, changes: { [name]: 'c' } },
      { op: remove, id: json.id },
    ]);
    const shown = reply.json.results.flatMap(
      (result: Record<string, { version: number }>) => result[what] ?? [],
    );
    expect(shown.map(({ version }: { version: number }) => version)).toEqual([2, 3]);
    return { path: `${path}/${json.id}`, change: changeOf(reply) };
  };

  test.each(rows)('%s: by undo, and by the undo of its undo', async (...row) => {
    const user = await api.newUser();
    const { path, change } = await updatedAndDeleted(user, row);
    const again = await expectUndo(user, change, 1);
    const read = async () => (await user.send('GET', path)).json;
    expect(await read()).toMatchObject({ [row[4]]: 'a', version: 4 });
    await expectUndo(user, await expectUndo(user, again, 1), 1);
    expect(await read()).toMatchObject({ [row[4]]: 'a', version: 5 });
  });

  test('by restoreTask', async () => {
    const user = await api.newUser();
    const { path } = await updatedAndDeleted(user, rows[0]);
    const { status, json } = await user.send('POST', `${path}/restore`, { json: { version: 1 } });
    expect([status, json]).toMatchObject([200, { title: 'a', version: 4 }]);
  });
});
