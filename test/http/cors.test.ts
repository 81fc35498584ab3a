// Which origins the operator may allow, and which pages that lets in.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { type Api, startApi } from '../support/app.ts';

const faultsOf = (origins: string): readonly string[] => {
  try {
    readConfig({ CORS_ORIGINS: origins });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

const apps = [
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'app://.',
  'app://obsidian.md',
  'app://localhost:8080',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'moz-extension://2b0b7b35-3c3c-4a3b-9d0b-0a4b3a2f9c11',
  'safari-web-extension://2B0B7B35-3C3C-4A3B-9D0B-0A4B3A2F9C11',
];
const wildcards = ['https://*.example.com', 'https://*.vercel.app', 'http://*.dev.example.com:8080'];
const names = [
  'https://app.example.com',
  'http://localhost:5173',
  'http://[::1]:3000',
  'https://xn--bcher-kva.example',
];

describe('CORS_ORIGINS', () => {
  test.each([...names, ...apps, ...wildcards])('takes %s', (origin) => {
    expect(readConfig({ CORS_ORIGINS: ` ${origin} ,https://other.example` }).corsOrigins).toEqual([
      origin,
      'https://other.example',
    ]);
  });

  test.each<[RegExp, string[]]>([
    [/\* or the opaque origin/, ['*', 'null']],
    [
      /first label/,
      [
        'https://*',
        'https://*.com',
        'https://*.com:8443',
        'https://*.com.',
        'https://*example.com',
        'https://app.*.example.com',
        'https://*.*.example.com',
        'https://app.example.*',
        'https://app.example.com:*',
        'https://*.2.3.4',
        'https://*.Example.com',
        'https://*.example.com/',
        '*.example.com',
        '*://app.example.com',
        'chrome-extension://*',
      ],
    ],
    [
      /a scheme and a host/,
      [
        'app.example.com',
        'https://app.example.com/',
        'https://app.example.com/path',
        'https://App.example.com',
        'https://app.example.com:443',
        'https://me@app.example.com',
        'capacitor://localhost/',
        'capacitor:localhost',
        'CAPACITOR://localhost',
        'file://',
        'file://host',
        'https://a.example.com,',
      ],
    ],
  ])('refuses in a line that matches %s', (line, origins) => {
    for (const origin of origins) {
      const faults = faultsOf(origin);
      expect({ origin, faults }).toEqual({ origin, faults: [expect.stringMatching(line)] });
      expect(faultsOf(`https://good.example,${origin}`)).toEqual(faults);
    }
  });

  test('reports each kind of fault once', () => {
    expect(faultsOf('*,null,https://*,https://*.com,nowhere')).toHaveLength(3);
  });
});

describe('a page', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ app: { corsOrigins: [...apps, ...wildcards] } });
  });
  afterAll(() => api.close());

  const allowed = async (origin: string) => {
    const { headers } = await api.send('GET', '/healthz', { headers: { Origin: origin } });
    expect(headers.get('vary')).toContain('Origin');
    return headers.get('access-control-allow-origin');
  };

  test.each([
    ...apps,
    'https://app.example.com',
    'https://my-app-git-main-team_1.vercel.app',
    'https://xn--bcher-kva.example.com',
    'http://a.dev.example.com:8080',
  ])('of %s may call', async (origin) => {
    expect(await allowed(origin)).toBe(origin);
    const preflight = await api.send('OPTIONS', '/api/v1/users/me/tasks', {
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  });

  test.each([
    'null',
    'https://example.com',
    'https://.example.com',
    'https://*.example.com',
    'https://a.b.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evil.example/.example.com',
    'https://evil.example#.example.com',
    'https://evil.example?.example.com',
    'https://me@evil.example.com',
    'https://app.example.com,https://evil.example.com',
    'https://appexample.com',
    'https://APP.example.com',
    'http://a.dev.example.com',
    'capacitor://localhost.evil.example',
    'capacitor://localhost:1',
  ])('of %s may not', async (origin) => {
    expect(await allowed(origin)).toBeNull();
  });
});
