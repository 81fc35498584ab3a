import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../src/contract/problem.ts';
import { isInSdks } from '../../src/publish/model/in-sdks.ts';
import { conditional } from '../../src/publish/samples/conditional.ts';
import { faultRules } from '../../src/service/fault-rules.ts';
import { type Api, startApi } from '../support/app.ts';
import { document, operations, resolve, violations } from '../support/contract.ts';

const page = readFileSync(new URL('../../generated/docs.html', import.meta.url), 'utf8');

describe('getDocs', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test.each(['/docs', '/console', '/problems/not-found', '/'])(
    'the page %s is shown whatever parameters a link has been given',
    async (path) => {
      const shown = await api.send('GET', `${path}?utm_source=x&fbclid=y`);
      expect(shown.status).toBe(path === '/' ? 307 : 200);
      expect((await api.send('GET', '/openapi.json?utm_source=x')).status).toBe(422);
    },
  );

  test('says which server has the task of the samples, and where the SDKs come from', () => {
    const [, section = ''] = /<h2 id="samples-and-sdks">(.*?)<h2 /s.exec(page) ?? [];
    expect(section).toContain('npm run sandbox');
    expect(section).toContain('not published to a registry');
    for (const command of ['node sample.mjs', 'python sample.py', 'go run sample.go', 'Sample.java'])
      expect(section).toContain(command);
  });

  test('sets each variable of its shell commands before it is used', () => {
    const { description = '' } = document.info;
    const commands = [...description.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text).join('');
    const used = [...commands.matchAll(/\$([A-Z]+)/g)];
    const unset = used.filter(({ 1: name, index }) => !commands.slice(0, index).includes(`${name}=`));
    expect(used.map(([, name]) => name)).toContain('ID');
    expect(unset.map(([, name]) => name)).toEqual([]);
  });

  test('returns the generated page, which loads nothing from any host', async () => {
    const docs = await api.send('GET', '/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-type')).toBe('text/html');
    expect(docs.text === page).toBe(true);
    expect(page).not.toMatch(/<script|\ssrc=|<link[^>]*\shref="(?!data:)|\sstyle=|\son\w+=/);
  });

  test('allows the page its own style by its hash, and nothing else', async () => {
    const policy = (await api.send('GET', '/docs')).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; .*; style-src 'sha256-[\w+/]{43}='$/);
    expect(policy).not.toMatch(/script|unsafe|connect/);
  });

  test('is small, also before it is compressed', () => {
    expect(page.length).toBeLessThan(500_000);
  });

  test('contains a sample of every operation for the shell, and in each SDK that has it', () => {
    const { actions } = JSON.parse(
      readFileSync(new URL('../../generated/code-samples.json', import.meta.url), 'utf8'),
    );
    const labels = ['curl', 'TypeScript', 'Python', 'Go', 'Java'];
    const targets = new Map(
      actions.map((action: { target: string; update: { 'x-codeSamples': { label: string }[] } }) => [
        action.target,
        action.update['x-codeSamples'].map(({ label }) => label).filter((label) => !label.includes(':')),
      ]),
    );
    for (const { id, method, path } of operations)
      expect(targets.get(`$.paths['${path}'].${method.toLowerCase()}`)).toEqual(
        isInSdks(id) ? labels : ['curl'],
      );
  });

  test.each(['getTask: with If-None-Match', 'updateTask: with If-Match'])(
    'contains a conditional sample of %s',
    (expected) => {
      const [id, condition] = expected.split(': ');
      const section = page.slice(page.indexOf(`id="${id}"`)).split('<section', 1)[0] ?? '';
      const labels = [...section.matchAll(/<summary>([^<]*): ([^<]*)<\/summary>/g)];
      expect(labels.map(([, language]) => language)).toEqual(Object.keys(conditional));
      expect(new Set(labels.map(([, , label]) => label))).toEqual(new Set([condition]));
    },
  );
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
    const [, section = ''] = /href="\.\.\/docs#([\w-]+)"/.exec(answer.text) ?? [];
    expect(page).toContain(`<h${/[A-Z]/.test(section) ? 3 : 2} id="${section}">`);
    const [, example = ''] = /<pre tabindex="0"><code>(.*)<\/code><\/pre>/s.exec(answer.text) ?? [];
    const shown = JSON.parse(
      example.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    );
    expect(violations({ $ref: '#/components/schemas/Problem' }, shown)).toEqual([]);
    expect(shown).toMatchObject({ type: `/problems/${slug}`, title, status });
    expect('errors' in shown).toBe(status === 422 || slug === 'changed-since');
  });

  test('of validation-error explains each rule, and only that page does', async () => {
    const { text } = await api.send('GET', '/problems/validation-error');
    for (const rule of Object.keys(faultRules))
      expect(text).toContain(`<dt id="${rule}"><code>${rule}</code></dt>`);
    expect((await api.send('GET', '/problems/not-found')).text).not.toContain('<dt');
  });

  // What the validator checks in a request can be the type of a fault.
  test('of validation-error explains every keyword that the contract uses for requests', () => {
    const notRules = [
      '$ref',
      'description',
      'example',
      'default',
      'nullable',
      'oneOf',
      'discriminator',
      'items',
    ];
    const keywords = new Set<string>();
    const collect = (schema: object): void => {
      const own = Object.entries(resolve<object>(schema)).filter(([name]) => !/^x-(?!text)/.test(name));
      for (const [name, value] of own) {
        if (name === 'properties') for (const inner of Object.values(value)) collect(inner as object);
        else if (name === 'items') collect(value);
        else if (name === 'oneOf') for (const inner of value) collect(inner);
        else keywords.add(name);
      }
    };
    for (const { definition, parameters } of operations) {
      for (const { schema = {} } of parameters) collect(schema);
      const { content = {} } = definition.requestBody ? resolve(definition.requestBody) : {};
      for (const { schema = {} } of Object.values(content)) collect(schema);
    }
    const unknown = [...keywords].filter(
      (name) => !notRules.includes(name) && !Object.hasOwn(faultRules, name),
    );
    expect(unknown).toEqual([]);
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
