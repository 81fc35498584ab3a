// The console in a real browser: what a person does on it, with the network cut off but for the
// server itself, at the width of a desk and of a phone, and below a path prefix.
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AppDependencies } from '../../src/app.ts';
import { type Api, sharedPostgres, startApi } from '../support/app.ts';
import { axeViolations, complaintsOf, hasBrowser, startBrowser } from '../support/browser.ts';
import { document, operations } from '../support/contract.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** The elements that reach beyond the right edge of the screen. */
const widest = `[...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth && one.closest('.skip') === null)
  .map(({ tagName, className, textContent }) => tagName + '.' + className + ' ' + textContent.slice(0, 40))
  .slice(-5).join('; ')`;

/** A name that the browser takes for this machine, and which the console must not. */
const elsewhere = 'tasks.example.test';

const operationOn = (page: Page, id: string): Locator => page.locator(`[id^=operations-][id$=-${id}]`);

const field = (operation: Locator, name: string): Locator =>
  operation.locator(`tr[data-param-name="${name}"]`).locator('input, select');

/** Sends the operation's request as it is filled in, and returns what the page shows of the response. */
const execute = async (operation: Locator, expected: number): Promise<{ body: string; headers: string }> => {
  await operation.locator('.execute').click();
  const response = operation.locator('.live-responses-table .response').first();
  await response
    .locator('.response-col_status')
    .filter({ hasText: String(expected) })
    .waitFor();
  return {
    body: (await response.locator('.highlight-code pre').first().textContent()) ?? '',
    headers: (await response.locator('.headerline').allTextContents()).join('\n'),
  };
};

const open = async (page: Page, id: string): Promise<Locator> => {
  const operation = operationOn(page, id);
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('.execute').waitFor();
  return operation;
};

/** A proxy that serves the API below a path, as nginx does. */
const startProxy = async (api: () => Api, prefix: string): Promise<{ url: string; server: Server }> => {
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) return void outgoing.writeHead(502).end();
    const target = `${api().url}${url.slice(prefix.length)}`;
    const passed = request(target, { method, headers: { ...headers, 'x-forwarded-prefix': prefix } });
    passed.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`, server };
};

describe.skipIf(!hasBrowser)('the console in a browser (needs Chromium)', () => {
  const postgres = sharedPostgres();
  let browser: Browser;
  let api: Api;

  beforeAll(async () => {
    api = await startApi({ postgres: postgres() });
    browser = await startBrowser([`--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`]);
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  /** A new page on which nothing may fail, and that may load only from `base`. */
  const openConsole = async (base = api.url, token?: string, viewport = desktop) => {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    onTestFinished(() => context.close());
    const complaints = complaintsOf(page);
    const requested: string[] = [];
    page.on('request', (one) => requested.push(one.url()));
    await page.goto(`${base}/console${token === undefined ? '' : `#token=${token}`}`);
    await operationOn(page, 'listTasks').waitFor();
    await page.locator('#caller').filter({ hasText: /./ }).waitFor();
    return { page, complaints, requested };
  };

  const useToken = async (page: Page, token: string): Promise<void> => {
    await page.getByLabel('Token', { exact: true }).fill(`Bearer ${token}`);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.locator('#caller').filter({ hasText: 'Requests are sent as' }).waitFor();
  };

  /** What a person does first. */
  const journey = async (page: Page): Promise<void> => {
    const create = await open(page, 'createTask');
    await create.locator('textarea').fill('{"title": "From the console"}');
    const created = await execute(create, 201);
    expect(created.headers).toMatch(/etag: "1"/);
    expect(created.headers).toMatch(/x-request-id: [0-9a-f-]{36}/);
    const { id } = JSON.parse(created.body);
    expect((await execute(await open(page, 'listTasks'), 200)).body).toContain(id);

    const update = await open(page, 'updateTask');
    await field(update, 'task_id').fill(id);
    await field(update, 'If-Match').fill('"1"');
    await update.locator('textarea').fill('{"completed": true}');
    expect((await execute(update, 200)).headers).toMatch(/etag: "2"/);
    const stale = await execute(update, 412);
    expect(JSON.parse(stale.body).type).toMatch(/\/problems\/precondition-failed$/);
    expect(stale.headers).toMatch(/etag: "2"/);
    expect(stale.headers).toContain(JSON.parse(stale.body).instance.slice('urn:uuid:'.length));
    await update.locator('textarea').fill('{"title": " "}');
    const invalid = await execute(update, 422);
    expect(JSON.parse(invalid.body).errors[0].loc).toEqual(['body', 'title']);
  };

  // A response of 4xx is an error to the browser's own console, and what the journey wants.
  const wanted = /^Failed to load resource: the server responded with a status of (412|422) /;

  test.each([
    ['a desk', desktop],
    ['a phone', phone],
  ])('at %s, requests are sent, problems are shown, and axe finds nothing', async (_place, viewport) => {
    const { token } = await api.newUser();
    const { page, complaints, requested } = await openConsole(api.url, undefined, viewport);
    expect(await axeViolations(page)).toEqual([]);
    await useToken(page, token);
    await journey(page);
    // Each method has colours of its own.
    for (const id of ['replaceTask', 'deleteTask']) await open(page, id);
    expect(await page.evaluate(widest)).toBe('');
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints.filter((complaint) => !wanted.test(complaint))).toEqual([]);
    const others = requested.filter((url) => !url.startsWith(`${api.url}/`) && !url.startsWith('data:'));
    expect(others).toEqual([]);
  });

  test('every operation is there but the pages, and only what has one right value is filled in', async () => {
    const { page } = await openConsole();
    await page.evaluate(
      `document.querySelectorAll('.opblock-summary-control').forEach((one) => one.click())`,
    );
    const fields = `[...document.querySelectorAll('tr[data-param-name]')].map((row) =>
      row.closest('.opblock').id.split('-').at(-1) + ' ' + row.dataset.paramName + '=' +
      row.querySelector('input, select').value)`;
    const shown = operations.filter(
      ({ definition: { responses } }) =>
        !Object.values(responses).some((one) => 'content' in one && one.content?.['text/html']),
    );
    const parameters = shown.flatMap((operation) => operation.parameters);
    const read = () => page.evaluate<string[]>(fields);
    await expect.poll(async () => (await read()).length).toBe(parameters.length);
    expect(await page.locator('.opblock').count()).toBe(shown.length);
    const withUser = shown
      .filter(({ path }) => path.includes('{user_id}'))
      .map(({ id }) => `${id} user_id=me`);
    // Required, and the only value that the contract allows.
    const expected = [...withUser, 'deleteCompletedTasks completed=true'];
    expect((await read()).filter((one) => !one.endsWith('=')).sort()).toEqual(expected.sort());
  });

  test('the token in the address is used, leaves the address at once, and is stored nowhere', async () => {
    const { id, token } = await api.newUser();
    const { page, requested } = await openConsole(api.url, token);
    expect(page.url()).toBe(`${api.url}/console`);
    expect(await page.locator('#caller').textContent()).toContain(`“${id}”`);
    expect((await execute(await open(page, 'getSession'), 200)).body).toContain(id);
    expect(requested.join()).not.toContain(token);
    const stored =
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])';
    expect(await page.evaluate(stored)).toBe('[{},{},"",null]');
    await page.getByRole('button', { name: 'Forget token' }).click();
    expect((await execute(operationOn(page, 'getSession'), 401)).body).toContain('not-authenticated');
    await page.reload();
    await operationOn(page, 'listTasks').waitFor();
    expect(await page.locator('#caller').textContent()).not.toContain('Requests are sent as');
  });

  test('a token in an address of another host is not used: a link could sign someone in', async () => {
    const { id, token } = await api.newUser();
    const { page } = await openConsole(api.url.replace('127.0.0.1', elsewhere), token);
    expect(page.url()).not.toContain(token);
    expect(await page.locator('#caller').textContent()).not.toContain(id);
    expect((await execute(await open(page, 'getSession'), 401)).body).toContain('not-authenticated');
  });

  const someToken = (claims: object) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

  test('an expired token is called so', async () => {
    const { page } = await openConsole(api.url, someToken({ sub: 'bob', exp: 1_700_000_000 }));
    expect(await page.locator('#caller').textContent()).toMatch(/“bob” expired at .*2023/);
  });

  test('an address with another token is used in the open page, and leaves the address', async () => {
    const [first, second] = [await api.newUser(), await api.newUser()];
    const { page } = await openConsole(api.url, first.token);
    await page.goto(`${api.url}/console#token=${second.token}`);
    await page.locator('#caller').filter({ hasText: second.id }).waitFor();
    expect(page.url()).toBe(`${api.url}/console`);
    expect((await execute(await open(page, 'getSession'), 200)).body).toContain(second.id);
    await page.goto(`${api.url}/console#token=no%20token`);
    await page.locator('#caller').filter({ hasText: 'not a token' }).waitFor();
    expect(page.url()).toBe(`${api.url}/console`);
  });

  test('a forgotten token is nowhere on the page, nor is what was returned for it', async () => {
    const { id, token } = await api.newUser();
    const { page } = await openConsole(api.url, token);
    await execute(await open(page, 'getSession'), 200);
    expect(await page.content()).toContain(token);
    await page.getByRole('button', { name: 'Forget token' }).click();
    await expect.poll(() => page.content()).not.toContain(token);
    expect(await page.content()).not.toContain(id);
  });

  test('without a token, the operation itself shows it, and leads to the field', async () => {
    const { page } = await openConsole();
    const operation = await open(page, 'getTask');
    await operation.getByRole('button', { name: 'Enter a token' }).click();
    expect(await page.locator(':focus').getAttribute('id')).toBe('token-field');
    expect(await (await open(page, 'getLiveness')).locator('.no-token').count()).toBe(0);
    await useToken(page, (await api.newUser()).token);
    expect(await operation.locator('.no-token').isVisible()).toBe(false);
  });

  test('a wrong parameter gets the response of the service, in place of the earlier one', async () => {
    const { page } = await openConsole(api.url, (await api.newUser()).token);
    const list = await open(page, 'listTasks');
    await execute(list, 200);
    await field(list, 'limit').fill('many');
    await field(list, 'If-None-Match').fill('1');
    const refused = JSON.parse((await execute(list, 422)).body);
    expect(refused.errors.map(({ msg }: { msg: string }) => msg).sort()).toEqual([
      'must be * or entity tags in double quotes, separated by commas',
      'must be a whole number',
    ]);
  });

  test('a missing parameter is marked, and the earlier response is gone', async () => {
    const { page, complaints } = await openConsole(api.url, (await api.newUser()).token);
    const get = await open(page, 'getTask');
    await field(get, 'task_id').fill('7');
    expect((await execute(get, 422)).body).toContain('must be a UUID');
    await field(get, 'task_id').fill('');
    await get.locator('.execute').click();
    await get.locator('input[aria-invalid=true][aria-label^="task_id: Required"]').waitFor();
    expect(await get.locator('.live-responses-table').count()).toBe(0);
    expect(complaints.filter((complaint) => !wanted.test(complaint))).toEqual([]);
    await field(get, 'task_id').fill('8');
    await execute(get, 422);
    await expect.poll(() => get.locator('[aria-invalid=true]').count()).toBe(0);
  });

  test('groups have the names that the documentation gives them', async () => {
    const { page } = await openConsole();
    const names = (document.tags ?? []).map((tag) => 'x-displayName' in tag && tag['x-displayName']);
    const shown = await page.locator('.opblock-tag > a, .opblock-tag > span').allTextContents();
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.filter((name) => !names.includes(name))).toEqual([]);
  });

  test('text that is not a token is not sent', async () => {
    const { page } = await openConsole();
    await page.getByLabel('Token', { exact: true }).fill('sesame');
    await page.keyboard.press('Enter');
    await page.locator('#caller').filter({ hasText: 'not a token' }).waitFor();
  });

  test.each<[string, (url: string) => Partial<AppDependencies>]>([
    ['PUBLIC_URL', (url) => ({ publicUrl: url })],
    ['X-Forwarded-Prefix', () => ({ trustedProxies: 1 })],
  ])('works below a path prefix, known by %s, and the docs lead to it', async (_source, settings) => {
    let below: Api | undefined;
    const { url, server } = await startProxy(() => below as Api, '/below/tasks');
    onTestFinished(() => void server.close());
    below = await startApi({ postgres: postgres(), app: settings(url) });
    onTestFinished(() => below?.close());
    const { token } = await below.newUser();
    const { page, complaints } = await openConsole(url);
    await useToken(page, token);
    await execute(await open(page, 'createTask'), 201);
    expect(complaints).toEqual([]);
    await page.getByRole('link', { name: 'Documentation' }).click();
    await page.getByRole('link', { name: 'console', exact: true }).first().click();
    await operationOn(page, 'listTasks').waitFor();
    expect(page.url()).toBe(`${url}/console`);
  });
});
