// The operations without a token: getLiveness, getReadiness, getOpenApiJson, getOpenApiYaml.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const file = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

test.each(['/healthz', '/readyz'])('%s is well', async (path) => {
  const answer = await api.send('GET', path);
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ status: 'ok' });
});

test('the contract is served as it is bundled and as it is written', async () => {
  expect((await api.send('GET', '/openapi.json')).json).toEqual(
    JSON.parse(await file('generated/openapi.json')),
  );
  const yaml = await api.send('GET', '/openapi.yaml');
  expect(yaml.text).toBe(await file('openapi.yaml'));
  expect(yaml.headers.get('content-type')).toBe('application/yaml');
});

test.each(['/healthz', '/readyz', '/openapi.json', '/openapi.yaml'])(
  '%s takes no parameters',
  async (path) => {
    expect((await api.send('GET', `${path}?x=1`)).status).toBe(422);
  },
);
