import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('getLiveness responds without a token, and takes no parameters', async () => {
  const alive = await api.send('GET', '/healthz');
  expect(alive.status).toBe(200);
  expect(alive.json).toEqual({ status: 'ok' });
  expect((await api.send('GET', '/healthz?x=1')).status).toBe(422);
});
