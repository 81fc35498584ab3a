import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';

const nobody = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

describe('applyTaskBatch', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const apply = (user: User, operations: unknown) =>
    user.send('POST', 'task-batches', { json: { operations } });
  const all = async (user: User): Promise<Task[]> =>
    (await user.send('GET', 'tasks?limit=100&sort=title')).json.items;
  const clockOf = async (owner: string) => {
    const rows = await queryPostgres<{ seq: string }>(
      api.postgres.url,
      'SELECT seq FROM owner_clock WHERE owner_id = $1',
      [owner],
    );
    return Number(rows[0]?.seq ?? 0);
  };

  test('creates, updates and deletes in one go and answers each result in order', async () => {
    const user = await api.newUser();
    const [changing, going] = [await user.create({ title: 'b' }), await user.create({ title: 'c' })];
    const answer = await apply(user, [
      { op: 'create', task: { title: ' a ', completed: true } },
      { op: 'update', id: changing.id, changes: { description: 'changed' }, if_version: 1 },
      { op: 'delete', id: going.id },
    ]);
    expect(answer.status).toBe(200);
    const [created, updated, deleted] = answer.json.results;
    expect(created).toMatchObject({ op: 'create', task: { title: 'a', completed: true, version: 1 } });
    expect(created.task.completed_at).toBe(created.task.created_at);
    expect(updated).toMatchObject({
      op: 'update',
      task: { ...changing, description: 'changed', version: 2, updated_at: expect.any(String) },
    });
    expect(deleted).toEqual({ op: 'delete', id: going.id });
    expect(await all(user)).toEqual([created.task, updated.task]);
    expect((await user.send('GET', `tasks/${changing.id}`)).headers.get('etag')).toBe('"2"');
    // Two creations before, and an own number for each operation.
    expect(await clockOf(user.id)).toBe(5);
  });

  test('is the first write of a user as well as any', async () => {
    const user = await api.newUser();
    const operations = Array.from({ length: 100 }, (_, n) => ({ op: 'create', task: { title: `t${n}` } }));
    const answers = await Promise.all([apply(user, operations), apply(user, operations)]);
    for (const { json } of answers) {
      expect(json.results.map(({ task }: { task: Task }) => task.title)).toEqual(
        operations.map(({ task }) => task.title),
      );
    }
    expect(await clockOf(user.id)).toBe(200);
  });

  describe('keeps the order of the request:', () => {
    const titles = Array.from({ length: 60 }, (_, n) => `t${n}`);
    const creations = titles.map((title) => ({ op: 'create', task: { title } }));
    const titlesOf = (tasks: Task[]) => tasks.map(({ title }) => title);
    interface Change {
      readonly task?: Task;
      readonly id?: string;
    }
    const follow = async (user: User, since?: string) => {
      const items: Change[] = [];
      let token = since;
      for (;;) {
        const query = `limit=7${token === undefined ? '' : `&since=${token}`}`;
        const { json } = await user.send('GET', `task-changes?${query}`);
        items.push(...json.items);
        token = json.next_since as string;
        if (!json.has_more) return { items, since: token };
      }
    };

    test('creations in every list, in the change feed and in the export', async () => {
      const user = await api.newUser();
      await apply(user, creations);
      for (const sort of ['created_at', 'updated_at']) {
        const up = await user.send('GET', `tasks?limit=100&sort=${sort}`);
        expect(titlesOf(up.json.items)).toEqual(titles);
        const down = await user.send('GET', `tasks?limit=100&sort=-${sort}`);
        expect(titlesOf(down.json.items)).toEqual(titles.toReversed());
      }
      expect((await follow(user)).items.map(({ task }) => task?.title)).toEqual(titles);
      const lines = (await user.send('GET', 'task-export')).text.split('\n').filter((line) => line !== '');
      const exported = lines.flatMap((line) => JSON.parse(line).task ?? []);
      expect(titlesOf(exported)).toEqual(titles);
      const times = (await user.send('GET', 'tasks?limit=100&sort=created_at')).json.items.map(
        ({ created_at }: Task) => created_at,
      );
      expect(new Set(times).size).toBe(titles.length);
    });

    test('tasks of one title in the list by title', async () => {
      const user = await api.newUser();
      const operations = titles.map((description) => ({
        op: 'create',
        task: { title: 'same', description },
      }));
      await apply(user, operations);
      const { items } = (await user.send('GET', 'tasks?limit=100&sort=title')).json;
      expect(items.map(({ description }: Task) => description)).toEqual(titles);
    });

    test('changes and deletions, each task in the place of its last operation', async () => {
      const user = await api.newUser();
      const { results } = (await apply(user, creations)).json;
      const ids: string[] = results.map(({ task }: { task: Task }) => task.id);
      const { since } = await follow(user);
      // In an order that is neither that of the ids nor its reverse.
      const order = ids.map((_, n) => ids[(n * 7) % ids.length] ?? '');
      const operations = order.map((id, n) =>
        n % 3 === 0 ? { op: 'delete', id } : { op: 'update', id, changes: { completed: true } },
      );
      const first = { op: 'update', id: order[0], changes: { title: 'first' } };
      const again = { op: 'update', id: order[1], changes: { title: 'again' } };
      const answer = await apply(user, [first, ...operations, again]);
      expect(answer.status).toBe(200);
      const expected = order.flatMap((id, n) => (n === 1 ? [] : id));
      const { items } = await follow(user, since);
      expect(items.map(({ task, id }) => task?.id ?? id)).toEqual([...expected, order[1]]);
      const { json } = await user.send('GET', 'tasks?limit=100&sort=updated_at');
      const left = order.filter((_, n) => n % 3 !== 0 && n !== 1);
      expect(json.items.map(({ id }: Task) => id)).toEqual([...left, order[1]]);
    });
  });

  test('takes a hundred of the largest tasks there can be, and no more', async () => {
    const user = await api.newUser();
    const largest = { title: '\u{1F389}'.repeat(200), description: '\u{1F389}'.repeat(2000) };
    const operations = Array.from({ length: 100 }, () => ({ op: 'create', task: largest }));
    const answer = await apply(user, operations);
    expect(answer.status).toBe(200);
    expect(answer.json.results[99].task).toMatchObject(largest);
    const body = ' '.repeat(2700 * 1024) + JSON.stringify({ operations });
    const headers = { 'Content-Type': 'application/json' };
    const refused = await user.send('POST', 'task-batches', { body, headers });
    expect(refused.status).toBe(413);
    expect(refused.json.detail).toBe('The request body is larger than 2700 kB');
  });

  test('lets an operation see what those before it did to the same task', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'start' });
    const answer = await apply(user, [
      { op: 'update', id, changes: { title: 'one' }, if_version: 1 },
      { op: 'update', id: id.toUpperCase(), changes: { completed: true }, if_version: 2 },
      { op: 'update', id, changes: { completed: false }, if_version: 3 },
      { op: 'delete', id, if_version: 4 },
    ]);
    expect(answer.json.results.map(({ task }: { task?: Task }) => task?.version)).toEqual([
      2,
      3,
      4,
      undefined,
    ]);
    expect(answer.json.results[1].task).toMatchObject({ title: 'one', completed: true });
    expect(await all(user)).toEqual([]);
    const again = await apply(user, [{ op: 'update', id, changes: { title: 'late' } }]);
    expect(again.status).toBe(422);
  });

  describe('refuses all when one cannot be applied, and says which:', () => {
    const refusals: [string, (task: Task, foreign: Task) => unknown, (string | number)[], string][] = [
      ['a task that is not there', () => ({ op: 'delete', id: nobody }), ['id'], 'not_found'],
      [
        "another user's task",
        (_, { id }) => ({ op: 'update', id, changes: { title: 'x' } }),
        ['id'],
        'not_found',
      ],
      [
        "another user's task, with a version",
        (_, { id }) => ({ op: 'delete', id, if_version: 7 }),
        ['id'],
        'not_found',
      ],
      [
        'another version',
        ({ id }) => ({ op: 'delete', id, if_version: 3 }),
        ['if_version'],
        'version_mismatch',
      ],
    ];
    test.each(refusals)('%s', async (_, operation, place, type) => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      const task = await user.create({ title: 'start' });
      const foreign = await other.create({ title: 'foreign' });
      const before = await clockOf(user.id);
      const answer = await apply(user, [
        { op: 'create', task: { title: 'never' } },
        { op: 'update', id: task.id, changes: { title: 'never' } },
        operation(task, foreign),
        { op: 'delete', id: nobody },
      ]);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({
        type: '/problems/batch-not-applicable',
        errors: [{ loc: ['body', 'operations', 2, ...place], type }],
      });
      expect(await all(user)).toEqual([task]);
      expect(await all(other)).toEqual([foreign]);
      expect(await clockOf(user.id)).toBe(before);
    });

    test('the first operation of a user who has nothing', async () => {
      const user = await api.newUser();
      const answer = await apply(user, [{ op: 'delete', id: nobody }]);
      expect(answer.json.errors[0].loc).toEqual(['body', 'operations', 0, 'id']);
      expect(await clockOf(user.id)).toBe(0);
    });
  });

  describe('refuses what breaks the contract, naming the operation:', () => {
    const valid = { op: 'create', task: { title: 'x' } };
    const cases: [string, unknown, unknown[]][] = [
      ['no operation', [], [{ loc: ['body', 'operations'], type: 'minItems' }]],
      ['101 operations', Array(101).fill(valid), [{ loc: ['body', 'operations'], type: 'maxItems' }]],
      [
        'an unknown kind',
        [valid, { op: 'burn', id: nobody }],
        [
          {
            loc: ['body', 'operations', 1, 'op'],
            type: 'enum',
            msg: 'must be one of: create, update, complete, delete, create_list, update_list, delete_list',
          },
        ],
      ],
      ['no kind', [{ id: nobody }], [{ loc: ['body', 'operations', 0, 'op'], type: 'required' }]],
      ['something else than an object', [7], [{ loc: ['body', 'operations', 0], type: 'type' }]],
      [
        'a create without a title',
        [{ op: 'create', task: {} }],
        [{ loc: ['body', 'operations', 0, 'task', 'title'], type: 'required' }],
      ],
      [
        'a create with an id',
        [{ ...valid, id: nobody }],
        [{ loc: ['body', 'operations', 0, 'id'], type: 'additionalProperties' }],
      ],
      [
        'an update without changes',
        [valid, { op: 'update', id: nobody, changes: {} }],
        [{ loc: ['body', 'operations', 1, 'changes'], type: 'minProperties' }],
      ],
      [
        'a delete of what is no id',
        [{ op: 'delete', id: '1; DROP TABLE tasks' }],
        [{ loc: ['body', 'operations', 0, 'id'], type: 'format' }],
      ],
      [
        'a version that is none',
        [{ op: 'delete', id: nobody, if_version: 0 }],
        [{ loc: ['body', 'operations', 0, 'if_version'], type: 'minimum' }],
      ],
      [
        'two faults in two operations',
        [{ op: 'create', task: { title: '  ', colour: 'red' } }, { op: 'delete' }],
        [
          { loc: ['body', 'operations', 0, 'task', 'colour'], type: 'additionalProperties' },
          { loc: ['body', 'operations', 0, 'task', 'title'], type: 'minLength' },
          { loc: ['body', 'operations', 1, 'id'], type: 'required' },
        ],
      ],
    ];
    test.each(cases)('%s', async (_, operations, faults) => {
      const user = await api.newUser();
      const answer = await apply(user, operations);
      expect(answer.status).toBe(422);
      const byPlace = (a: { loc: unknown }, b: { loc: unknown }) =>
        JSON.stringify(a.loc) < JSON.stringify(b.loc) ? -1 : 1;
      expect(answer.json.errors.toSorted(byPlace)).toMatchObject(faults);
      expect(answer.json.errors).toHaveLength(faults.length);
      expect(await all(user)).toEqual([]);
    });
  });

  test('does what the same operations do one by one', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 5, unit: 'grapheme' })
      .filter((s) => s.trim() !== '' && !s.includes('\0'));
    const changes = fc
      .record({ title: text, description: fc.option(text), completed: fc.boolean() }, { requiredKeys: [] })
      .filter((fields) => Object.keys(fields).length > 0);
    const steps = fc.array(
      fc.oneof(
        fc.record({
          op: fc.constant('create' as const),
          task: fc.record({ title: text, completed: fc.boolean() }),
        }),
        fc.record({ op: fc.constant('update' as const), at: fc.nat(2), changes }),
        fc.record({ op: fc.constant('delete' as const), at: fc.nat(2) }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    const content = ({ title, description, completed, completed_at, version }: Task) => ({
      title,
      description,
      completed,
      completedNow: completed_at !== null,
      version,
    });
    const property = fc.asyncProperty(steps, async (plan) => {
      const users = [await api.newUser(), await api.newUser()] as const;
      const [batching, stepping] = await Promise.all(
        users.map(async (user) => {
          const tasks = [];
          for (const title of ['a', 'b', 'c']) tasks.push(await user.create({ title }));
          return { user, tasks };
        }),
      );
      if (!batching || !stepping) throw new Error('two users');
      const batch = await apply(
        batching.user,
        plan.map((step) =>
          step.op === 'create' ? step : { ...step, at: undefined, id: batching.tasks[step.at]?.id },
        ),
      );
      let refused = false;
      const results: unknown[] = [];
      for (const step of plan) {
        const path = step.op === 'create' ? 'tasks' : `tasks/${stepping.tasks[step.at]?.id}`;
        const method = { create: 'POST', update: 'PATCH', delete: 'DELETE' }[step.op];
        const json = step.op === 'create' ? step.task : step.op === 'update' ? step.changes : undefined;
        const answer = await stepping.user.send(method, path, { json });
        if (answer.status === 404) {
          refused = true;
          break;
        }
        results.push(step.op === 'delete' ? null : content(answer.json));
      }
      expect(batch.status).toBe(refused ? 422 : 200);
      if (refused) {
        expect(batch.json.errors[0].loc[2]).toBe(results.length);
        return;
      }
      expect(
        batch.json.results.map((result: { task?: Task }) => (result.task ? content(result.task) : null)),
      ).toEqual(results);
      const [left, leftBySteps] = await Promise.all([all(batching.user), all(stepping.user)]);
      const sorted = (tasks: Task[]) => tasks.map((task) => JSON.stringify(content(task))).sort();
      expect(sorted(left)).toEqual(sorted(leftBySteps));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('races with other writers without losing a change', async () => {
    const user = await api.newUser();
    let { id, version } = await user.create({ title: 'start' });
    for (let round = 0; round < 60; round++) {
      const answers = await Promise.all([
        apply(user, [
          { op: 'create', task: { title: 'beside', completed: true } },
          { op: 'update', id, changes: { title: `batch ${round}` }, if_version: version },
        ]),
        user.send('PUT', `tasks/${id}`, {
          json: { title: `put ${round}`, description: null, completed: false },
          headers: { 'If-Match': `"${version}"` },
        }),
        user.send('DELETE', 'tasks?completed=true'),
      ]);
      expect(
        answers
          .slice(0, 2)
          .map(({ status }) => status)
          .sort(),
      ).toSatisfy(
        ([first, second]) => (first === 200 && second === 412) || (first === 200 && second === 422),
      );
      version += 1;
      expect((await user.send('GET', `tasks/${id}`)).json.version).toBe(version);
    }
  });

  // The embedded Postgres has one session, and so no deadlock.
  test.runIf(isRealPostgres)(
    'waits its turn: writers of the same tasks in any order do not deadlock',
    async () => {
      const postgres = await startOwnPostgres();
      const own = await startApi({ postgres: { ...postgres, close: async () => {} } });
      const user = await own.newUser();
      const [a, b] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
      const change = (...tasks: Task[]) =>
        apply(
          user,
          tasks.map(({ id }) => ({ op: 'update', id, changes: { title: 'x' } })),
        );
      for (let round = 0; round < 15; round++) {
        const answers = await Promise.all([
          ...[change(a, b), change(b, a), change(a, b), change(b, a)],
          ...[a, b, a, b].map(({ id }) => user.send('PATCH', `tasks/${id}`, { json: { title: 'y' } })),
        ]);
        expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      }
      expect((await all(user)).map(({ version }) => version)).toEqual([91, 91]);
      // A connection reports its deadlocks at its end, at the latest.
      await own.close();
      const query = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()';
      expect(await queryPostgres(postgres.url, query)).toEqual([{ deadlocks: 0 }]);
      await postgres.close();
    },
  );
});
