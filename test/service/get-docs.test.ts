import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../src/contract/problem.ts';
import { isInSdks } from '../../src/publish/sdk-bundle.ts';
import { type Api, startApi } from '../support/app.ts';
import { document, operations } from '../support/contract.ts';

const page = readFileSync(new URL('../../generated/docs.html', import.meta.url), 'utf8');

describe('getDocs', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('returns the generated page, which loads nothing from any host', async () => {
    const docs = await api.send('GET', '/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-type')).toBe('text/html');
    expect(docs.text === page).toBe(true);
    // Not toMatch: a failure would print all of the page.
    expect(/<(?:script|img|iframe|source|audio|video)[^>]*\ssrc="(?!data:)/.test(page)).toBe(false);
    expect(/<link[^>]*\shref="(?!data:)/.test(page)).toBe(false);
    expect(page.includes('cdn.redoc.ly')).toBe(false);
  });

  test('allows the page its own scripts and styles by their hashes, and nothing else', async () => {
    const policy = (await api.send('GET', '/docs')).headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split('; ').map((part) => [part.split(' ')[0], part]));
    expect(directives.get('default-src')).toBe("default-src 'none'");
    const script = directives.get('script-src') ?? '';
    expect(script).toMatch(/^script-src( 'sha256-[\w+/]{43}=')+$/);
  });

  test('contains a sample of every operation for the shell, and in each SDK that has it', () => {
    const { actions } = JSON.parse(
      readFileSync(new URL('../../generated/code-samples.json', import.meta.url), 'utf8'),
    );
    const labels = ['curl', 'TypeScript', 'Python', 'Go', 'Java'];
    const targets = new Map(
      actions.map((action: { target: string; update: { 'x-codeSamples': { label: string }[] } }) => [
        action.target,
        action.update['x-codeSamples'].map(({ label }) => label),
      ]),
    );
    for (const { id, method, path } of operations)
      expect(targets.get(`$.paths['${path}'].${method.toLowerCase()}`)).toEqual(
        isInSdks(id) ? labels : ['curl'],
      );
  });
});

describe('getRoot', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('redirects a browser to the documentation', async () => {
    const root = await api.send('GET', '/');
    expect(root.status).toBe(307);
    expect(root.headers.get('location')).toBe('/docs');
    expect(root.text).toBe('<a href="docs">Documentation</a> <a href="console">Console</a>');
  });
});

describe('getProblemPage', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test.each(Object.entries(catalogue))('explains %s', async (slug, [status, title]) => {
    const answer = await api.send('GET', `/problems/${slug}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe/);
    expect(answer.text).toContain(`<h1>${title}</h1>`);
    expect(answer.text).toContain(`Status ${status}`);
  });

  test.each(['nonsense', 'constructor', '__proto__', '<b>'])(
    'returns 404 for a problem called %s',
    async (slug) => {
      expect((await api.send('GET', `/problems/${encodeURIComponent(slug)}`)).status).toBe(404);
    },
  );

  test('is linked from the contract for every kind of problem', () => {
    const rows = [...(document.info.description ?? '').matchAll(/\[([\w-]+)\]\(problems\/\1\) \| (\d+)/g)];
    expect(rows.map(([, slug, status]) => [slug, Number(status)])).toEqual(
      Object.entries(catalogue).map(([slug, [status]]) => [slug, status]),
    );
  });
});
