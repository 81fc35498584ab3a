// Every sort of the contract reaches every task, page by page, in both directions; what has no
// value for the key comes last in both.

import { sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isDateTime } from '../../src/contract/formats.ts';
import { ownedBy } from '../../src/tasks/fragments.ts';
import { orderBy } from '../../src/tasks/sorts.ts';
import { type Slots, statement } from '../../src/tasks/statement.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { propertiesOf, valuesOf, wordsOf } from '../support/contract-values.ts';

type Key = keyof Task;

describe('a list', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const walk = async (user: User, sort: string): Promise<Task[]> => {
    const tasks: Task[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await user.send('GET', `tasks?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      tasks.push(...page.json.items);
      cursor = page.json.next_cursor;
    }
    return tasks;
  };

  const keys = [...new Set(wordsOf('TaskSort').map((sort) => sort.replace('-', '')))] as Key[];

  test.each(keys)('by %s has every task, those without one last', async (key) => {
    const user = await api.newUser();
    const schema = propertiesOf('TaskCreate').get(key);
    const values = schema === undefined ? Array(5).fill(undefined) : valuesOf(key, schema);
    const given = [...values, ...values, ...(schema?.nullable ? [null, null, null] : [])];
    for (const value of given)
      await user.create({ title: 'x', ...(value !== undefined && { [key]: value }) });
    const [up, down] = [await walk(user, key), await walk(user, `-${key}`)];
    const [some, none] = [up.filter((task) => task[key] !== null), up.filter((task) => task[key] === null)];
    expect(up).toEqual([...some, ...none]);
    expect(down).toEqual([...some.toReversed(), ...none.toReversed()]);
    expect(new Set(up.map(({ id }) => id)).size).toBe(given.length);
  });

  // No sort of the contract has a key that may be null yet.
  test.each([false, true])('by a key that may be null (descending: %s) has every task', async (descends) => {
    const user = await api.newUser();
    for (const completed of [true, false, true, false, false]) await user.create({ title: 'x', completed });
    const beyond = {
      ascending: sql.fragment`'infinity'::timestamptz`,
      descending: sql.fragment`'-infinity'::timestamptz`,
    };
    const { order, after } = orderBy('completed_at', { isKey: isDateTime, beyond }, descends);
    const row = z.object({ key: z.string().nullable(), id: z.string() });
    const columns = sql.fragment`SELECT completed_at AS key, id FROM tasks`;
    const first = statement(
      `first ${descends}`,
      row,
      (slot: Slots<'owner'>) =>
        sql.fragment`${columns} WHERE ${ownedBy(slot, 'tasks')} ORDER BY ${order} LIMIT 1`,
    );
    const next = statement(
      `next ${descends}`,
      row,
      (slot: Slots<'owner' | 'key' | 'id'>) =>
        sql.fragment`${columns} WHERE ${ownedBy(slot, 'tasks')} AND ${after(slot)} ORDER BY ${order} LIMIT 1`,
    );
    const owner = user.id;
    const found = [];
    for (
      let at = await api.database.maybeOne(first({ owner }));
      at !== null;
      at = await api.database.maybeOne(next({ owner, ...at }))
    ) {
      found.push(at);
    }
    expect(found.map(({ key }) => key !== null)).toEqual([true, true, false, false, false]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(5);
    const [a = '', b = ''] = found.map(({ key }) => key ?? '');
    expect(descends ? a > b : a < b).toBe(true);
  });
});
