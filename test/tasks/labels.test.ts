// Labels are a set in the order in which they were given; metadata is merged as a JSON merge patch.
// What is refused changes nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi();
  user = await api.newUser();
});
afterAll(() => api.close());

const pairs = (count: number, value = 'x') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, value]));

const refusals: [string, object, readonly (string | number)[], string][] = [
  ['an unknown priority', { priority: 'High' }, ['priority'], 'enum'],
  ['null as priority', { priority: null }, ['priority'], 'type'],
  ['21 labels', { labels: Array.from({ length: 21 }, (_, index) => `l${index}`) }, ['labels'], 'maxItems'],
  ['a label with a comma', { labels: ['ok', 'a,b'] }, ['labels', 1], 'pattern'],
  ['a label with a control character', { labels: ['a\u0007b'] }, ['labels', 0], 'pattern'],
  ['a blank label', { labels: [' \n'] }, ['labels', 0], 'minLength'],
  ['a label of 51 characters', { labels: ['🦆'.repeat(51)] }, ['labels', 0], 'maxLength'],
  ['a lone surrogate in a label', { labels: ['a\ud800'] }, ['labels', 0], 'x-text'],
  ['two labels that differ in case', { labels: ['Home', 'x', 'hOME'] }, ['labels', 2], 'uniqueItems'],
  ['two labels that differ in case in Greek', { labels: ['ΟΔΟΣ', 'οδος'] }, ['labels', 1], 'uniqueItems'],
  ['a label twice, composed and decomposed', { labels: ['\u00e9', 'e\u0301'] }, ['labels', 1], 'uniqueItems'],
  ['a label twice but for white space', { labels: ['a', ' a '] }, ['labels', 1], 'uniqueItems'],
  ['null as labels', { labels: null }, ['labels'], 'type'],
  ['a number as label', { labels: [1] }, ['labels', 0], 'type'],
  ['nested metadata', { metadata: { a: { b: 'c' } } }, ['metadata', 'a'], 'type'],
  ['a number in the metadata', { metadata: { a: 1 } }, ['metadata', 'a'], 'type'],
  ['an upper-case name', { metadata: { Ab: 'c' } }, ['metadata', 'Ab'], 'pattern'],
  [
    'a name of 41 characters',
    { metadata: { ['a'.repeat(41)]: 'c' } },
    ['metadata', 'a'.repeat(41)],
    'pattern',
  ],
  ['an empty name', { metadata: { '': 'c' } }, ['metadata', ''], 'pattern'],
  ['501 characters', { metadata: { a: '🦆'.repeat(501) } }, ['metadata', 'a'], 'maxLength'],
  ['NUL in the metadata', { metadata: { a: '\0' } }, ['metadata', 'a'], 'x-text'],
  ['a list as metadata', { metadata: [] }, ['metadata'], 'type'],
];

describe('the fields of a task', () => {
  test.each(refusals)(
    '%s is refused on every way in, and changes nothing',
    async (_name, fields, at, type) => {
      const owner = await api.newUser();
      const task = await owner.create({ title: 'x', labels: ['Home'], metadata: { a: 'b' } });
      const required = { title: 'y', description: null, completed: false };
      const requests = [
        ['POST', 'tasks', { title: 'y', ...fields }, ['body', ...at]],
        ['PUT', `tasks/${task.id}`, { ...required, ...fields }, ['body', ...at]],
        ['PATCH', `tasks/${task.id}`, fields, ['body', ...at]],
        [
          'POST',
          'task-batches',
          { operations: [{ op: 'create', task: { title: 'y', ...fields } }] },
          ['body', 'operations', 0, 'task', ...at],
        ],
        [
          'POST',
          'task-batches',
          {
            operations: [
              { op: 'create', task: { title: 'y' } },
              { op: 'update', id: task.id, changes: fields },
            ],
          },
          ['body', 'operations', 1, 'changes', ...at],
        ],
      ] as const;
      for (const [method, path, json, loc] of requests) {
        const { status, json: problem } = await owner.send(method, path, { json });
        expect([path, status, problem.type]).toEqual([path, 422, '/problems/validation-error']);
        expect(problem.errors).toEqual([{ loc, msg: expect.any(String), type }]);
      }
      expect((await owner.send('GET', 'tasks')).json.items).toEqual([task]);
    },
  );

  test('labels are trimmed and composed, and keep their order and spelling', async () => {
    const task = await user.create({
      title: 'x',
      labels: [' zeta ', 'e\u0301'.repeat(50), 'ALPHA', '🦆'.repeat(50)],
    });
    expect(task.labels).toEqual(['zeta', '\u00e9'.repeat(50), 'ALPHA', '🦆'.repeat(50)]);
    const { json } = await user.send('PATCH', `tasks/${task.id}`, { json: { labels: ['alpha', 'Zeta'] } });
    expect(json.labels).toEqual(['alpha', 'Zeta']);
  });

  test('metadata is merged by an update, alone or in a batch, and replaced by a replacement', async () => {
    const { id } = await user.create({ title: 'x', metadata: { a: '1', b: '2', __proto__x: '' } });
    const patch = (metadata: object) => user.send('PATCH', `tasks/${id}`, { json: { metadata } });
    expect((await patch({ b: null, c: '3', absent: null })).json.metadata).toEqual({
      a: '1',
      c: '3',
      __proto__x: '',
    });
    expect((await patch({})).json.metadata).toEqual({ a: '1', c: '3', __proto__x: '' });
    const operations = [
      { op: 'update', id, changes: { metadata: { a: null, d: '4' } } },
      { op: 'update', id, changes: { title: 'y' } },
    ];
    const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
    for (const { task } of results) expect(task.metadata).toEqual({ c: '3', d: '4', __proto__x: '' });
    const content = { title: 'z', description: null, completed: false };
    const put = (json: object) => user.send('PUT', `tasks/${id}`, { json });
    expect((await put(content)).json.metadata).toEqual({ c: '3', d: '4', __proto__x: '' });
    expect((await put({ ...content, metadata: { e: '5' } })).json.metadata).toEqual({ e: '5' });
    expect((await put({ ...content, metadata: {} })).json.metadata).toEqual({});
  });

  test('patches of different names at the same time all count, up to the bound', async () => {
    const { id } = await user.create({ title: 'x', metadata: pairs(8) });
    const patches = Array.from({ length: 12 }, (_, n) =>
      n % 2 === 0
        ? user.send('PATCH', `tasks/${id}`, { json: { metadata: { [`m${n}`]: 'y' } } })
        : user.send('POST', 'task-batches', {
            json: { operations: [{ op: 'update', id, changes: { metadata: { [`m${n}`]: 'y' } } }] },
          }),
    );
    const taken = (await Promise.all(patches)).map(({ status }, n) => [`m${n}`, status] as const);
    const names = taken.filter(([, status]) => status === 200).map(([name]) => name);
    expect(names).toHaveLength(8);
    expect(taken.every(([, status]) => status === 200 || status === 422)).toBe(true);
    const { json } = await user.send('GET', `tasks/${id}`);
    expect(Object.keys(json.metadata).sort()).toEqual([...Object.keys(pairs(8)), ...names].sort());
  });

  test('a name that means something to JavaScript is a name like any other', async () => {
    const body = '{"title":"x","metadata":{"__proto__":"a","constructor":"b"}}';
    const headers = { 'Content-Type': 'application/json' };
    const created = await user.send('POST', 'tasks', { body, headers });
    expect(created.status).toBe(201);
    expect(Object.entries(created.json.metadata).sort()).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    const changed = await user.send('PATCH', `tasks/${created.json.id}`, {
      body: '{"metadata":{"__proto__":null,"tostring":"c"}}',
      headers,
    });
    expect(Object.entries(changed.json.metadata).sort()).toEqual([
      ['constructor', 'b'],
      ['tostring', 'c'],
    ]);
  });

  test('a task has at most 16 names, whatever the way', async () => {
    const task = await user.create({ title: 'x', metadata: pairs(15) });
    const patch = (metadata: object) => user.send('PATCH', `tasks/${task.id}`, { json: { metadata } });
    const tooMany = await user.send('POST', 'tasks', { json: { title: 'x', metadata: pairs(17) } });
    expect(tooMany.json.errors).toMatchObject([{ loc: ['body', 'metadata'], type: 'maxProperties' }]);
    for (const headers of [{}, { 'Idempotency-Key': crypto.randomUUID() }, { 'If-Match': '"1"' }]) {
      const json = { title: 'y', metadata: { a: '1', b: '2' } };
      const refused = await user.send('PATCH', `tasks/${task.id}`, {
        json,
        headers: headers as Record<string, string>,
      });
      expect([refused.status, refused.json.type]).toEqual([422, '/problems/validation-error']);
      expect(refused.json.errors).toMatchObject([{ loc: ['body', 'metadata'], type: 'maxProperties' }]);
    }
    const operations = [
      { op: 'update', id: task.id, changes: { metadata: { a: '1' } } },
      { op: 'update', id: task.id, changes: { metadata: { b: '2' } } },
    ];
    const batch = await user.send('POST', 'task-batches', { json: { operations } });
    expect([batch.status, batch.json.type]).toEqual([422, '/problems/batch-not-applicable']);
    expect(batch.json.errors).toMatchObject([
      { loc: ['body', 'operations', 1, 'changes', 'metadata'], type: 'maxProperties' },
    ]);
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(task);
    expect((await patch({ a: '1', b: '2', n0: null })).json.metadata).toEqual({
      ...pairs(15),
      n0: undefined,
      a: '1',
      b: '2',
    });
    expect((await patch({ a: '3' })).status).toBe(200);
  });

  test('a text that looks like a UUID is compared as text under an Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const id = crypto.randomUUID();
    const create = (text: string) =>
      user.send('POST', 'tasks', { json: { title: 'x', metadata: { other_id: text } }, headers });
    expect((await create(id)).status).toBe(201);
    expect((await create(id.toUpperCase())).json.type).toBe('/problems/idempotency-key-reused');
  });

  test.each([
    [
      'labels',
      ['["a,b"]', '[1]', '["a", null]', '[""]', '[["a"]]', JSON.stringify(Array(21).fill('a')), 'null'],
    ],
    ['labels', [JSON.stringify(['x'.repeat(51)]), '{}', '"a"', '["a\\u0007"]']],
    ['metadata', ['{"a": 1}', '{"a": null}', '{"A": "x"}', '{"": "x"}', '[]', '{"a": {"b": "c"}}', 'null']],
    ['metadata', [JSON.stringify(pairs(17)), JSON.stringify(pairs(1, 'x'.repeat(501)))]],
  ])('%s that the contract would refuse cannot be stored', async (name, texts) => {
    const { id } = await user.create({ title: 'x' });
    for (const text of texts) {
      const update = `UPDATE tasks SET ${name} = $1::jsonb WHERE id = $2 RETURNING id`;
      const written = await queryPostgres(api.postgres.url, update, [text, id]).catch(() => []);
      expect([text, written]).toEqual([text, []]);
    }
  });
});
