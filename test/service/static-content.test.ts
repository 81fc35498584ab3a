// Static content (docs, contract, problem pages): its codings, their entity tags, and the cost of a
// request.
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codingFor } from '../../src/http/content-coding.ts';
import { type Api, startApi } from '../support/app.ts';
import { departures } from '../support/contract.ts';
import { costRatio } from '../support/cpu.ts';

const paths = ['/docs', '/console', '/openapi.json', '/openapi.yaml', '/problems/not-found'];

const decoders = { identity: (bytes: Buffer) => bytes, gzip: gunzipSync, br: brotliDecompressSync };

type Coding = keyof typeof decoders;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Sends a request unchanged. fetch does not: it requests codings of its own and decodes. */
const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: Headers; bytes: Buffer }>((resolve, reject) => {
    request(api.url + path, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const status = response.statusCode ?? 0;
        const received = new Headers(response.headers as Record<string, string>);
        const coding = (received.get('content-encoding') ?? 'identity') as Coding;
        const text = method === 'GET' && status === 200 ? String(decoders[coding](bytes)) : '';
        const strayed = departures({ method, path, status, headers: received, text });
        if (strayed.length > 0) reject(new Error(strayed.join('\n')));
        else resolve({ status, headers: received, bytes });
      });
    })
      .on('error', reject)
      .end();
  });

describe.each(paths)('%s', (path) => {
  test.each(Object.entries(decoders))(
    'in %s is the same content, under an entity tag of its own',
    async (coding, decode) => {
      const plain = await get(path);
      const { status, headers, bytes } = await get(path, { 'Accept-Encoding': coding });
      expect(status).toBe(200);
      expect(headers.get('content-encoding') ?? 'identity').toBe(coding);
      expect(headers.get('vary')).toBe('Accept-Encoding');
      expect(headers.get('content-length')).toBe(String(bytes.length));
      expect(decode(bytes).equals(plain.bytes)).toBe(true);
      if (coding === 'identity') return;
      expect(bytes.length).toBeLessThan(plain.bytes.length);
      expect(headers.get('etag')).not.toBe(plain.headers.get('etag'));
    },
  );

  test('is sent again when its tag is the last of thousands, which are not searched', async () => {
    const etag = (await get(path)).headers.get('etag') ?? '';
    const list = (others: number) => ({ 'If-None-Match': `${'"x", '.repeat(others)}${etag}` });
    expect((await get(path, list(100))).status).toBe(304);
    expect((await get(path, list(10_000))).status).toBe(200);
  });

  test('is 304 for a client that has it, in the coding that it has', async () => {
    for (const coding of Object.keys(decoders)) {
      const own = { 'Accept-Encoding': coding };
      const etag = (await get(path, own)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[^"]+"$/);
      for (const named of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const known = await get(path, { ...own, 'If-None-Match': named });
        expect([known.status, known.bytes.length]).toEqual([304, 0]);
        expect(known.headers.get('etag')).toBe(etag);
        expect(known.headers.get('vary')).toBe('Accept-Encoding');
        expect(known.headers.get('content-encoding')).toBe(null);
        expect(known.headers.get('content-type')).toBe(null);
      }
      expect((await get(path, { ...own, 'If-None-Match': '"other"' })).status).toBe(200);
    }
    const gzipped = (await get(path, { 'Accept-Encoding': 'gzip' })).headers.get('etag') ?? '';
    expect((await get(path, { 'If-None-Match': gzipped })).status).toBe(200);
  });

  test('has the same header fields for HEAD', async () => {
    for (const coding of Object.keys(decoders)) {
      const own = { 'Accept-Encoding': coding };
      const [whole, head] = [await get(path, own), await get(path, own, 'HEAD')];
      expect([head.status, head.bytes.length]).toEqual([200, 0]);
      for (const name of ['content-length', 'content-encoding', 'content-type', 'etag', 'vary'])
        expect(head.headers.get(name), name).toBe(whole.headers.get(name));
    }
  });
});

test('a page is compressed once, whatever the number of requests, and encoded for none of them', async () => {
  const accept = { 'Accept-Encoding': 'br' };
  await get('/docs', accept);
  // HEAD has no content, so only the work of finding it is left.
  const many = (path: string) => async () => {
    for (let n = 0; n < 200; n++) await get(path, accept, 'HEAD');
  };
  // Other threads compress: two hundred times would outlast the test.
  expect(await costRatio(many('/docs'), many('/problems/not-found'), 4)).toBeLessThan(4);
});

test.each<[string | undefined, Coding]>([
  [undefined, 'identity'],
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', 'identity'],
  ['gzip ; q=0.000 , br ; q=0', 'identity'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['br;q=0, *', 'gzip'],
  ['identity, *;q=0', 'identity'],
  ['gzip;q=0.1, identity', 'identity'],
  ['gzip;q=0.5, identity;q=0.5', 'gzip'],
  ['gzip, identity;q=0', 'gzip'],
  ['identity;q=0', 'identity'],
  ['identity;q=0, *;q=0', 'identity'],
  ['gzip;q=2', 'identity'],
  ['gzip;level=9', 'identity'],
  [',, gzip,', 'gzip'],
  [`gzip${','.repeat(2000)}`, 'identity'],
])('Accept-Encoding: %s gets %s', (field, coding) => {
  expect(codingFor(field, ['br', 'gzip'])).toBe(coding);
});

test('Accept-Encoding never gets a coding that does not exist', () => {
  expect(codingFor('br', ['gzip'])).toBe('identity');
  expect(codingFor('br, gzip;q=0.5', ['gzip'])).toBe('gzip');
});
