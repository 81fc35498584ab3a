// A stored time zone that the database no longer knows, as after an update of its time zone data:
// it means UTC, and one such task does not break the owner's lists.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi({ logLevel: 'debug' });
  user = await api.newUser();
  const at = '2026-03-01T09:30[Europe/Berlin]';
  const operations = ['unknown', 'berlin'].map((title) => ({
    op: 'create',
    task: { title, due: at, start: at },
  }));
  const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
  await queryPostgres(api.postgres.url, 'UPDATE tasks SET due = $1, start = $1 WHERE id = $2', [
    '2026-03-01T09:30[US/Pacific-New]',
    results[0].task.id,
  ]);
});
afterAll(() => api.close());

const titlesOf = async (path: string): Promise<string[]> => {
  const { status, json } = await user.send('GET', path);
  expect([path, status, json.detail]).toEqual([path, 200, undefined]);
  return json.items.map(({ title }: { title: string }) => title).sort();
};

// At 09:30 in Berlin, which is 08:30 in UTC, and at 09:30 in UTC.
const times = [
  ['2026-03-01T08:30:00Z', [], ['berlin']],
  ['2026-03-01T08:30:01Z', ['berlin'], ['berlin']],
  ['2026-03-01T09:30:00Z', ['berlin'], ['berlin', 'unknown']],
  ['2026-03-01T09:30:01Z', ['berlin', 'unknown'], ['berlin', 'unknown']],
] as const;

test.each(times)(
  'at %s, the unknown zone is UTC and the others are themselves',
  async (at, overdue, available) => {
    for (const sort of ['created_at', 'due', '-due', 'priority']) {
      expect(await titlesOf(`tasks?overdue_at=${at}&sort=${sort}`)).toEqual(overdue);
      expect(await titlesOf(`tasks?available_at=${at}&sort=${sort}`)).toEqual(available);
    }
    expect(await titlesOf(`tasks?overdue_at=${at}&available_at=${at}`)).toEqual(overdue);
    const { status, json } = await user.send('GET', `task-summary?overdue_at=${at}`);
    expect([status, json.open, json.overdue]).toEqual([200, 2, overdue.length]);
  },
);

test('a list goes on to the next page, and has the same tag again', async () => {
  const path = 'tasks?overdue_at=2026-03-02T00:00:00Z&sort=due&limit=1';
  const first = await user.send('GET', path);
  const second = await user.send('GET', `${path}&cursor=${first.json.next_cursor}`);
  const titles = [...first.json.items, ...second.json.items].map(({ title }) => title);
  expect([titles.sort(), second.json.next_cursor]).toEqual([['berlin', 'unknown'], null]);
  const again = await user.send('GET', path, {
    headers: { 'If-None-Match': first.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});

test('the zones are looked up only for the owner of such a task, and for a time of reference', async () => {
  const other = await api.newUser();
  await other.create({ title: 'x', due: '2026-03-01T09:30[Europe/Berlin]' });
  // The statements that succeeded.
  const statementsOf = async (owner: User, path: string) => {
    const { status, headers } = await owner.send('GET', path);
    expect([path, status]).toEqual([path, 200]);
    const id = headers.get('x-request-id');
    return api.logs
      .filter((line) => line.msg === 'database' && line.request_id === id)
      .map(({ statement }) => statement);
  };
  const [at, tasks, summary] = ['overdue_at=2026-03-02T00:00:00Z', 'tasks?q=x', 'task-summary'];
  const lookedUp = (name: string) => [`${name}:unknown_zones`];
  for (const owner of [user, other]) {
    expect(await statementsOf(owner, tasks)).toEqual(['list_tasks:-created_at:filtered']);
    expect(await statementsOf(owner, summary)).toEqual(['get_task_summary']);
  }
  const list = 'list_tasks:-created_at:completed:filtered';
  expect(await statementsOf(other, `${tasks}&${at}`)).toEqual([list]);
  expect(await statementsOf(other, `${summary}?${at}`)).toEqual(['get_task_summary']);
  expect(await statementsOf(user, `tasks?${at}`)).toEqual(lookedUp(list));
  expect(await statementsOf(user, `${summary}?${at}`)).toEqual(lookedUp('get_task_summary'));
});
