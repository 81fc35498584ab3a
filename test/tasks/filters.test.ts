// The filters of a list, alone and together, in every order, against an implementation of their own
// that reads all of the user's tasks. `Temporal` is the second opinion on what is overdue.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { wordsOf } from '../support/contract-values.ts';

const walk = async (user: User, query: Readonly<Record<string, string>>, limit = 100): Promise<Task[]> => {
  const found: Task[] = [];
  let path = `tasks?${new URLSearchParams({ ...query, limit: String(limit) })}`;
  for (;;) {
    const { status, json, headers } = await user.send('GET', path);
    expect([path, status, json.errors]).toEqual([path, 200, undefined]);
    found.push(...json.items);
    if (json.next_cursor === null) return found;
    path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';
    expect(path).not.toBe('');
  }
};

const createAll = async (user: User, tasks: readonly object[]): Promise<Task[]> => {
  const created: Task[] = [];
  for (let at = 0; at < tasks.length; at += 100) {
    const operations = tasks.slice(at, at + 100).map((task) => ({ op: 'create', task }));
    const { status, json } = await user.send('POST', 'task-batches', { json: { operations } });
    expect([status, json.errors]).toEqual([200, undefined]);
    created.push(...json.results.map(({ task }: { task: Task }) => task));
  }
  return created;
};

const seeded = (seed: number) => {
  const pick = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
    fc.sample(arbitrary, { seed, numRuns: count });
  return pick;
};

const two = (number: number) => String(number).padStart(2, '0');
const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'UTC',
];
// Around the changes of the clocks of 2026 in these zones, and the ends of the calendar.
const days = [
  ...['2026-03-08', '2026-03-28', '2026-03-29', '2026-03-30', '2026-04-05', '2026-10-04', '2026-10-25'],
  ...['2026-11-01', '2026-06-15', '2026-06-16', '0001-01-01', '9999-12-31', '2011-12-30'],
];
const time = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.constantFrom(0, 15, 30, 45, 59),
    fc.constantFrom('', ':01', ':30', ':59'),
  )
  .map(([hour, minute, seconds]) => `T${two(hour)}:${two(minute)}${seconds}`);
const moment = fc
  .tuple(fc.constantFrom(...days), time, fc.constantFrom(...zones), fc.integer({ min: 0, max: 3 }))
  .map(
    ([day, at, zone, form]) =>
      [day, `${day}${at}`, `${day}${at}[${zone}]`, `${day}${at}[${zone}]`][form] as string,
  );
const instant = fc
  .tuple(
    fc.constantFrom(...days.filter((day) => day.startsWith('2'))),
    time,
    fc.constantFrom('', '.5', '.000001'),
    fc.constantFrom('Z', '+02:00', '-05:00', '+13:00', '-09:30'),
  )
  .map(([day, at, fraction, offset]) => `${day}${at.length === 6 ? `${at}:00` : at}${fraction}${offset}`);

/** -1, 0 or 1: where a moment is by the time of a request. */
const order = (text: string, at: string): number => {
  const now = Temporal.Instant.from(at);
  const local = now.toZonedDateTimeISO(at.endsWith('Z') ? 'UTC' : at.slice(-6)).toPlainDateTime();
  const [, zone] = /\[(.*)\]$/.exec(text) ?? [];
  if (zone !== undefined) {
    const plain = Temporal.PlainDateTime.from(text.replace(/\[.*/, ''));
    return Temporal.Instant.compare(
      plain.toZonedDateTime(zone, { disambiguation: 'later' }).toInstant(),
      now,
    );
  }
  if (text.length === 10) return Temporal.PlainDate.compare(text, local);
  return Temporal.PlainDateTime.compare(text, local);
};

const labelsOf = (list: string) => list.split(',').map((label) => label.trim().toLowerCase());

const tests: Readonly<Record<string, (task: Task, value: string) => boolean>> = {
  completed: ({ completed }, value) => String(completed) === value,
  q: ({ title, description }, value) =>
    [title, description ?? ''].some((text) => text.toLowerCase().includes(value.toLowerCase())),
  due_from: ({ due }, value) => due !== null && due.slice(0, 10) >= value,
  due_to: ({ due }, value) => due !== null && due.slice(0, 10) <= value,
  overdue_at: ({ due, completed }, value) => !completed && due !== null && order(due, value) < 0,
  available_at: ({ start, completed }, value) => !completed && (start === null || order(start, value) <= 0),
  has_due: ({ due }, value) => String(due !== null) === value,
  priority: ({ priority }, value) => value.split(/ *, */).includes(priority),
  labels_all: ({ labels }, value) =>
    labelsOf(value).every((label) => labelsOf(labels.join()).includes(label)),
  labels_any: ({ labels }, value) => labelsOf(value).some((label) => labelsOf(labels.join()).includes(label)),
  labels_none: ({ labels }, value) =>
    !labelsOf(value).some((label) => labelsOf(labels.join()).includes(label)),
  metadata: ({ metadata }, value) =>
    metadata[value.slice(0, value.indexOf(':'))] === value.slice(value.indexOf(':') + 1),
  completed_from: ({ completed_at }, value) =>
    completed_at !== null && Date.parse(completed_at) >= Date.parse(value),
  completed_to: ({ completed_at }, value) =>
    completed_at !== null && Date.parse(completed_at) <= Date.parse(value),
  list_id: ({ list_id: id }, value) => (id ?? 'none') === value.toLowerCase(),
  parent_id: ({ parent_id: id }, value) => (id ?? 'none') === value.toLowerCase(),
};

const lists = ['6e0f7a51-3d6b-4a53-8a6e-1c2d3e4f5a01', '6e0f7a51-3d6b-4a53-8a6e-1c2d3e4f5a02'] as const;
const parentIds = ['a1b6f7f0-25c1-4f4e-8d52-6f1f5f0f7c02', 'a1b6f7f0-25c1-4f4e-8d52-6f1f5f0f7c03'] as const;

const words = ['none', 'low', 'medium', 'high', 'urgent'] as const;
const compareBy: Readonly<Record<string, (task: Task) => string | number | null>> = {
  created_at: (task) => task.created_at,
  updated_at: (task) => task.updated_at,
  title: (task) => task.title,
  due: (task) => task.due?.replace('[', ' ') ?? null,
  priority: (task) => words.indexOf(task.priority),
  position: (task) => task.position,
};

/** The tasks in the order of a sort: what has no value last, and equals by id. */
const sorted = (tasks: readonly Task[], sort: string): Task[] => {
  const of = compareBy[sort.replace('-', '')];
  if (of === undefined) throw new Error(`no order for ${sort}`);
  const sign = sort.startsWith('-') ? -1 : 1;
  return tasks.toSorted((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return x === y ? sign * (a.id < b.id ? -1 : 1) : x === null ? 1 : -1;
    return sign * (x === y ? (a.id < b.id ? -1 : 1) : x < y ? -1 : 1);
  });
};

describe('a list', () => {
  let api: Api;
  let user: User;
  let tasks: Task[];
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
    const task = fc.record(
      {
        title: fc.constantFrom('Buy milk', 'Call the bank', 'ÜBER'),
        description: fc.constantFrom(null, 'milk and honey', 'x'),
        completed: fc.boolean(),
        due: fc.option(moment),
        start: fc.option(moment),
        priority: fc.constantFrom(...words),
        labels: fc.uniqueArray(fc.constantFrom('Home', 'Work', 'Ärger', 'a "b" \\c'), { maxLength: 3 }),
        metadata: fc.dictionary(fc.constantFrom('a', 'b.c'), fc.constantFrom('1', 'x:y', '')),
        list_id: fc.constantFrom(null, ...lists),
      },
      { requiredKeys: ['title'] },
    );
    for (const id of lists) await user.send('POST', 'lists', { json: { id, name: 'a list' } });
    tasks = await createAll(user, seeded(7)(task, 300));
    const parents = parentIds.map((id, n) => ({ id, title: 'parent', list_id: lists[n] ?? null }));
    tasks.push(...(await createAll(user, parents)));
    const subtasks = seeded(8)(
      fc.record({
        title: fc.constant('milk'),
        completed: fc.boolean(),
        parent_id: fc.constantFrom(...parentIds),
      }),
      30,
    );
    tasks.push(...(await createAll(user, subtasks)));
  });
  afterAll(() => api.close());

  const filters = fc.record(
    {
      completed: fc.constantFrom('true', 'false'),
      q: fc.constantFrom('milk', 'über', 'HONEY', 'nothing'),
      due_from: fc.constantFrom(...days),
      due_to: fc.constantFrom(...days),
      overdue_at: instant,
      available_at: instant,
      has_due: fc.constantFrom('true', 'false'),
      priority: fc.constantFrom('none', 'high, urgent', 'low,none,low'),
      labels_all: fc.constantFrom('home', 'WORK,home', 'a "b" \\C'),
      labels_any: fc.constantFrom('home,ärger', 'nothing', ' Work '),
      labels_none: fc.constantFrom('home', 'work,Ärger'),
      metadata: fc.constantFrom('a:1', 'b.c:x:y', 'a:', 'c:1'),
      completed_from: fc.constantFrom('2020-01-01T00:00:00Z', '2100-01-01T00:00:00+01:00'),
      completed_to: fc.constantFrom('2020-01-01T00:00:00Z', '2100-01-01T00:00:00+01:00'),
      list_id: fc.constantFrom('none', ...lists, lists[0].toUpperCase()),
      parent_id: fc.constantFrom('none', ...parentIds, parentIds[1].toUpperCase()),
    },
    { requiredKeys: [] },
  );
  // Two or three filters at once leave something to be found.
  const within = fc
    .tuple(filters, fc.constantFrom('list_id', 'parent_id', 'completed'))
    .map(([all, name]) => ({
      list_id: lists[1],
      ...Object.fromEntries(Object.entries(all).filter(([other]) => other === name)),
    }));
  const few = fc
    .tuple(filters, fc.shuffledSubarray(Object.keys(tests), { minLength: 1, maxLength: 3 }))
    .map(([all, names]) => Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))));

  test.each(wordsOf('TaskSort'))(
    'by %s has the tasks that its filters let through, in order',
    async (sort) => {
      const cases = [
        {},
        ...seeded(sort.length)(few, 25),
        ...seeded(sort.length + 1)(filters, 5),
        ...seeded(9)(within, 6),
      ];
      for (const query of cases as Record<string, string>[]) {
        const expected = sorted(
          tasks.filter((task) => Object.entries(query).every(([name, value]) => tests[name]?.(task, value))),
          sort,
        );
        const found = await walk(user, { ...query, sort }, query.q === undefined ? 100 : 7);
        expect({ query, ids: found.map(({ id }) => id) }).toEqual({
          query,
          ids: expected.map(({ id }) => id),
        });
        expect(found).toEqual(expected);
      }
    },
  );

  test('knows what is overdue and available as Temporal does, whatever the clocks do', async () => {
    const owner = await api.newUser();
    const moments = seeded(11)(fc.tuple(moment, moment), 400);
    const all = await createAll(
      owner,
      moments.map(([due, start], n) => ({ title: `t${n}`, due, start })),
    );
    for (const at of seeded(12)(instant, 12)) {
      for (const name of ['overdue_at', 'available_at']) {
        const expected = all.filter((task) => tests[name]?.(task, at));
        const found = await walk(owner, { [name]: at, sort: 'created_at' });
        const dues = (some: Task[]) => some.map(({ id, due, start }) => [id, due, start]);
        expect({ name, at, found: dues(found) }).toEqual({
          name,
          at,
          found: dues(sorted(expected, 'created_at')),
        });
      }
    }
  });

  test('reads a time that comes twice as the later one, and one that is skipped as a later one', async () => {
    const owner = await api.newUser();
    const [twice, skipped] = ['2026-10-25T02:30[Europe/Berlin]', '2026-03-29T02:30[Europe/Berlin]'];
    await createAll(
      owner,
      [twice, skipped].map((due) => ({ title: due, due })),
    );
    const overdue = async (at: string) =>
      (await walk(owner, { overdue_at: at, sort: 'title' })).map(({ due }) => due);
    expect(await overdue('2026-03-29T01:30:00Z')).toEqual([]);
    expect(await overdue('2026-03-29T01:30:01Z')).toEqual([skipped]);
    expect(await overdue('2026-10-25T01:30:00Z')).toEqual([skipped]);
    expect(await overdue('2026-10-25T01:30:01Z')).toEqual([skipped, twice]);
  });

  test.each([
    ['due_from=2026-02-31', 'due_from', 'format'],
    ['due_to=2026-03-01T09:30', 'due_to', 'format'],
    ['overdue_at=2026-03-01', 'overdue_at', 'format'],
    ['overdue_at=2026-03-01T09:30:00', 'overdue_at', 'format'],
    ['overdue_at=2026-03-01T09:30:00+01:00', 'overdue_at', 'format'],
    ['available_at=now', 'available_at', 'format'],
    ['has_due=1', 'has_due', 'type'],
    ['priority=', 'priority', 'pattern'],
    ['priority=high,', 'priority', 'pattern'],
    ['priority=High', 'priority', 'pattern'],
    ['labels_all=', 'labels_all', 'pattern'],
    ['labels_any=a,,b', 'labels_any', 'pattern'],
    ['labels_none=a,%20', 'labels_none', 'pattern'],
    ['labels_none=a%00', 'labels_none', 'x-text'],
    [`labels_any=a,${'x'.repeat(51)}`, 'labels_any', 'pattern'],
    ['labels_any=a%0Db', 'labels_any', 'pattern'],
    [`labels_none=${'%F0%9F%A6%86'.repeat(51)},a`, 'labels_none', 'pattern'],
    ['metadata=a', 'metadata', 'pattern'],
    ['metadata=A:b', 'metadata', 'pattern'],
    ['metadata=:b', 'metadata', 'pattern'],
    ['completed_from=yesterday', 'completed_from', 'format'],
    ['labels_any=a&labels_any=b', 'labels_any', 'type'],
    ['sort=start', 'sort', 'enum'],
  ])('refuses ?%s', async (query, name, type) => {
    const refused = await user.send('GET', `tasks?${query}`);
    expect([refused.status, refused.json.errors]).toMatchObject([422, [{ loc: ['query', name], type }]]);
  });

  test('takes the longest labels, counted as in a body: composed, and without white space around them', async () => {
    // Two code points each, until they are composed.
    const decomposed = 'e\u0301'.repeat(50);
    const longest = ['\u{1f986}'.repeat(50), 'é'.repeat(50), 'a b'];
    const { title } = await user.create({ title: 'long labels', labels: longest });
    const list = `  ${longest[0]} ,\t${decomposed},A B  `;
    const query = new URLSearchParams({ labels_all: list });
    const { status, json } = await user.send('GET', `tasks?${query}`);
    expect([status, json.items.map((task: Task) => task.title)]).toEqual([200, [title]]);
    const many = Array.from({ length: 20 }, () => decomposed).join();
    expect(await user.send('GET', `tasks?${new URLSearchParams({ labels_all: many })}`)).toMatchObject({
      status: 200,
    });
  });

  test('has cursors and entity tags that are bound to the filters', async () => {
    const first = await user.send('GET', 'tasks?limit=1&priority=none&sort=due');
    const { next_cursor: cursor } = first.json;
    expect(typeof cursor).toBe('string');
    const get = (query: string, headers: Record<string, string> = {}) =>
      user.send('GET', `tasks?limit=1&sort=due&${query}`, { headers });
    expect((await get(`priority=none&cursor=${cursor}`)).status).toBe(200);
    for (const other of ['priority=low', 'priority=none&has_due=true', 'labels_any=none', '']) {
      expect([other, (await get(`${other}&cursor=${cursor}`)).status]).toEqual([other, 400]);
    }
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    expect((await get('priority=none', headers)).status).toBe(304);
    expect((await get('priority=low', headers)).status).toBe(200);
  });

  test('cannot be read with a cursor whose key is none of the sort', async () => {
    const { next_cursor: cursor } = (await user.send('GET', 'tasks?limit=1&sort=due')).json;
    const [shape, , id] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    for (const key of ['high', '2026-03-01T', 1, {}, '2026-03-01\u0000']) {
      const forged = Buffer.from(JSON.stringify([shape, key, id])).toString('base64url');
      expect([key, (await user.send('GET', `tasks?limit=1&sort=due&cursor=${forged}`)).status]).toEqual([
        key,
        400,
      ]);
    }
  });
});
