import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('getReadiness responds without a token if database and schema are there, and takes no parameters', async () => {
  const ready = await api.send('GET', '/readyz');
  expect(ready.status).toBe(200);
  expect(ready.json).toEqual({ status: 'ok' });
  expect((await api.send('GET', '/readyz?x=1')).status).toBe(422);
});
