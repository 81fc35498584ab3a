import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('updateTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('changes what is sent, keeps the rest, and counts the change', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a', description: 'b' });
    const changed = await user.send('PATCH', `tasks/${task.id}`, { json: { title: ' c ' } });
    expect(changed.status).toBe(200);
    expect(changed.json).toEqual({ ...task, title: 'c', version: 2, updated_at: changed.json.updated_at });
    expect(changed.json.updated_at > task.updated_at).toBe(true);
    expect(changed.headers.get('etag')).toBe('"2"');
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(changed.json);
  });

  test('null clears the description', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a', description: 'b' });
    expect(
      (await user.send('PATCH', `tasks/${id}`, { json: { description: null } })).json.description,
    ).toBeNull();
  });

  test('completing sets the time, completing again keeps it, reopening clears it', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const done = (await user.send('PATCH', `tasks/${id}`, { json: { completed: true } })).json;
    expect(done.completed_at).toBe(done.updated_at);
    const again = (await user.send('PATCH', `tasks/${id}`, { json: { completed: true } })).json;
    expect(again).toMatchObject({ completed_at: done.completed_at, version: 3 });
    const reopened = (await user.send('PATCH', `tasks/${id}`, { json: { completed: false } })).json;
    expect(reopened).toMatchObject({ completed: false, completed_at: null, version: 4 });
  });

  test('takes a merge patch by its own media type', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const changed = await user.send('PATCH', `tasks/${id}`, { json: { title: 'b' }, headers });
    expect(changed.json.title).toBe('b');
    for (const json of [1, 'x', null, [], { colour: 1 }]) {
      expect((await user.send('PATCH', `tasks/${id}`, { json, headers })).status).toBe(422);
    }
  });

  test.each([
    ['no field at all', {}, ['body'], 'minProperties'],
    ['null as title', { title: null }, ['body', 'title'], 'type'],
    ['a blank title', { title: '  ' }, ['body', 'title'], 'minLength'],
    ['null as completed', { completed: null }, ['body', 'completed'], 'type'],
    ['a field that the server sets', { version: 9 }, ['body', 'version'], 'additionalProperties'],
  ])('refuses %s and changes nothing', async (_name, json, loc, type) => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a', description: 'b' });
    const refused = await user.send('PATCH', `tasks/${task.id}`, { json });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toMatchObject([{ loc, type }]);
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(task);
  });

  test('with the entity tag of the answer before, edits follow each other; with an old one nothing changes', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    let etag = '"1"';
    for (const title of ['b', 'c', 'd']) {
      const changed = await user.send('PATCH', `tasks/${id}`, {
        json: { title },
        headers: { 'If-Match': etag },
      });
      expect(changed.status).toBe(200);
      etag = changed.headers.get('etag') ?? '';
    }
    expect(etag).toBe('"4"');
    const refused = await user.send('PATCH', `tasks/${id}`, {
      json: { title: 'x' },
      headers: { 'If-Match': '"3"' },
    });
    expect(refused.status).toBe(412);
    expect(refused.headers.get('etag')).toBe('"4"');
    expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title: 'd', version: 4 });
  });

  test.each([
    ['If-Match', '*', 200],
    ['If-Match', '"5", "1"', 200],
    ['If-Match', 'W/"1"', 412],
    ['If-Match', '"one"', 412],
    ['If-Match', '"99999999999999999999"', 412],
    ['If-Match', '"01"', 412],
    ['If-None-Match', '*', 412],
    ['If-None-Match', '"1"', 412],
    ['If-None-Match', 'W/"1"', 412],
    ['If-None-Match', '"2"', 200],
  ])('%s: %s on version 1 is %i', async (name, value, status) => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const answer = await user.send('PATCH', `tasks/${id}`, {
      json: { title: 'b' },
      headers: { [name]: value },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe(status === 200 ? '"2"' : '"1"');
  });

  test('a missing task is 404 whatever the precondition (RFC 9110, section 13.2.1)', async () => {
    const user = await api.newUser();
    for (const headers of [{}, { 'If-Match': '*' }, { 'If-Match': '"1"' }, { 'If-None-Match': '*' }]) {
      const missing = await user.send('PATCH', `tasks/${randomUUID()}`, { json: { title: 'b' }, headers });
      expect(missing.status).toBe(404);
    }
  });

  test('never changes what it was not sent, whatever the task and the patch', async () => {
    const user = await api.newUser();
    const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max });
    const title = text(40)
      .map((value) => value.replaceAll('\0', '').trim())
      .filter((value) => value !== '' && [...value].length <= 200);
    const description = fc.option(
      text(80).map((value) => value.replaceAll('\0', '')),
      { nil: null },
    );
    const task = fc.record({ title, description, completed: fc.boolean() });
    const patch = fc
      .record({ title, description, completed: fc.boolean() }, { requiredKeys: [] })
      .filter((fields) => Object.keys(fields).length > 0);
    await fc.assert(
      fc.asyncProperty(task, patch, async (fields, sent) => {
        const before = await user.create(fields);
        const changed = await user.send('PATCH', `tasks/${before.id}`, { json: sent });
        expect(changed.status).toBe(200);
        const completed = sent.completed ?? before.completed;
        expect(changed.json).toEqual({
          ...before,
          ...sent,
          version: 2,
          updated_at: changed.json.updated_at,
          completed_at: completed ? (before.completed_at ?? changed.json.updated_at) : null,
        });
      }),
      { numRuns: 150 },
    );
  });
});
