// The docs page in a real browser, with the network cut off but for the server itself.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { hasBrowser, startBrowser } from '../support/browser.ts';
import { document, operations } from '../support/contract.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1440, height: 900 };

describe.skipIf(!hasBrowser)('the docs page in a browser (needs Chromium)', () => {
  let api: Api;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    api = await startApi();
    browser = await startBrowser();
    page = await browser.newPage({ viewport: desktop });
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text().slice(0, 300));
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (url !== `${api.url}/docs` && !/^(data|blob):/.test(url)) complaints.push(`request ${url}`);
    });
    await page.route(
      (url) => url.protocol.startsWith('http') && url.origin !== api.url,
      (route) => route.abort(),
    );
    await page.goto(`${api.url}/docs`);
    await page.locator('a[href="#/section/errors"]').first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  test('shows the title and every section of the description in the navigation', async () => {
    expect(await page.locator('h1').first().textContent()).toContain('Tasks API');
    for (const [, section = ''] of (document.info.description ?? '').matchAll(/^## (.*)$/gm))
      expect(
        await page.locator('nav, aside, body').getByText(section, { exact: true }).count(),
      ).toBeGreaterThan(0);
  });

  test('leads from the navigation to every operation, and shows its samples', async () => {
    for (const { name } of document.tags ?? []) await page.locator(`a[href="#/${name}"]`).first().click();
    for (const { id, definition } of operations) {
      const link = page.locator(`a[href$="/${id.toLowerCase()}"]`).first();
      await link.click();
      await page.waitForURL(`**#/**/${id.toLowerCase()}`);
      const section = page.locator(`[data-section-id$="/${id.toLowerCase()}"]`).first();
      await section
        .locator('h1, h2')
        .filter({ hasText: definition.summary ?? '' })
        .first()
        .waitFor();
      expect(await section.textContent(), id).toContain('curl');
    }
  });

  test('fits a phone: nothing is wider than the screen', async () => {
    await page.setViewportSize(phone);
    for (const at of ['', '#/section/errors', '#/tasks/listtasks', '#/tasks/updatetask']) {
      await page.goto(`${api.url}/docs${at}`);
      await page.locator('h1').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth'), at).toBeLessThanOrEqual(
        phone.width,
      );
    }
    await page.setViewportSize(desktop);
  });

  test('names the server that clients reach, where the operator has named it', async () => {
    const publicUrl = 'https://tasks.example.com/below';
    const named = await startApi({ app: { publicUrl } });
    const other = await browser.newPage({ viewport: desktop });
    const faults: string[] = [];
    other.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())));
    other.on('pageerror', (error) => faults.push(error.message));
    try {
      await other.goto(`${named.url}/docs`);
      await other.locator('a[href="#/section/errors"]').first().waitFor();
      expect(await other.getByText(publicUrl, { exact: true }).count()).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    } finally {
      await other.close();
      await named.close();
    }
  });

  test('loads nothing but itself and complains about nothing', async () => {
    await page.goto(`${api.url}/problems/validation-error`);
    const allowed = `request ${api.url}/problems/validation-error`;
    expect(complaints.filter((complaint) => complaint !== allowed)).toEqual([]);
  });
});
