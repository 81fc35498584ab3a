// Searches over more than one page may look at: what they find, page by page, against a filter of
// the test's own; and what one page costs at most, whatever the texts and the needle are.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { owner, statementsOf } from '../contract/store-calls.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startEmptyPostgres, startPostgres } from '../support/postgres.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect } = await import(client);

interface Text {
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
}

/** A generator of numbers below 1, the same in each run. */
const numbers = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

const insert = (api: Api, user: User, texts: readonly Text[]) =>
  queryPostgres(
    api.postgres.url,
    `INSERT INTO tasks (owner_id, title, description, completed, completed_at, created_at, updated_at, change_seq)
     SELECT $1, text->>'title', text->>'description', (text->>'completed')::boolean,
       CASE WHEN (text->>'completed')::boolean THEN now() END, now() - n * interval '1 second',
       now() - (n * 7919 % 5003) * interval '1 second', n
     FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS texts (text, n)`,
    [user.id, JSON.stringify(texts)],
  );

/** Every page of a list. */
const pagesOf = async (user: User, query: string): Promise<Task[][]> => {
  const pages: Task[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, json } = await user.send('GET', `tasks?${query}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(json.items);
    cursor = json.next_cursor;
  }
  return pages;
};

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('a search through very many tasks', () => {
  const letters = [...'aAbB %_\\.*ßẞжЖσςΣ', '😀', 'é'];
  const random = numbers(12);
  const word = (length: number) =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  const texts: Text[] = Array.from({ length: 6500 }, (_, n) => ({
    title: `${word(1 + Math.floor(random() * 12))}${n}`,
    description: random() < 0.3 ? null : word(Math.floor(random() * (n % 20 === 0 ? 1500 : 40))),
    completed: n % 3 === 0,
  }));
  const fold = (text: string) => text.toLowerCase().replaceAll('ς', 'σ');
  const matching = (q: string, completed?: boolean) =>
    texts
      .filter((text) => completed === undefined || text.completed === completed)
      .filter(
        ({ title, description }) =>
          fold(title).includes(fold(q)) || fold(description ?? '').includes(fold(q)),
      )
      .map(({ title }) => title)
      .sort();
  let user: User;
  beforeAll(async () => {
    user = await api.newUser();
    await insert(api, user, texts);
  });

  test.each(['-created_at', 'created_at', 'updated_at', '-updated_at', 'title', '-title'])(
    'by %s finds each task that has the text, once',
    async (sort) => {
      for (const q of [word(3), word(2)]) {
        const query = `q=${encodeURIComponent(q)}&sort=${sort}&limit=100`;
        const found = (await pagesOf(user, query)).flat().map(({ title }) => title);
        expect(found.sort(), q).toEqual(matching(q));
        const completed = (await pagesOf(user, `${query}&completed=true`)).flat();
        expect(completed.map(({ title }) => title).sort(), q).toEqual(matching(q, true));
      }
    },
  );

  test('finds what it passes over in the order of the list', async () => {
    const titles = (await pagesOf(user, 'q=a&sort=title&limit=100')).flat().map(({ title }) => title);
    expect(titles).toEqual(titles.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  test('for what is not there ends after some empty pages', async () => {
    const pages = await pagesOf(user, 'q=zebra');
    expect(pages.length).toBeGreaterThanOrEqual(2);
    expect(pages.length).toBeLessThanOrEqual(4);
    expect(pages.flat()).toEqual([]);
  });

  test('is walked to its end by the client', async () => {
    const tasks = connect({ serverUrl: api.url, token: user.token });
    await user.create({ title: 'a zebra' });
    await insert(api, user, [{ title: 'another zebra', description: null, completed: false }]);
    await queryPostgres(
      api.postgres.url,
      `UPDATE tasks SET created_at = '2001-01-01' WHERE owner_id = $1 AND title = 'another zebra'`,
      [user.id],
    );
    const found: string[] = [];
    for await (const { title } of tasks.listTasks({ q: 'ZEBRA' })) found.push(title);
    expect(found).toEqual(['a zebra', 'another zebra']);
  });

  test('has an entity tag for each page', async () => {
    const path = 'tasks?q=crocodile';
    const first = await user.send('GET', path);
    const second = await user.send('GET', `${path}&cursor=${first.json.next_cursor}`);
    expect([first.json.items, second.json.items]).toEqual([[], []]);
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'));
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    expect((await user.send('GET', path, { headers })).status).toBe(304);
    expect((await user.send('GET', `${path}&cursor=${first.json.next_cursor}`, { headers })).status).toBe(
      200,
    );
  });

  test('of the completed ones by title passes over no more than a page may', async () => {
    const open = await api.newUser();
    const many = Array.from({ length: 5200 }, (_, n) => ({
      title: n === 5199 ? 'z' : `a${n}`,
      description: null,
      completed: n === 5199,
    }));
    await insert(api, open, many);
    const pages = await pagesOf(open, 'completed=true&sort=title');
    expect(pages.map((page) => page.map(({ title }) => title))).toEqual([[], ['z']]);
    expect(await pagesOf(open, 'completed=true')).toHaveLength(1);
  });
});

describe('long texts', () => {
  test('count for more: a page passes over fewer of them', async () => {
    const user = await api.newUser();
    const long = { title: 't', description: '😀'.repeat(2000), completed: false };
    await insert(api, user, [...Array.from({ length: 500 }, () => long)]);
    const pages = await pagesOf(user, `q=${encodeURIComponent(`${'😀'.repeat(100)}x`)}`);
    // 8,400 of 2,000,000 for each.
    expect(pages).toHaveLength(3);
  });
});

// The embedded Postgres compares bytes one by one, and its processor time cannot be told apart.
describe.skipIf(!isRealPostgres)('the worst texts and needles', () => {
  test('cost a few times what others cost, not a hundred times', async () => {
    const user = await api.newUser();
    const insertAll = (description: string) =>
      insert(
        api,
        user,
        Array.from({ length: 300 }, (_, n) => ({ title: `t${n}`, description, completed: false })),
      );
    await insertAll('a'.repeat(2000));
    const [search] = (await statementsOf('list')).filter(({ sql }) => sql.includes('task_search'));
    expect(search).toBeDefined();
    const client = new pg.Client(api.postgres.url);
    await client.connect();
    const timeOf = async (q: string): Promise<number> => {
      const values = search?.values.map((value) =>
        value === owner ? user.id : value === 'milk' ? q : value,
      );
      const times: number[] = [];
      for (let round = 0; round < 9; round++) {
        const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${search?.sql}`, values);
        times.push(rows[0]['QUERY PLAN'][0]['Execution Time']);
      }
      return Math.min(...times);
    };
    try {
      const plain = await timeOf('zebra');
      for (const q of [`${'a'.repeat(99)}b`, `b${'a'.repeat(199)}`, `${'a'.repeat(100)}b${'a'.repeat(99)}`]) {
        expect((await timeOf(q)) / plain, q).toBeLessThan(5);
      }
    } finally {
      await client.end();
    }
  });
});

// A database of its own, because the lock would hold up every other test.
describe.skipIf(!isRealPostgres)('a search that the database does not get on with', () => {
  test('is given up long before the deadline of other requests, and cancelled', async () => {
    const empty = await startEmptyPostgres();
    await migrate({ url: empty.url, direction: 'up' }, createLogger('silent'));
    const locked = await startApi({ postgres: { ...(await startPostgres()), ...empty }, timeout: 15_000 });
    const blocker = new pg.Client(empty.url);
    await blocker.connect();
    try {
      const user = await locked.newUser();
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
      const ended: string[] = [];
      const list = user.send('GET', 'tasks').finally(() => ended.push('list'));
      const search = await user.send('GET', 'tasks?q=a').finally(() => ended.push('search'));
      expect([search.status, ended]).toEqual([503, ['search']]);
      const { text } = await locked.send('GET', '/metrics');
      expect(text).toMatch(/^database_errors_total\{kind="deadline"\} 1$/m);
      // One reading of the metrics is shared for a second.
      await expect
        .poll(async () => (await locked.send('GET', '/metrics')).text, { timeout: 10_000 })
        .toMatch(/^database_cancels_total\{outcome="ended"\} 1$/m);
      await blocker.query('ROLLBACK');
      expect((await list).status).toBe(200);
    } finally {
      await blocker.end();
      await locked.close();
    }
  });
});

describe('filters by labels and metadata', () => {
  const letters = (n: number) => String.fromCodePoint(0x61 + n).repeat(50);
  const fill = (user: User, labels: readonly string[], metadata: object) =>
    queryPostgres(
      api.postgres.url,
      `INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq, labels, metadata)
       SELECT $1, 't', false, now() - n * interval '1 second', now(), n, $2::jsonb, $3::jsonb
       FROM generate_series(1, 1000) AS n`,
      [user.id, JSON.stringify(labels), JSON.stringify(metadata)],
    );
  const most = Array.from({ length: 20 }, (_, n) => letters(n));
  const listOf = (count: number) =>
    Array.from({ length: count }, (_, n) => String.fromCodePoint(0x4e00 + n)).join(',');

  test('pass over fewer tasks with many labels, and fewer still for long lists', async () => {
    const [few, many] = [await api.newUser(), await api.newUser()];
    await fill(few, ['a'], {});
    await fill(many, most, {});
    expect(await pagesOf(few, 'labels_any=x')).toHaveLength(1);
    const one = await pagesOf(many, 'labels_any=x');
    const longest = await pagesOf(
      many,
      `labels_all=${letters(0)}&labels_any=${listOf(20)}&labels_none=${listOf(20)}`,
    );
    expect(one.length).toBeGreaterThan(1);
    expect(longest.length).toBeGreaterThan(one.length * 1.5);
    // Without such a filter, labels cost nothing.
    expect(await pagesOf(many, 'priority=urgent')).toHaveLength(1);
  });

  test('pass over fewer tasks with much metadata', async () => {
    const user = await api.newUser();
    const names = Array.from({ length: 16 }, (_, n) => [`k${n}`, 'x'.repeat(500)]);
    await fill(user, [], Object.fromEntries(names));
    expect((await pagesOf(user, 'metadata=k1:1')).length).toBeGreaterThan(1);
    expect(await pagesOf(user, 'priority=urgent')).toHaveLength(1);
  });

  test('take at most 20 labels in a list', async () => {
    const user = await api.newUser();
    for (const name of ['labels_all', 'labels_any', 'labels_none']) {
      const statusOf = async (list: string) =>
        (await user.send('GET', `tasks?${name}=${encodeURIComponent(list)}`)).status;
      expect(await statusOf(listOf(20))).toBe(200);
      expect(await statusOf(listOf(21))).toBe(422);
    }
  });

  test('compare letter case by the rule of the list of labels', async () => {
    const user = await api.newUser();
    // Capital letters that the runtime has small letters for, and an older database has not.
    for (const label of ['\u{1C89}', '\u{A7CB}', '\u{10D50}', '\u{16EA0}']) {
      await user.send('POST', 'tasks', { json: { title: label, labels: [label] } });
      const listed = await pagesOf(user, `labels_all=${encodeURIComponent(label)}`);
      expect(listed.flat().map(({ title }) => title)).toEqual([label]);
      const others = await pagesOf(user, `labels_none=${encodeURIComponent(label)}`);
      expect(others.flat().map(({ title }) => title)).not.toContain(label);
    }
  });
});
