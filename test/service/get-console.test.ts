import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';

const page = readFileSync(new URL('../../generated/console.html', import.meta.url), 'utf8');

describe('getConsole', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('returns the generated page, which loads nothing', async () => {
    const { status, headers, text } = await api.send('GET', '/console');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html');
    expect(headers.get('cache-control')).toBe('private, no-cache, no-transform');
    expect(text === page).toBe(true);
    const markup = page.replace(/<script>.*<\/script>/s, '').replace(/<style>.*<\/style>/s, '');
    expect(markup).not.toMatch(/\ssrc=|<link[^>]*href="(?!data:)|\sstyle=|\son\w+=/);
  });

  test('allows its one script and its one style, and requests to its own server', async () => {
    const { headers } = await api.send('GET', '/console');
    const hash = (start: string, end: string) => {
      const text = page.slice(page.indexOf(start) + start.length, page.lastIndexOf(end));
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(headers.get('content-security-policy')?.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      'img-src data:',
      `script-src ${hash('<script>', '</script>')}`,
      `style-src ${hash('<style>', '</style>')}`,
    ]);
  });

  test('takes no body', async () => {
    const bytes = 'GET /console HTTP/1.1\r\nHost: it\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}';
    expect((await sendRaw(api.url, 'GET', '/console', bytes)).status).toBe(400);
    expect((await api.send('POST', '/console', { json: {} })).status).toBe(405);
  });
});
