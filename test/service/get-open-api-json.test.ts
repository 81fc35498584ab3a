import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('getOpenApiJson serves the bundled contract, and takes no parameters', async () => {
  const bundle = await readFile(new URL('../../generated/openapi.json', import.meta.url), 'utf8');
  expect((await api.send('GET', '/openapi.json')).json).toEqual(JSON.parse(bundle));
  expect((await api.send('GET', '/openapi.json?x=1')).status).toBe(422);
});
