import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('createTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('stores a task that has only a title and says where it is', async () => {
    const user = await api.newUser();
    const created = await user.send('POST', 'tasks', { json: { title: 'Buy milk' } });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      owner_id: user.id,
      title: 'Buy milk',
      description: null,
      completed: false,
      completed_at: null,
      version: 1,
    });
    expect(created.json.created_at).toBe(created.json.updated_at);
    expect(created.headers.get('etag')).toBe('"1"');
    const location = created.headers.get('location') ?? '';
    expect(location).toBe(`/api/v1/users/${user.id}/tasks/${created.json.id}`);
    expect((await user.send('GET', location)).json).toEqual(created.json);
  });

  test('stores every writable field; a task may be created completed', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'Done', description: 'long ago', completed: true });
    expect(task).toMatchObject({ title: 'Done', description: 'long ago', completed: true });
    expect(task.completed_at).toBe(task.created_at);
  });

  test('removes white space around the title before it counts its characters', async () => {
    const user = await api.newUser();
    const title = 'x'.repeat(200);
    expect((await user.create({ title: ` \t${title}\n\u00a0` })).title).toBe(title);
  });

  test.each([
    ['200 characters outside the basic plane', '😀'.repeat(200)],
    ['right-to-left text, combining marks and quotes', `שלום "e\u0301" 'q' \\ $1 %_`],
    ['a control character', 'a\u0001b'],
    ['a replacement character that the client really sent', 'a\ufffdb'],
  ])('keeps %s as it came', async (_name, title) => {
    const user = await api.newUser();
    const { id } = await user.create({ title, description: title });
    expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title, description: title });
  });

  test.each([
    ['no title', { description: 'x' }, ['body', 'title'], 'required'],
    ['an empty title', { title: '' }, ['body', 'title'], 'minLength'],
    ['a blank title', { title: ' \n\u00a0 ' }, ['body', 'title'], 'minLength'],
    ['201 characters', { title: 'x'.repeat(201) }, ['body', 'title'], 'maxLength'],
    ['201 characters outside the basic plane', { title: '😀'.repeat(201) }, ['body', 'title'], 'maxLength'],
    ['a number as title', { title: 1 }, ['body', 'title'], 'type'],
    ['null as title', { title: null }, ['body', 'title'], 'type'],
    ['NUL in the title', { title: 'a\0b' }, ['body', 'title'], 'x-text'],
    ['a lone surrogate in the title', { title: 'a\ud800b' }, ['body', 'title'], 'x-text'],
    ['NUL in the description', { title: 'a', description: '\0' }, ['body', 'description'], 'x-text'],
    [
      'a lone surrogate in the description',
      { title: 'a', description: '\udfff' },
      ['body', 'description'],
      'x-text',
    ],
    [
      '2001 characters of description',
      { title: 'a', description: 'x'.repeat(2001) },
      ['body', 'description'],
      'maxLength',
    ],
    ['a string as completed', { title: 'a', completed: 'true' }, ['body', 'completed'], 'type'],
    ['null as completed', { title: 'a', completed: null }, ['body', 'completed'], 'type'],
    ['an unknown field', { title: 'a', colour: 'red' }, ['body', 'colour'], 'additionalProperties'],
    [
      'a field that the server sets',
      { title: 'a', owner_id: 'b' },
      ['body', 'owner_id'],
      'additionalProperties',
    ],
    ['an array', [{ title: 'a' }], ['body'], 'type'],
    ['a string', 'title', ['body'], 'type'],
    ['a string that holds JSON', '{"title":"a"}', ['body'], 'type'],
    ['null', null, ['body'], 'type'],
  ])('refuses %s and stores nothing', async (_name, json, loc, type) => {
    const user = await api.newUser();
    const refused = await user.send('POST', 'tasks', { json });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([{ loc, msg: expect.any(String), type }]);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
  });

  test('names every fault at once', async () => {
    const user = await api.newUser();
    const refused = await user.send('POST', 'tasks', { json: { description: 1, completed: 2, colour: 3 } });
    expect(refused.json.errors.map(({ loc }: { loc: string[] }) => loc[1]).sort()).toEqual([
      'colour',
      'completed',
      'description',
      'title',
    ]);
    expect(refused.json.detail).toBe('The request has 4 faults, listed in errors');
  });

  test('refuses keys that mean something to JavaScript', async () => {
    const user = await api.newUser();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const refused = await user.send('POST', 'tasks', {
        body: `{"title":"a","${key}":{"completed":true}}`,
        headers: { 'Content-Type': 'application/json' },
      });
      expect(refused.status).toBe(422);
      expect(refused.json.errors).toMatchObject([{ loc: ['body', key] }]);
    }
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
  });

  test('an owner id may hold any printable character', async () => {
    const user = await api.newUser(`auth0|${crypto.randomUUID()} ü/😀?#%`);
    const created = await user.send('POST', 'tasks', { json: { title: 'a' } });
    const location = created.headers.get('location') ?? '';
    expect((await user.send('GET', location)).json).toEqual(created.json);
  });
});
