// Methods: what a path does not take is refused with what it does take, OPTIONS says so too, and
// HEAD is GET without a body; the same for everybody, and nothing is done.
import { request as nodeRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Operation, operations } from '../support/contract.ts';
import { absent, requestsOf, type Target } from './requests.ts';
import { type Sweep, startSweep } from './sweep-client.ts';

let sweep: Sweep;
beforeAll(async () => {
  sweep = await startSweep();
});
afterAll(() => sweep.api.close());

const paths = [...new Set(operations.map(({ path }) => path))];
const reads = operations
  .filter(({ method }) => method === 'GET')
  .map((operation) => [operation.id, operation] as const);
const ofPath = (path: string) => operations.filter((operation) => operation.path === path);
const allowOf = (path: string): string => {
  const methods = ofPath(path).map(({ method }) => method);
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
};
/** Addresses of a path: of the caller, of another owner, of no one. */
const addressesOf = (path: string, ...targets: Target[]): string[] =>
  targets.map((target) => requestsOf(ofPath(path)[0] as Operation, target)[0]?.path.split('?')[0] ?? '');

// fetch does not send TRACE.
const trace = (path: string): Promise<{ status: number | undefined; allow: string | undefined }> =>
  new Promise((resolve, reject) => {
    nodeRequest(sweep.api.url + path, { method: 'TRACE' }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, allow: response.headers.allow });
    })
      .on('error', reject)
      .end();
  });

describe.each(paths)('%s', (path) => {
  const allow = allowOf(path);

  test('returns 405 with Allow for every other method, whoever asks', async () => {
    const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
    const before = await sweep.rowsOf(victim.id, attacker.id);
    const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter(
      (method) => !allow.split(', ').includes(method),
    );
    for (const address of addressesOf(path, attacker.open, victim.open, absent())) {
      for (const method of others) {
        for (const token of [attacker.token, 'abc', null]) {
          const answer = await sweep.api.send(method, address, { token });
          expect({ method, status: answer.status }).toEqual({ method, status: 405 });
          expect(answer.headers.get('allow')).toBe(allow);
          if (method === 'HEAD') expect(answer.text).toBe('');
        }
      }
      expect(await trace(address)).toEqual({ status: 405, allow });
    }
    expect(await sweep.rowsOf(victim.id, attacker.id)).toEqual(before);
  });

  test('returns 204 with Allow for OPTIONS, whoever asks', async () => {
    const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
    for (const address of addressesOf(path, attacker.open, victim.open, absent())) {
      for (const token of [attacker.token, 'abc', null]) {
        const answer = await sweep.api.send('OPTIONS', address, { token });
        expect(answer.status).toBe(204);
        expect(answer.headers.get('allow')).toBe(allow);
        expect(answer.text).toBe('');
      }
    }
  });
});

const lengthOf = ({ headers }: { headers: Readonly<Record<string, string>> }) => ({
  'content-length': headers['content-length'] ?? '',
});

test.each(reads)('%s responds to HEAD as to GET, without the body, whoever asks', async (_id, operation) => {
  const [victim, attacker] = [await sweep.newVictim(), await sweep.newVictim()];
  for (const target of [attacker.open, victim.open, { ...victim.open, user_id: 'me' }]) {
    for (const request of requestsOf(operation, target)) {
      for (const token of [attacker.token, 'abc', null]) {
        const get = await sweep.send(operation, request, token);
        const head = await sweep.send(operation, request, token, 'HEAD');
        // fetch asks for the connection to be closed after HEAD: those two are of the connection,
        // not of the answer. How a body is framed need not be said where there is none (RFC 9110,
        // section 9.3.2).
        const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...found } = get.headers;
        // The metrics of one moment are not as long as those of the next.
        const headers = operation.id === 'getMetrics' ? { ...found, ...lengthOf(head) } : found;
        expect(head).toMatchObject({ status: get.status, headers, text: '' });
        expect(Object.keys(head.headers).filter((name) => name !== 'connection')).toEqual(
          Object.keys(headers),
        );
      }
    }
  }
});
