import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres } from '../support/postgres.ts';
import { fill, keyOf, randomTasks } from '../support/random-tasks.ts';
import { unswept } from '../support/unswept.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const rename = (user: User, json: object, headers: Record<string, string> = {}) =>
  user.send('POST', 'label-renames', { json, headers });

const tasksOf = async (user: User): Promise<Task[]> =>
  (await user.send('GET', 'tasks?sort=created_at&limit=100')).json.items;
const labelsOf = async (user: User) => (await tasksOf(user)).map(({ labels }) => labels);

/** What the labels of a task become. */
const renamed = (labels: readonly string[], from: string, to: string | null): string[] => {
  const seen = new Set<string>();
  return labels
    .flatMap((label) => (keyOf(label) === keyOf(from) ? (to ?? []) : label))
    .filter((label) => !seen.has(keyOf(label)) && seen.add(keyOf(label)));
};

describe('renameLabel', () => {
  test.each<[string, string[], string, string | null, string[]]>([
    ['in its place', ['a', 'Home', 'z'], 'Home', 'House', ['a', 'House', 'z']],
    ['in any letter case', ['a', 'HOME'], 'home', 'House', ['a', 'House']],
    ['only in letter case', ['home', 'x'], 'HOME', 'Home', ['Home', 'x']],
    ['to one that comes later', ['Home', 'x', 'HOUSE'], 'home', 'House', ['House', 'x']],
    ['to one that comes earlier', ['HOUSE', 'x', 'Home'], 'home', 'House', ['HOUSE', 'x']],
    ['to nothing', ['a', 'Home', 'z'], 'home', null, ['a', 'z']],
    ['the only one to nothing', ['Home'], 'Home', null, []],
    ['with white space around, and decomposed', ['\u00e9'], ' e\u0301 ', ' E\u0301 ', ['\u00c9']],
    ['of Greek', ['ὈΔΥΣΣΕΎΣ'], 'ὀδυσσεύς', 'Οδυσσέας', ['Οδυσσέας']],
    ['with a slash, a percent sign, a quote and a backslash', ['a/b%c"d\\e'], 'a/b%c"d\\e', '/', ['/']],
    ['of 50 characters', ['🦆'.repeat(50)], '🦆'.repeat(50), '🦢'.repeat(50), ['🦢'.repeat(50)]],
  ])('renames %s', async (_name, labels, label, newLabel, expected) => {
    const user = await api.newUser();
    const before = await user.create({ title: 'x', labels });
    const { status, json } = await rename(user, { label, new_label: newLabel });
    expect([status, json]).toEqual([200, { changed: 1, next_cursor: null }]);
    const [after] = await tasksOf(user);
    expect(after).toEqual({ ...before, labels: expected, version: 2, updated_at: after?.updated_at });
    expect(after?.updated_at).not.toBe(before.updated_at);
  });

  test.each<[string, string | null]>([
    ['Home', 'House'],
    ['straße', 'home'],
    ['ὀδυσσεύς', null],
    ['izmir', 'İZMİR'],
    ['HOME', 'HOME'],
  ])('renames %s to %s as JavaScript does, whatever the tasks', async (label, newLabel) => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const before = await fill(user, randomTasks(100, 11));
    const foreign = await fill(other, randomTasks(20, 12));
    const since = (await user.send('GET', 'task-changes?limit=500')).json.next_since;
    const expected = before.map(({ labels }) => renamed(labels, label, newLabel));
    const touched = before.filter(
      ({ labels }, at) => JSON.stringify(labels) !== JSON.stringify(expected[at]),
    );
    expect((await rename(user, { label, new_label: newLabel })).json).toEqual({
      changed: touched.length,
      next_cursor: null,
    });
    const after = await tasksOf(user);
    expect(after.map(({ labels }) => labels)).toEqual(expected);
    const ids = new Set(touched.map(({ id }) => id));
    for (const [at, task] of before.entries()) {
      if (ids.has(task.id)) expect(after[at]?.version).toBe(task.version + 1);
      else expect(after[at]).toEqual(task);
    }
    // Every one is a change, and nothing else is.
    const { items } = (await user.send('GET', `task-changes?limit=500&since=${since}`)).json;
    expect(items.map(({ task }: { task: Task }) => task.id).sort()).toEqual([...ids].sort());
    expect(ids.size).toBeGreaterThan(0);
    expect(await tasksOf(other)).toEqual(foreign);
  });

  test('a label that no task has changes nothing, and the clock stands still', async () => {
    const user = await api.newUser();
    expect((await rename(user, { label: 'x', new_label: 'y' })).json).toEqual({
      changed: 0,
      next_cursor: null,
    });
    await user.create({ title: 'x', labels: ['a', 'Home'] });
    const [before, tag] = [await tasksOf(user), (await user.send('GET', 'tasks')).headers.get('etag')];
    for (const json of [
      { label: 'Hom', new_label: 'y' },
      { label: 'Home', new_label: 'Home' },
      { label: 'y', new_label: null },
    ]) {
      expect((await rename(user, json)).json).toEqual({ changed: 0, next_cursor: null });
    }
    expect(await tasksOf(user)).toEqual(before);
    expect((await user.send('GET', 'tasks')).headers.get('etag')).toBe(tag);
  });

  test.each<[string, object, (string | number)[], string]>([
    ['no label', { new_label: 'x' }, ['label'], 'required'],
    ['no new label', { label: 'Home' }, ['new_label'], 'required'],
    ['null as label', { label: null, new_label: 'x' }, ['label'], 'type'],
    ['an empty new label', { label: 'Home', new_label: '' }, ['new_label'], 'minLength'],
    ['a blank new label', { label: 'Home', new_label: ' ' }, ['new_label'], 'minLength'],
    ['a comma', { label: 'Home', new_label: 'a,b' }, ['new_label'], 'pattern'],
    ['a control character', { label: 'Home', new_label: 'a\u0007' }, ['new_label'], 'pattern'],
    ['51 characters', { label: 'Home', new_label: '🦆'.repeat(51) }, ['new_label'], 'maxLength'],
    ['a lone surrogate', { label: 'Home', new_label: '\ud800' }, ['new_label'], 'x-text'],
    ['a number', { label: 'Home', new_label: 1 }, ['new_label'], 'type'],
    ['an unknown field', { label: 'Home', new_label: 'x', all: true }, ['all'], 'additionalProperties'],
  ])('refuses %s, and changes nothing', async (_name, json, at, type) => {
    const user = await api.newUser();
    const task = await user.create({ title: 'x', labels: ['Home'] });
    const { status, json: problem } = await rename(user, json);
    expect([status, problem.type]).toEqual([422, '/problems/validation-error']);
    expect(problem.errors).toMatchObject([{ loc: ['body', ...at], type }]);
    expect(await tasksOf(user)).toEqual([task]);
  });

  test('happens once for each Idempotency-Key', async () => {
    const user = await api.newUser();
    await user.create({ title: 'x', labels: ['Home'] });
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await rename(user, { label: ' Home', new_label: 'House' }, headers);
    expect(first.json.changed).toBe(1);
    await user.create({ title: 'y', labels: ['Home'] });
    const again = await rename(user, { new_label: 'House ', label: 'Home' }, headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(await labelsOf(user)).toEqual([['House'], ['Home']]);
    const other = await rename(user, { label: 'Home', new_label: null }, headers);
    expect(other.json.type).toBe('/problems/idempotency-key-reused');
  });

  test('loses no write of others, however they interleave', async () => {
    const user = await api.newUser();
    const tasks = await fill(
      user,
      Array.from({ length: 20 }, () => ({ title: 'x', labels: ['Home', 'kept'] })),
    );
    const since = (await user.send('GET', 'task-changes?limit=500')).json.next_since;
    const writing = tasks.map(async ({ id }) => {
      for (const title of ['1', '2', '3']) await user.send('PATCH', `tasks/${id}`, { json: { title } });
    });
    for (const [label, new_label] of [
      ['Home', 'House'],
      ['House', 'Cabin'],
      ['Cabin', 'Tent'],
    ]) {
      expect((await rename(user, { label, new_label })).json).toEqual({ changed: 20, next_cursor: null });
    }
    await Promise.all(writing);
    const after = await tasksOf(user);
    const expected = after.map(({ title, labels, version }) => ({ title, labels, version }));
    expect(expected).toEqual(tasks.map(() => ({ title: '3', labels: ['Tent', 'kept'], version: 7 })));
    const { items } = (await user.send('GET', `task-changes?limit=500&since=${since}`)).json;
    const followed = new Map(items.map(({ task }: { task: Task }) => [task.id, task]));
    expect(followed).toEqual(new Map(after.map((task) => [task.id, task])));
  });

  // The embedded Postgres is one session: nothing can wait there.
  test.runIf(isRealPostgres)(
    'renames what another write has just labelled, for which it waited',
    async () => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'x' });
      const client = new pg.Client(api.postgres.url);
      await client.connect();
      try {
        await client.query('BEGIN');
        // A pooler chooses the backend when the transaction begins.
        const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
        await client.query('UPDATE owner_clock SET seq = seq + 1 WHERE owner_id = $1', [user.id]);
        await client.query(
          `UPDATE tasks SET labels = '["Home"]', version = 2, change_seq = 2 WHERE owner_id = $1 AND id = $2`,
          [user.id, id],
        );
        const renaming = rename(user, { label: 'Home', new_label: 'House' });
        await expect
          .poll(async () => {
            const query =
              'SELECT count(*)::int AS n FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
            return (await client.query(query, [rows[0].pid])).rows[0].n;
          })
          .toBe(1);
        await client.query('COMMIT');
        expect((await renaming).json).toEqual({ changed: 1, next_cursor: null });
        expect(await labelsOf(user)).toEqual([['House']]);
      } finally {
        await client.end();
      }
    },
  );
});

describe('renameLabel of very many', () => {
  let small: Api;
  beforeAll(async () => {
    small = await startApi(await unswept({ pieces: { rows: 10, clearing: 0, erasing: 0 } }));
  });
  afterAll(() => small.close());

  const home = (count: number) => Array.from({ length: count }, () => ({ title: 'x', labels: ['Home'] }));

  test('takes several requests, of which each continues where the one before ended', async () => {
    const user = await small.newUser();
    await fill(user, [...home(12), ...Array.from({ length: 10 }, () => ({ title: 'y' })), ...home(3)]);
    const json = { label: 'Home', new_label: 'House' };
    const counts: number[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const result = (await rename(user, { ...json, ...(cursor && { cursor }) })).json;
      counts.push(result.changed);
      cursor = result.next_cursor;
      // What is labelled in between is found, too.
      if (counts.length === 1) await user.create({ title: 'late', labels: ['home'] });
    }
    expect(counts).toEqual([10, 2, 4]);
    expect((await labelsOf(user)).flat()).toEqual(Array(16).fill('House'));
  });

  test('is one transaction for each request, in pieces that are changes of their own', async () => {
    const patient = await startApi({
      app: { pieces: { rows: 10, clearing: 60_000, erasing: 0 } },
      logLevel: 'debug',
    });
    try {
      for (const headers of [{}, { 'Idempotency-Key': 'k' }]) {
        const user = await patient.newUser();
        await fill(user, home(34));
        const result = await rename(
          user,
          { label: 'home', new_label: null },
          headers as Record<string, string>,
        );
        expect(result.json).toEqual({ changed: 34, next_cursor: null });
        expect((await labelsOf(user)).flat()).toEqual([]);
      }
    } finally {
      await patient.close();
    }
  });

  test('a cursor continues only the renaming that it came from', async () => {
    const user = await small.newUser();
    await fill(user, home(12));
    const { next_cursor: cursor } = (await rename(user, { label: 'Home', new_label: 'House' })).json;
    const forged = (position: unknown[]) => Buffer.from(JSON.stringify(position)).toString('base64url');
    const [made, at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const refused: [string, string | null, string][] = [
      ['Home', 'Other', cursor],
      ['House', 'House', cursor],
      ['Home', null, cursor],
      ['Home', 'House', 'abc'],
      ['Home', 'House', forged([made, 'infinity', id])],
      ['Home', 'House', forged([made, at, 'x'])],
      ['Home', 'House', (await user.send('GET', 'tasks?limit=1')).json.next_cursor],
    ];
    const before = await tasksOf(user);
    for (const [label, newLabel, given] of refused) {
      const { status } = await rename(user, { label, new_label: newLabel, cursor: given });
      expect([label, newLabel, given, status]).toEqual([label, newLabel, given, 400]);
    }
    expect(await tasksOf(user)).toEqual(before);
    expect((await rename(user, { label: 'Home', new_label: 'House', cursor })).json).toEqual({
      changed: 2,
      next_cursor: null,
    });
  });

  test('is refused while everything is being deleted', async () => {
    const user = await small.newUser();
    await fill(user, home(40));
    expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(202);
    const { status, json } = await rename(user, { label: 'Home', new_label: 'House' });
    expect([status, json.type]).toEqual([409, '/problems/erasure-in-progress']);
  });
});
