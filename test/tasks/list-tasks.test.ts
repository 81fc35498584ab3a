import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';

const titles = (items: readonly Task[]) => items.map(({ title }) => title);

/** Every task of a list, page by page, following the Link header. */
const walk = async (user: User, query: string, eachPage = async () => {}): Promise<Task[]> => {
  const items: Task[] = [];
  let path = `tasks?${query}`;
  for (;;) {
    const page = await user.send('GET', path);
    expect(page.status).toBe(200);
    items.push(...page.json.items);
    await eachPage();
    const link = page.headers.get('link');
    expect(link === null).toBe(page.json.next_cursor === null);
    if (link === null) return items;
    path = /^<([^>]+)>; rel="next"$/.exec(link)?.[1] ?? '';
    expect(new URL(path, api.url).searchParams.get('cursor')).toBe(page.json.next_cursor);
  }
};

let api: Api;

describe('listTasks', () => {
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('is empty at first, then newest first', async () => {
    const user = await api.newUser();
    expect((await user.send('GET', 'tasks')).json).toEqual({ items: [], next_cursor: null });
    for (const title of ['a', 'b', 'c']) await user.create({ title });
    const list = await user.send('GET', 'tasks');
    expect(titles(list.json.items)).toEqual(['c', 'b', 'a']);
    expect(list.headers.get('link')).toBeNull();
  });

  test('answers 50 tasks when no limit is given, and a whole page without a next one', async () => {
    const user = await api.newUser();
    for (let n = 0; n < 51; n++) await user.create({ title: `t${n}` });
    const list = await user.send('GET', 'tasks');
    expect(list.json.items).toHaveLength(50);
    expect(list.json.next_cursor).not.toBeNull();
    expect((await user.send('GET', 'tasks?limit=51')).json.next_cursor).toBeNull();
  });

  test.each([
    ['created_at', ['b', 'C', 'a']],
    ['-created_at', ['a', 'C', 'b']],
    ['updated_at', ['C', 'a', 'b']],
    ['-updated_at', ['b', 'a', 'C']],
    ['title', ['C', 'a', 'b']],
    ['-title', ['b', 'a', 'C']],
  ])('sorts by %s', async (sort, expected) => {
    const user = await api.newUser();
    const first = await user.create({ title: 'b' });
    await user.create({ title: 'C' });
    await user.create({ title: 'a' });
    await user.send('PATCH', `tasks/${first.id}`, { json: { description: 'x' } });
    expect(titles((await user.send('GET', `tasks?sort=${sort}`)).json.items)).toEqual(expected);
    expect(titles(await walk(user, `sort=${sort}&limit=1`))).toEqual(expected);
  });

  test('filters by completed', async () => {
    const user = await api.newUser();
    await user.create({ title: 'open' });
    await user.create({ title: 'done', completed: true });
    expect(titles((await user.send('GET', 'tasks?completed=true')).json.items)).toEqual(['done']);
    expect(titles((await user.send('GET', 'tasks?completed=false')).json.items)).toEqual(['open']);
  });

  test.each([
    ['milk', ['Buy MILK']],
    ['GRÜNE', ['grüne Äpfel']],
    ['äpfel', ['grüne Äpfel']],
    ['МОЛОКО', ['купить молоко']],
    ['ΛΌΓΟΣ', ['ο λόγος του']],
    ['οδυσσευς', ['ΟΔΥΣΣΕΥΣ']],
    ['%', ['100% sure']],
    ['_', ['snake_case']],
    ['\\', ['back\\slash']],
    ['cellar', ['in the description']],
    ["'; DROP TABLE tasks; --", []],
    [' ', ['100% sure', 'Buy MILK', 'grüne Äpfel', 'in the description', 'ο λόγος του', 'купить молоко']],
  ])('finds %s in title and description', async (q, expected) => {
    const user = await api.newUser();
    const all = [
      ...['Buy MILK', 'grüne Äpfel', 'купить молоко', 'ο λόγος του', 'ΟΔΥΣΣΕΥΣ'],
      ...['100% sure', 'snake_case', 'back\\slash'],
    ];
    for (const title of all) await user.create({ title });
    await user.create({ title: 'in the description', description: 'down in the CELLAR' });
    const list = await user.send('GET', `tasks?q=${encodeURIComponent(q)}`);
    expect(titles(list.json.items).sort()).toEqual(expected);
  });

  test('filters go on through the pages', async () => {
    const user = await api.newUser();
    for (let n = 0; n < 12; n++)
      await user.create({ title: `${n % 2 ? 'odd' : 'even'} & ${n}`, completed: n % 3 === 0 });
    const found = await walk(user, 'q=odd%20%26&completed=false&limit=1&sort=title');
    expect(titles(found)).toEqual(['odd & 1', 'odd & 11', 'odd & 5', 'odd & 7']);
  });

  test('tasks with the same sort key follow each other by id, each once', async () => {
    const user = await api.newUser();
    await Promise.all(Array.from({ length: 25 }, () => user.create({ title: 'same' })));
    for (const sort of ['title', '-title']) {
      const ids = (await walk(user, `sort=${sort}&limit=4`)).map(({ id }) => id);
      expect(ids).toHaveLength(25);
      expect(ids).toEqual(sort === 'title' ? ids.toSorted() : ids.toSorted().reverse());
    }
  });

  test.each(['created_at', '-created_at', 'updated_at', '-updated_at', 'title', '-title'])(
    'a walk by %s meets each task that stays once, while others come and go',
    async (sort) => {
      const user = await api.newUser();
      const staying: Task[] = [];
      const leaving: Task[] = [];
      for (let n = 0; n < 30; n++) {
        const task = await user.create({ title: `t${(n * 7919) % 100}`, completed: n % 2 === 0 });
        (n % 3 === 0 ? leaving : staying).push(task);
      }
      const walked = await walk(user, `sort=${sort}&limit=3`, async () => {
        const victim = leaving.shift();
        await Promise.all([
          user.create({ title: `new ${Math.random()}` }),
          ...(victim ? [user.send('DELETE', `tasks/${victim.id}`)] : []),
        ]);
      });
      const ids = walked.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => staying.some((task) => task.id === id)).length).toBe(staying.length);
      expect(ids).toEqual(expect.arrayContaining(staying.map(({ id }) => id)));
    },
  );

  test.each([
    ['limit=0', 'limit', 'minimum'],
    ['limit=101', 'limit', 'maximum'],
    ['limit=-1', 'limit', 'minimum'],
    ['limit=1.5', 'limit', 'type'],
    ['limit=ten', 'limit', 'type'],
    ['limit=0x10', 'limit', 'type'],
    ['limit=1e1', 'limit', 'type'],
    ['limit=%2B5', 'limit', 'type'],
    ['limit=%205', 'limit', 'type'],
    ['limit=05', 'limit', 'type'],
    ['completed=True', 'completed', 'type'],
    ['limit=', 'limit', 'type'],
    ['limit=1&limit=2', 'limit', 'type'],
    ['completed=maybe', 'completed', 'type'],
    ['completed', 'completed', 'type'],
    ['completed=true&completed=false', 'completed', 'type'],
    ['sort=owner_id', 'sort', 'enum'],
    ['sort=', 'sort', 'enum'],
    ['sort=title%20desc', 'sort', 'enum'],
    ['q=', 'q', 'minLength'],
    ['q=%00', 'q', 'x-text'],
    [`q=${'x'.repeat(201)}`, 'q', 'maxLength'],
    ['cursor=', 'cursor', 'minLength'],
    ['offset=10', 'offset', 'additionalProperties'],
    ['__proto__=1', '__proto__', 'additionalProperties'],
    ['constructor=1', 'constructor', 'additionalProperties'],
    ['q[a]=1', 'q[a]', 'additionalProperties'],
  ])('refuses ?%s', async (query, name, type) => {
    const user = await api.newUser();
    const refused = await user.send('GET', `tasks?${query}`);
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([{ loc: ['query', name], msg: expect.any(String), type }]);
  });

  describe('a cursor', () => {
    let user: User;
    let cursor: string;
    beforeAll(async () => {
      user = await api.newUser();
      for (const title of ['a', 'b', 'c']) await user.create({ title });
      cursor = (await user.send('GET', 'tasks?limit=1')).json.next_cursor;
    });

    test.each(['&sort=title', '&sort=created_at', '&completed=false', '&q=a'])(
      'cannot be carried over to %s',
      async (query) => {
        const refused = await user.send('GET', `tasks?cursor=${cursor}${query}`);
        expect(refused.status).toBe(400);
        expect(refused.json.type).toBe('/problems/malformed-request');
      },
    );

    test('may be used with another limit', async () => {
      expect(titles((await user.send('GET', `tasks?cursor=${cursor}&limit=100`)).json.items)).toEqual([
        'b',
        'a',
      ]);
    });

    test('of one owner shows another owner nothing but their own tasks', async () => {
      const other = await api.newUser();
      expect((await other.send('GET', `tasks?cursor=${cursor}`)).json.items).toEqual([]);
    });

    const forged = (change: (parts: [string, string, string]) => unknown): string => {
      const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
      return Buffer.from(JSON.stringify(change(parts))).toString('base64url');
    };

    test.each<[string, () => string]>([
      ['garbage', () => 'garbage'],
      ['JSON of another shape', () => Buffer.from('{"a":1}').toString('base64url')],
      ['null', () => Buffer.from('null').toString('base64url')],
      ['cut off', () => cursor.slice(0, 20)],
      ['a date that does not exist', () => forged(([f, , id]) => [f, '2026-02-30T00:00:00.000000Z', id])],
      ['the year 0', () => forged(([f, , id]) => [f, '0000-01-01T00:00:00.000000Z', id])],
      ['no date', () => forged(([f, , id]) => [f, 'infinity', id])],
      ['SQL', () => forged(([f, , id]) => [f, "'; DROP TABLE tasks; --", id])],
      ['an id that is none', () => forged(([f, key]) => [f, key, 'x'])],
      ['too long a list', () => forged((parts) => [...parts, 1])],
    ])('that is %s is 400', async (_name, make) => {
      const refused = await user.send('GET', `tasks?cursor=${make()}`);
      expect(refused.status).toBe(400);
      expect(refused.json.type).toBe('/problems/malformed-request');
    });
  });
});
