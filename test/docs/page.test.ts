// The docs page and the problem pages in a real browser, without JavaScript, and with the network cut
// off but for the server itself.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { axeViolations, complaintsOf, hasBrowser, startBrowser } from '../support/browser.ts';
import { document, operations } from '../support/contract.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

describe.skipIf(!hasBrowser)('the documentation in a browser (needs Chromium)', () => {
  let api: Api;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    api = await startApi();
    browser = await startBrowser();
    // The pages have no scripts; axe needs one of its own, so it gets another context.
    context = await browser.newContext({ viewport: desktop, javaScriptEnabled: false });
    page = await context.newPage();
    complaints = complaintsOf(page);
    page.on('request', (request) => {
      if (!request.url().startsWith(`${api.url}/`)) complaints.push(`request ${request.url()}`);
    });
    await page.goto(`${api.url}/docs`);
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  /** The id of the heading that is at the top of the screen. */
  const isAtTop = async (id: string): Promise<boolean> => {
    const { y = -1 } = (await page.locator(`[id="${id}"]`).boundingBox()) ?? {};
    return y >= 0 && y < 100;
  };

  test('leads from the contents to every section of the description, and to every operation', async () => {
    const contents = page.getByRole('navigation', { name: 'Contents' });
    expect(await page.locator('h1').textContent()).toContain('Tasks API');
    const titles = [...(document.info.description ?? '').matchAll(/^## (.*)$/gm)].map(
      ([, title = '']) => title,
    );
    for (const title of titles) {
      const href = await contents.getByRole('link', { name: title, exact: true }).getAttribute('href');
      expect(await page.locator(`h2${href}`).count(), title).toBe(1);
    }
    for (const { id, definition } of operations) {
      expect(await contents.locator(`a[href="#${id}"]`).textContent()).toBe(definition.summary);
      expect(await page.locator(`h3[id="${id}"]`).textContent()).toContain(definition.summary);
    }
    await contents.getByRole('link', { name: 'Update a task' }).click();
    await expect.poll(() => isAtTop('updateTask')).toBe(true);
    expect(page.url()).toBe(`${api.url}/docs#updateTask`);
  });

  test('no link of the page leads to a place that is not there', async () => {
    const html = (await api.send('GET', '/docs')).text;
    const ids = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
    const targets = [...html.matchAll(/\shref="([^"]*)"/g)].map(([, href = '']) => href);
    expect(targets.filter((href) => href.startsWith('#') && !ids.has(href.slice(1)))).toEqual([]);
    const elsewhere = [...new Set(targets.filter((href) => !/^(?:#|data:|https:)/.test(href)))];
    expect(elsewhere).toContain('console');
    for (const href of elsewhere) {
      const { status } = await api.send('GET', `/${href.split('#')[0]}`);
      expect(status, href).toBe(200);
    }
  });

  test('has one sample open at a time, which a click on another language replaces', async () => {
    const samples = page.locator('section:has(> #updateTask) details[name]');
    expect(await samples.first().getAttribute('open')).not.toBe(null);
    const other = samples.filter({ hasText: 'Go: with If-Match' });
    await other.locator('summary').click();
    await other.locator('pre').waitFor();
    expect(await samples.locator('pre:visible').count()).toBe(1);
  });

  test('a keyboard reaches the content with the first link, and the console from an operation', async () => {
    await page.goto(`${api.url}/docs`);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('main:focus').count()).toBe(1);
    const link = page
      .locator('section:has(> #updateTask)')
      .getByRole('link', { name: 'Send it from the console' });
    expect(await link.getAttribute('href')).toBe('console#/tasks/updateTask');
  });

  test('leads to the page of a problem, and from there to the section about it', async () => {
    // test/service/get-docs.test.ts checks the links of all of them.
    for (const slug of ['not-found', 'idempotency-key-reused']) {
      await page.goto(`${api.url}/docs#errors`);
      await page.locator(`td a[href="problems/${slug}"]`).click();
      await page.waitForURL(`${api.url}/problems/${slug}`);
      await page.getByRole('link', { name: 'About this in the documentation' }).click();
      await page.waitForURL(`${api.url}/docs#*`);
      expect(await isAtTop(new URL(page.url()).hash.slice(1)), slug).toBe(true);
    }
  });

  test.each([
    ['a desk', desktop, 'light'],
    ['a phone', phone, 'light'],
    ['a phone at night', phone, 'dark'],
  ] as const)(
    'at %s, nothing is wider than the screen, and axe finds nothing',
    async (_at, viewport, colorScheme) => {
      const own = await browser.newContext({ viewport, colorScheme });
      const scripted = await own.newPage();
      const faults = complaintsOf(scripted);
      for (const path of ['/docs', '/problems/validation-error']) {
        await scripted.goto(api.url + path);
        await scripted.evaluate(
          `for (const one of document.querySelectorAll('.responses details')) one.open = true`,
        );
        const { width } = viewport;
        expect(await scripted.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(
          width,
        );
        expect(await axeViolations(scripted), path).toEqual([]);
      }
      expect(faults).toEqual([]);
      await own.close();
    },
  );

  test('on a phone, a command is on one line, and no text is half under the link to the contents', async () => {
    const own = await browser.newContext({ viewport: phone });
    const scripted = await own.newPage();
    await scripted.goto(`${api.url}/docs`);
    const command = `document.evaluate('//code[.="npm run token -- alice"]', document).iterateNext()`;
    expect(await scripted.evaluate(`${command}.getClientRects().length`)).toBe(1);
    const cell = `document.evaluate('//td[.="TypeScript"]', document).iterateNext()`;
    const lines = `const range = document.createRange(); range.selectNodeContents(${cell}); range.getClientRects().length`;
    expect(await scripted.evaluate(lines)).toBe(1);
    const back = await scripted.locator('.back').boundingBox();
    expect([back?.x, back?.width, (back?.y ?? 0) + (back?.height ?? 0)]).toEqual([
      0,
      phone.width,
      phone.height,
    ]);
    await own.close();
  });

  test('opens an operation in the console', async () => {
    const own = await browser.newContext({ viewport: desktop });
    const scripted = await own.newPage();
    await scripted.goto(`${api.url}/docs#createTask`);
    await scripted
      .locator('section:has(> #createTask)')
      .getByRole('link', { name: 'Send it from the console' })
      .click();
    await scripted.locator('#operations-tasks-createTask .execute').waitFor();
    await own.close();
  });

  test('names the server that clients reach, where the operator has named it', async () => {
    const publicUrl = 'https://tasks.example.com/below';
    const named = await startApi({ app: { publicUrl } });
    try {
      expect((await named.send('GET', '/docs')).text).toContain(
        `Server: <span id="server"><code>${publicUrl}</code></span>`,
      );
    } finally {
      await named.close();
    }
  });

  test('loads nothing but itself and complains about nothing', () => {
    expect(complaints).toEqual([]);
  });
});
