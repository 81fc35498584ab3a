// The TypeScript client in a real browser: the modules of the package as they are, on a page of another origin.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { complaintsOf, hasBrowser, startBrowser } from '../support/browser.ts';

// Runs in the page, as text: this file's own types know nothing of a browser.
const program = `
  import { connect, createReplica, fetchRequest } from '/src/client/index.js';
  window.journey = async (serverUrl, token) => {
    const tasks = connect({ serverUrl, token });
    const failure = (call) => call.then(() => null, (error) => error);
    for (let n = 1; n <= 5; n++) await tasks.createTask({ title: 'task ' + n });
    const listed = [];
    for await (const task of tasks.listTasks({ sort: 'created_at', limit: 2 })) listed.push(task);
    const update = () => tasks.updateTask(listed[0].id, { completed: true }, { ifMatch: 1 });
    const updated = await update().withResponse();
    const stale = await failure(update());
    const invalid = await failure(tasks.createTask({ title: ' ' }));
    const unchanged = await tasks.getTask(listed[0].id, { ifNoneMatch: 2 });
    const exported = [];
    for await (const { title } of tasks.exportTasks()) exported.push(title);
    const replica = createReplica(fetchRequest(serverUrl, () => token));
    await replica.pull();
    return {
      listed: listed.map(({ title }) => title),
      etag: updated.response.headers.get('ETag'),
      stale: [stale.name, stale.headers.get('ETag')],
      invalid: invalid.problem.errors[0].loc,
      unchanged: unchanged === undefined,
      exported: exported.length,
      replica: replica.tasks().size,
    };
  };

  // Without the client: the first page of a stream.
  window.firstEvent = async (serverUrl, token, lastEventId) => {
    const headers = { Authorization: 'Bearer ' + token, Accept: 'text/event-stream' };
    if (lastEventId !== undefined) headers['Last-Event-ID'] = lastEventId;
    const response = await fetch(serverUrl + '/api/v1/users/me/task-changes', { headers });
    window.streams = (window.streams ?? 0) + 1;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!/^data: .*\\n\\n/m.test(text)) {
      const { done, value } = await reader.read();
      if (done) throw new Error('ended after ' + text);
      text += value;
    }
    await reader.cancel();
    const { items } = JSON.parse(/^data: (.*)$/m.exec(text)[1]);
    return {
      type: response.headers.get('Content-Type'),
      id: /^id: (.*)$/m.exec(text)[1],
      titles: items.map(({ task }) => task.title),
    };
  };

  // With it: a stream, and a replica, until the page ends them.
  window.following = (serverUrl, token) => {
    const closing = new AbortController();
    const { signal } = closing;
    const titles = [];
    const stream = async () => {
      for await (const { items } of connect({ serverUrl, token }).listTaskChanges({}, { signal }).follow()) {
        titles.push(...items.map(({ task }) => task.title));
      }
    };
    const replica = createReplica(fetchRequest(serverUrl, () => token));
    const ends = Promise.all([stream(), replica.follow({ signal })].map((end) => end.catch(({ name }) => name)));
    const shown = () => [...replica.tasks().values()].map(({ title }) => title);
    window.followed = { titles, shown, end: () => (closing.abort(), ends) };
  };
`;

describe.skipIf(!hasBrowser)('the TypeScript client in a browser (needs Chromium)', () => {
  const modules = mkdtempSync(join(tmpdir(), 'tasks-client-'));
  let pages: Server;
  let origin: string;
  let api: Api;
  let browser: Browser;

  beforeAll(async () => {
    execFileSync(process.execPath, [
      'node_modules/typescript/bin/tsc',
      '-p',
      'src/client',
      '--outDir',
      modules,
    ]);
    pages = createServer(async ({ url = '/' }, response) => {
      const isModule = url.endsWith('.js');
      response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
      // A page for everything else; browsers ask for an icon, too.
      response.end(
        isModule ? await readFile(join(modules, url)) : `<script type="module">${program}</script>`,
      );
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    api = await startApi({ app: { corsOrigins: [origin] } });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
    pages?.close();
    rmSync(modules, { recursive: true, force: true });
  });

  test('creates, lists across pages, updates with a precondition, reads problems and keeps a replica', async () => {
    const user = await api.newUser();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(origin);
    await page.waitForFunction('window.journey !== undefined');
    const seen = await page.evaluate(`window.journey('${api.url}', '${user.token}')`);
    expect(seen).toEqual({
      listed: ['task 1', 'task 2', 'task 3', 'task 4', 'task 5'],
      etag: '"2"',
      stale: ['PreconditionFailedError', '"2"'],
      invalid: ['body', 'title'],
      unchanged: true,
      exported: 5,
      replica: 5,
    });
    expect(complaints).toEqual([]);
  });

  /** The program on a page of its own, and what goes wrong in it. */
  const openPage = async (): Promise<{ page: Page; complaints: string[] }> => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(origin);
    await page.waitForFunction('window.journey !== undefined');
    return { page, complaints };
  };

  test('a page without the client resumes a stream by Last-Event-ID, and sees what happens meanwhile', async () => {
    const user = await api.newUser();
    const { page } = await openPage();
    await user.create({ title: 'before' });
    const read = (...more: string[]) =>
      page.evaluate<{ type: string; id: string; titles: string[] }>(
        `window.firstEvent(...${JSON.stringify([api.url, user.token, ...more])})`,
      );
    const first = await read();
    expect(first.type).toMatch(/^text\/event-stream/);
    expect(first.titles).toEqual(['before']);
    const resumed = read(first.id);
    await Promise.race([page.waitForFunction('window.streams === 2'), resumed]);
    await user.create({ title: 'meanwhile' });
    expect((await resumed).titles).toEqual(['meanwhile']);
    await page.close();
  });

  test('follow() of the client and of a replica show what happens meanwhile, until they are ended', async () => {
    const user = await api.newUser();
    const { page, complaints } = await openPage();
    await user.create({ title: 'before' });
    await page.evaluate(`window.following('${api.url}', '${user.token}')`);
    const seen = () => page.evaluate('[window.followed.titles, window.followed.shown()]');
    await expect.poll(seen, { timeout: 5000 }).toEqual([['before'], ['before']]);
    await user.create({ title: 'meanwhile' });
    const both = ['before', 'meanwhile'];
    await expect.poll(seen, { timeout: 5000 }).toEqual([both, both]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('window.followed.end()')).toEqual(['AbortError', 'AbortError']);
    await page.close();
  });
});
