import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { countLabels, fill, inOrderOfKeys, keyOf, randomTasks } from '../support/random-tasks.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** All pages, each of `limit` labels. */
const pagesOf = async (user: User, limit: number) => {
  const pages: { label: string; open: number; total: number }[][] = [];
  let path: string | undefined = `labels?limit=${limit}`;
  while (path !== undefined) {
    const { status, json, headers } = await user.send('GET', path);
    expect([status, json.partial]).toEqual([200, false]);
    pages.push(json.items);
    const [, link] = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
    expect(link === undefined).toBe(json.next_cursor === null);
    path = link;
  }
  return pages;
};

describe('listLabels', () => {
  test('lists the labels of the caller, and of nobody else', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await other.create({ title: 'x', labels: ['secret', 'Home'] });
    expect((await user.send('GET', 'labels')).json).toEqual({ items: [], partial: false, next_cursor: null });
    await user.create({ title: 'a', labels: ['Tax 2025', 'Home'] });
    await user.create({ title: 'b', labels: ['Home'], completed: true });
    const only = await user.create({ title: 'c', labels: ['Once'] });
    const home = { label: 'Home', open: 1, total: 2 };
    const tax = { label: 'Tax 2025', open: 1, total: 1 };
    const listed = async () => (await user.send('GET', 'labels')).json.items;
    expect(await listed()).toEqual([home, { label: 'Once', open: 1, total: 1 }, tax]);
    await user.send('DELETE', `tasks/${only.id}`);
    expect(await listed()).toEqual([home, tax]);
  });

  test('shows the spelling that most tasks have, and of several the first by code point', async () => {
    const user = await api.newUser();
    await fill(
      user,
      ['home', 'HOME', 'Home', 'Home', 'b', 'B'].map((label) => ({ title: 'x', labels: [label] })),
    );
    expect((await user.send('GET', 'labels')).json.items).toEqual([
      { label: 'B', open: 2, total: 2 },
      { label: 'Home', open: 4, total: 4 },
    ]);
  });

  test.each([1, 3, 100])('counts as JavaScript does, in pages of %d', async (limit) => {
    const user = await api.newUser();
    const tasks = await fill(user, randomTasks(300, limit));
    const open = new Map(
      countLabels(tasks.filter(({ completed }) => !completed)).map(({ key, count }) => [key, count]),
    );
    const expected = countLabels(tasks)
      .toSorted(inOrderOfKeys)
      .map(({ key, label, count }) => ({ label, open: open.get(key) ?? 0, total: count }));
    const pages = await pagesOf(user, limit);
    expect(pages.flat()).toEqual(expected);
    expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    // Or the letter case would show nothing.
    expect(new Set(tasks.flatMap(({ labels }) => labels)).size).toBeGreaterThan(expected.length);
  });

  test('continues after a label that is gone, and neither repeats nor skips another one', async () => {
    const user = await api.newUser();
    const tasks = await fill(
      user,
      ['a', 'b', 'c', 'd'].map((label) => ({ title: 'x', labels: [label] })),
    );
    const first = (await user.send('GET', 'labels?limit=2')).json;
    await user.send('DELETE', `tasks/${tasks[1]?.id}`);
    const second = (await user.send('GET', `labels?limit=2&cursor=${first.next_cursor}`)).json;
    expect([...first.items, ...second.items].map(({ label }) => keyOf(label))).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each([
    ['?limit=0', 422],
    ['?limit=501', 422],
    ['?sort=title', 422],
    ['?cursor=', 422],
    ['?cursor=abc', 400],
    [`?cursor=${btoa('["a\\u0000"]')}`, 400],
    [`?cursor=${btoa('["\\ud800"]')}`, 400],
    [`?cursor=${btoa('[1]')}`, 400],
    [`?cursor=${btoa(JSON.stringify(['x'.repeat(401)]))}`, 400],
  ])('refuses %s', async (query, status) => {
    const user = await api.newUser();
    expect((await user.send('GET', `labels${query}`)).status).toBe(status);
  });

  test("refuses a cursor of a list of tasks, and takes another user's for a place", async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    for (const label of ['a', 'b', 'c']) await user.create({ title: 'x', labels: [label] });
    await other.create({ title: 'x', labels: ['bb'] });
    const { next_cursor: ofTasks } = (await user.send('GET', 'tasks?limit=1')).json;
    expect((await user.send('GET', `labels?cursor=${ofTasks}`)).status).toBe(400);
    const { next_cursor: stolen } = (await user.send('GET', 'labels?limit=2')).json;
    expect((await other.send('GET', `labels?cursor=${stolen}`)).json.items).toEqual([
      { label: 'bb', open: 1, total: 1 },
    ]);
  });

  test('has an entity tag of the page and the latest change', async () => {
    const user = await api.newUser();
    for (const label of ['a', 'b', 'c']) await user.create({ title: 'x', labels: [label] });
    const { next_cursor: cursor } = (await user.send('GET', 'labels?limit=1')).json;
    const pages = ['labels', 'labels?limit=1', `labels?limit=1&cursor=${cursor}`];
    const tags: string[] = [];
    for (const page of pages) tags.push((await user.send('GET', page)).headers.get('etag') ?? '');
    expect(new Set(tags).size).toBe(3);
    for (const [at, page] of pages.entries()) {
      const headers = { 'If-None-Match': tags[at] ?? '' };
      const unchanged = await user.send('GET', page, { headers });
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
      expect(
        (await user.send('GET', page, { headers: { 'If-None-Match': tags[(at + 1) % 3] ?? '' } })).status,
      ).toBe(200);
    }
    await user.create({ title: 'x' });
    expect((await user.send('GET', 'labels', { headers: { 'If-None-Match': tags[0] ?? '' } })).status).toBe(
      200,
    );
  });
});
