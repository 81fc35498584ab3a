import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('getOpenApiYaml serves the contract as written, and takes no parameters', async () => {
  const yaml = await api.send('GET', '/openapi.yaml');
  expect(yaml.headers.get('content-type')).toBe('application/yaml');
  expect(yaml.text).toBe(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  expect((await api.send('GET', '/openapi.yaml?x=1')).status).toBe(422);
});
