import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { countLabels, fill, inOrderOfKeys, isBefore, randomTasks } from '../support/random-tasks.ts';
import { unswept } from '../support/unswept.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const summaryOf = async (user: User, at?: string) => {
  const query = at === undefined ? '' : `?overdue_at=${encodeURIComponent(at)}`;
  const { status, json } = await user.send('GET', `task-summary${query}`);
  expect(status).toBe(200);
  return json;
};

const nothing = {
  open: 0,
  completed: 0,
  overdue: null,
  without_due: 0,
  by_priority: { none: 0, low: 0, medium: 0, high: 0, urgent: 0 },
  by_label: [],
  by_list: [],
  partial: false,
};

describe('getTaskSummary', () => {
  test('counts the tasks of the caller, and of nobody else', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    expect(await summaryOf(user)).toEqual(nothing);
    expect(await summaryOf(user, '2026-03-01T00:00:00Z')).toEqual({ ...nothing, overdue: 0 });
    await user.create({ title: 'a', due: '2026-02-28', labels: ['Home', 'Tax'], priority: 'high' });
    await user.create({ title: 'b', labels: ['home'] });
    await user.create({ title: 'c', labels: ['home'], completed: true, due: '2026-02-28' });
    const expected = {
      open: 2,
      completed: 1,
      overdue: 1,
      without_due: 1,
      by_priority: { ...nothing.by_priority, none: 1, high: 1 },
      by_label: [
        { label: 'Home', open: 2 },
        { label: 'Tax', open: 1 },
      ],
      by_list: [{ list_id: null, open: 2 }],
      partial: false,
    };
    expect(await summaryOf(user, '2026-03-01T00:00:00Z')).toEqual(expected);
    expect(await summaryOf(user)).toEqual({ ...expected, overdue: null });
    expect(await summaryOf(other, '2026-03-01T00:00:00Z')).toEqual({ ...nothing, overdue: 0 });
  });

  test('counts as JavaScript does, whatever the tasks and the time', async () => {
    const user = await api.newUser();
    const tasks = await fill(user, randomTasks(300, 7));
    const open = tasks.filter(({ completed }) => !completed);
    const labels = countLabels(open)
      .toSorted((a, b) => b.count - a.count || inOrderOfKeys(a, b))
      .map(({ label, count }) => ({ label, open: count }));
    const times = [
      '2026-03-15T12:00:00Z',
      '2026-03-29T03:30:00+02:00',
      '2026-10-25T02:30:00.000000+01:00',
      '2026-10-25T01:30:00.5Z',
      '2026-11-01T00:00:00-15:59',
      '2026-11-01t23:59:07+15:59',
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999Z',
    ];
    const seen = new Set<number>();
    for (const at of times) {
      const overdue = open.filter(({ due }) => due !== null && isBefore(due, at.toUpperCase())).length;
      seen.add(overdue);
      expect([at, await summaryOf(user, at)]).toEqual([
        at,
        {
          open: open.length,
          completed: tasks.length - open.length,
          overdue,
          without_due: open.filter(({ due }) => due === null).length,
          by_priority: Object.fromEntries(
            ['none', 'low', 'medium', 'high', 'urgent'].map((name) => [
              name,
              open.filter(({ priority }) => priority === name).length,
            ]),
          ),
          by_label: labels,
          by_list: [{ list_id: null, open: open.length }],
          partial: false,
        },
      ]);
    }
    // The times divide the tasks, or they would show nothing.
    expect(seen.size).toBeGreaterThan(4);
  });

  test.each([
    ['2026-03-01', '2026-03-01T23:59:59.999999Z', false],
    ['2026-03-01', '2026-03-02T00:00:00+14:00', true],
    ['2026-03-01', '2026-03-01T23:00:00-01:00', false],
    ['2026-03-01T09:30', '2026-03-01T09:30:00Z', false],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000000Z', false],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000001Z', true],
    ['2026-03-01T09:30', '2026-03-01T09:30:01-08:00', true],
    ['2026-03-01T09:30:15', '2026-03-01T09:30:15.000Z', false],
    ['2026-03-01T09:30:15', '2026-03-01T09:30:15.100Z', true],
    ['2026-03-01T09:30:15', '2026-03-01T09:30:00.500Z', false],
    ['2026-03-01T00:00', '2026-03-01T00:00:00Z', false],
    ['2026-03-01T09:30[Europe/Berlin]', '2026-03-01T08:30:00Z', false],
    ['2026-03-01T09:30[Europe/Berlin]', '2026-03-01T00:30:00.000001-08:00', true],
  ])('a task that is due %s is overdue at %s: %s', async (due, at, isOverdue) => {
    const user = await api.newUser();
    await user.create({ title: 'x', due });
    expect((await summaryOf(user, at)).overdue).toBe(isOverdue ? 1 : 0);
    await user.send('PATCH', `tasks/${(await user.send('GET', 'tasks')).json.items[0].id}/complete`);
    expect((await summaryOf(user, at)).overdue).toBe(0);
  });

  test.each([
    '2026-03-01',
    '2026-03-01T09:30',
    '2026-03-01T09:30:00',
    '2026-03-01T09:30:00+24:00',
    '0000-12-31T20:00:00-05:00',
    '2026-02-30T00:00:00Z',
    'now',
    '',
  ])('refuses overdue_at=%s', async (at) => {
    const user = await api.newUser();
    const { status, json } = await user.send('GET', `task-summary?overdue_at=${encodeURIComponent(at)}`);
    expect([status, json.errors[0].loc]).toEqual([422, ['query', 'overdue_at']]);
  });

  test('an offset whose plus sign is not encoded is refused, not read as another time', async () => {
    const user = await api.newUser();
    expect((await user.send('GET', 'task-summary?overdue_at=2026-03-01T09:30:00+01:00')).status).toBe(422);
  });

  test('lists the hundred most frequent labels', async () => {
    const user = await api.newUser();
    const names = Array.from({ length: 110 }, (_, n) => `l${String(n).padStart(3, '0')}`);
    await fill(user, [
      { title: 'x', labels: ['zz'] },
      { title: 'x', labels: ['zz', 'l105'] },
      ...names.map((name) => ({ title: 'x', labels: [name] })),
    ]);
    const { by_label: labels } = await summaryOf(user);
    expect(labels).toHaveLength(100);
    expect(labels.slice(0, 3)).toEqual([
      { label: 'l105', open: 2 },
      { label: 'zz', open: 2 },
      { label: 'l000', open: 1 },
    ]);
  });

  test('has an entity tag of the query and the latest change', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    for (const one of [user, other]) await one.create({ title: 'x' });
    const get = (one: User, query: string, tag?: string) =>
      one.send('GET', `task-summary${query}`, tag === undefined ? {} : { headers: { 'If-None-Match': tag } });
    const tagOf = async (one: User, query: string) => (await get(one, query)).headers.get('etag') ?? '';
    const [at, later] = ['?overdue_at=2026-03-01T00:00:00Z', '?overdue_at=2026-03-01T00:00:01Z'];
    const tag = await tagOf(user, at);
    for (const header of [tag, `"other", ${tag.slice(2)}`, '*']) {
      const unchanged = await get(user, at, header);
      expect([unchanged.status, unchanged.text, unchanged.headers.get('etag')]).toEqual([304, '', tag]);
    }
    const tags = [tag, await tagOf(user, ''), await tagOf(user, later), await tagOf(other, at)];
    tags.push((await user.send('GET', 'tasks')).headers.get('etag') ?? '');
    tags.push((await user.send('GET', 'labels')).headers.get('etag') ?? '');
    expect(new Set(tags).size).toBe(6);
    expect((await get(user, later, tag)).status).toBe(200);
    await user.create({ title: 'y' });
    const changed = await get(user, at, tag);
    expect([changed.status, changed.json.open]).toEqual([200, 2]);
    expect((await get(other, at, tags[3])).status).toBe(304);
  });
});

describe('getTaskSummary of more than is counted', () => {
  const startWith = (tasks: number, labels: number) =>
    startApi({ app: { pieces: { rows: 10, clearing: 0, erasing: 0, counts: { tasks, labels } } } });

  test.each([
    ['open', { open: 4, completed: 0 }, true],
    ['completed', { open: 0, completed: 4 }, true],
    ['neither', { open: 3, completed: 3 }, false],
  ])('says so where it leaves out tasks: %s', async (_name, counts, partial) => {
    const small = await startWith(3, 1_000_000);
    try {
      const user = await small.newUser();
      for (let n = 0; n < counts.open + counts.completed; n++) {
        await user.create({ title: 'x', labels: [`l${n}`], completed: n >= counts.open });
      }
      expect(await summaryOf(user)).toMatchObject({ ...counts, partial });
      await user.create({ title: 'latest', labels: ['latest'] });
      const { open, by_label: labels } = await summaryOf(user);
      expect(open).toBeLessThanOrEqual(4);
      expect(labels.map(({ label }: { label: string }) => label)).toContain('latest');
    } finally {
      await small.close();
    }
  });

  test('leaves out the labels of the oldest tasks where there are too many of them', async () => {
    const small = await startWith(100, 800);
    try {
      const user = await small.newUser();
      const labels = Array.from({ length: 5 }, (_, n) => `label ${n}`);
      for (const name of ['oldest', 'old', 'new', 'newest']) {
        await user.create({ title: name, labels: [name, ...labels] });
      }
      const { open, by_priority: priorities, by_label: counted, partial } = await summaryOf(user);
      expect({ open, none: priorities.none, partial }).toEqual({ open: 4, none: 4, partial: true });
      const names = counted.map(({ label }: { label: string }) => label);
      expect(names).toContain('newest');
      expect(names).not.toContain('oldest');
      const listed = (await user.send('GET', 'labels')).json;
      expect(listed.partial).toBe(true);
      expect(listed.items.map(({ label }: { label: string }) => label)).not.toContain('oldest');
    } finally {
      await small.close();
    }
  });

  test('shows nothing while everything is being deleted', async () => {
    const small = await startApi(await unswept({ pieces: { rows: 10, clearing: 0, erasing: 0 } }));
    try {
      const user = await small.newUser();
      await fill(
        user,
        Array.from({ length: 40 }, () => ({ title: 'x', labels: ['Home'] })),
      );
      expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(202);
      const left = await user.send('GET', 'task-summary');
      expect(left.json).toEqual(nothing);
      expect((await user.send('GET', 'labels')).json).toEqual({
        items: [],
        partial: false,
        next_cursor: null,
      });
    } finally {
      await small.close();
    }
  });
});
