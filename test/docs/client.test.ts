// The TypeScript client in a real browser: the modules of the package as they are, on a page of another origin.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { hasBrowser, startBrowser } from '../support/browser.ts';

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
});
