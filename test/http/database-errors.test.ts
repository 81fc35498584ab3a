// When Postgres fails, clients learn that, and not how.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres, startOwnPostgres } from '../support/postgres.ts';

describe('a database that is down', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    // Nothing listens on port 1.
    api = await startApi({
      databaseUrl: 'postgresql://someone:a-password@127.0.0.1:1/nowhere',
      timeout: 300,
    });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  test.each([
    ['GET', 'tasks', undefined],
    ['POST', 'tasks', { title: 'a' }],
    ['DELETE', 'tasks?completed=true', undefined],
    ['GET', `tasks/${randomUUID()}`, undefined],
    ['PUT', `tasks/${randomUUID()}`, { title: 'a', description: null, completed: false }],
    ['PATCH', `tasks/${randomUUID()}`, { title: 'a' }],
    ['DELETE', `tasks/${randomUUID()}`, undefined],
    ['PATCH', `tasks/${randomUUID()}/complete`, undefined],
    ['GET', '/readyz', undefined],
  ])('%s %s is 503 and says when to come back', async (method, path, json) => {
    const answer = await user.send(method, path, { json });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.json.detail).toBe('Service temporarily unavailable');
  });

  test('liveness, session and contract do not need it', async () => {
    expect((await user.send('GET', '/healthz')).status).toBe(200);
    expect((await user.send('GET', '/api/v1/session')).status).toBe(200);
    expect((await user.send('GET', '/openapi.json')).status).toBe(200);
  });

  test('the log contains the reason, without the password', async () => {
    await user.send('GET', 'tasks');
    const line = api.logs.findLast(({ operation }) => operation === 'listTasks');
    expect(line).toMatchObject({ level: 'error', status: 503, problem: 'service-unavailable' });
    expect(JSON.stringify(line)).toContain('ECONNREFUSED');
    expect(JSON.stringify(api.logs)).not.toContain('a-password');
  });
});

describe('a statement that fails', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    // The constraint changes a table.
    api = await startApi({ postgres: await startOwnPostgres() });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  test('is 500 without a word of SQL; its cause is in the log under the request id', async () => {
    const { id } = await user.create({ title: 'a' });
    const table = (change: string) => queryPostgres(api.postgres.url, `ALTER TABLE tasks ${change}`);
    await table(`ADD CONSTRAINT no_secrets CHECK (owner_id <> '${user.id}' OR title <> 'top secret')`);
    const failed = await user
      .send('PATCH', `tasks/${id}`, { json: { title: 'top secret' } })
      .finally(() => table('DROP CONSTRAINT no_secrets'));
    expect(failed.status).toBe(500);
    expect(failed.json).toMatchObject({ type: '/problems/internal-error', detail: 'Internal server error' });
    const line = api.logs.find(({ request_id }) => request_id === failed.headers.get('x-request-id'));
    expect(line).toMatchObject({ level: 'error', operation: 'updateTask', status: 500, owner: user.id });
    expect(JSON.stringify(line)).toContain('violates check constraint');
    expect(JSON.stringify(line)).not.toContain('top secret');
    expect((await user.send('GET', `tasks/${id}`)).json.title).toBe('a');
  });

  test('the pool is well afterwards', async () => {
    const other = await api.newUser();
    for (let n = 0; n < 20; n++) expect((await other.create({ title: 'a' })).version).toBe(1);
  });
});
