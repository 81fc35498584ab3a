// Every sort of the contract reaches every task, page by page, in both directions; what has no
// value for the key comes last in both.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
});
