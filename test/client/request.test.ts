// What the replica's requests over fetch send, and what they take from a response.
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { fetchRequest } from '../../src/client/request.ts';
import { json, type ScriptedServer, startScripted } from './scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(async () => server?.close());

test('a body of more than 64 MB, decompressed, is not read to its end', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(80 * 2 ** 20, ' '), Buffer.from('{}')]));
  server = await startScripted((response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
  );
  const response = await fetchRequest(server.url, 'token')('GET', 'session');
  expect(response).toEqual({ status: 200, body: undefined, headers: expect.any(Headers) });
});

test('a token that no header can have is not sent, and not in the error', async () => {
  server = await startScripted(json(200, {}));
  const error: unknown = await fetchRequest(server.url, () => 'secret\u0000')('GET', 'session').catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).not.toContain('secret');
  expect(server.seen).toEqual([]);
});

test('the name of the client is in its requests, unless another one is given', async () => {
  server = await startScripted(json(200, {}), json(200, {}));
  const request = fetchRequest(server.url, 'token');
  await request('GET', 'session');
  await request('GET', 'session', { headers: { 'user-agent': 'mine' } });
  const names = server.seen.map(({ headers }) => headers['user-agent']);
  expect(names).toEqual([expect.stringMatching(/^tasks-api-client\/\d/), 'mine']);
});
