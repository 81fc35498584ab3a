// A connection serves one turn after the other: who comes next, and what becomes of it when the
// connection breaks.
import { connect, createServer, type Server } from 'node:net';
import { sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/observability/log.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { isRealPostgres, queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

// What Postgres sends when an administrator ends the session.
const fatal = (() => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
})();

const readyForQuery = 0x5a;

const one = (name: string) => sql.prepared(name, z.object({ n: z.int() }))`SELECT 1 AS n`;

// It reads the protocol, so it needs a server without TLS: the embedded one.
describe.skipIf(isRealPostgres)('a connection that ends right behind a response', () => {
  let postgres: TestPostgres;
  let proxy: Server;
  let database: Database;
  /** What the answer holds behind which the connection ends. */
  let endsBehind: string | null = null;
  beforeAll(async () => {
    postgres = await startPostgres();
    const { hostname, port } = new URL(postgres.url);
    proxy = createServer((client) => {
      const server = connect(Number(port), hostname);
      for (const socket of [client, server]) socket.on('error', () => {});
      client.pipe(server).on('close', () => client.end());
      client.on('close', () => server.destroy());
      server.on('data', (chunk) => {
        if (endsBehind === null || chunk.at(-6) !== readyForQuery || !chunk.includes(endsBehind)) {
          return client.write(chunk);
        }
        endsBehind = null;
        client.end(Buffer.concat([chunk, fatal]));
        return server.destroy();
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const address = proxy.address();
    const url = new URL(postgres.url);
    if (address !== null && typeof address === 'object') url.port = String(address.port);
    database = await openDatabase(
      { url: url.href, poolMax: 1, preparedStatements: postgres.preparedStatements, timeout: 10_000 },
      createLogger('silent'),
    );
    await database.any(one('first'));
  });
  afterAll(async () => {
    await database.close();
    proxy.close();
    await postgres.close();
  });

  test('costs neither who waits in line nor who comes next', async () => {
    endsBehind = 'SELECT 1';
    const answers = await Promise.all([database.any(one('last')), database.any(one('waiting'))]);
    expect(answers).toEqual([[{ n: 1 }], [{ n: 1 }]]);
    endsBehind = 'SELECT 1';
    await database.any(one('last'));
    expect(await database.any(one('next'))).toEqual([{ n: 1 }]);
  });

  const transaction = () => database.transaction((statements) => statements.any(one('inside')));

  test('costs neither who waits for a transaction nor who comes after it', async () => {
    endsBehind = 'COMMIT';
    const answers = await Promise.all([transaction(), database.any(one('waiting'))]);
    expect(answers).toEqual([[{ n: 1 }], [{ n: 1 }]]);
    endsBehind = 'COMMIT';
    await transaction();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await database.any(one('next'))).toEqual([{ n: 1 }]);
    expect(database.stats()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('costs no transaction that waits', async () => {
    endsBehind = 'SELECT 1';
    expect(await Promise.all([database.any(one('last')), transaction()])).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  });
});

describe('the line for a connection', () => {
  const timeout = 4000;
  let postgres: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    const { url, preparedStatements } = postgres;
    database = await openDatabase({ url, poolMax: 1, preparedStatements, timeout }, createLogger('silent'));
    await database.probe(one('open'), 15_000);
  });
  afterAll(async () => {
    await database.close();
    await postgres.close();
  });
  const sleep = (seconds: number) =>
    sql.type(z.object({ n: z.int() }))`SELECT 1 AS n FROM (SELECT pg_sleep(${seconds})) AS slept`;

  test('is served in its order, health checks first', async () => {
    const served: string[] = [];
    const ask = (name: string) => database.any(one(name)).then(() => served.push(name));
    const asked = ['running', 'first', 'second', 'third'].map(ask);
    asked.push(database.probe(one('vital'), 15_000).then(() => served.push('vital')));
    await Promise.all(asked);
    expect(served).toEqual(['running', 'vital', 'first', 'second', 'third']);
  });

  // The embedded one holds everybody up while it sleeps.
  test.skipIf(!isRealPostgres)('is left by who has waited too long', async () => {
    const holder = database.probe(sleep(7), 15_000);
    await expect(
      Promise.all([database.any(one('late')), database.any(one('late, too'))]),
    ).rejects.toMatchObject({
      status: 503,
    });
    await expect.poll(() => database.stats()).toMatchObject({ running: 1, waiting: 0 });
    expect(await holder).toEqual([{ n: 1 }]);
    expect(await database.any(one('next'))).toEqual([{ n: 1 }]);
  });

  describe.skipIf(!isRealPostgres)('a transaction whose connection breaks before its end', () => {
    const backend = () => sql.type(z.object({ pid: z.int() }))`SELECT pg_backend_pid() AS pid`;
    const terminate = (pid: number) => queryPostgres(postgres.url, 'SELECT pg_terminate_backend($1)', [pid]);

    test.each([
      ['while a statement runs', async () => {}],
      ['between two statements', () => new Promise((later) => setTimeout(later, 200))],
    ])('is run again, as nothing was committed: %s', async (_when, pause) => {
      let runs = 0;
      const rows = await database.transaction(async (statements) => {
        runs += 1;
        const [{ pid } = { pid: 0 }] = await statements.any(backend());
        if (runs === 1) {
          const terminated = terminate(pid);
          await pause();
          await statements.any(sleep(1));
          await terminated;
        }
        return statements.any(one('inside'));
      });
      expect({ runs, rows }).toEqual({ runs: 2, rows: [{ n: 1 }] });
      expect(await database.any(one('next'))).toEqual([{ n: 1 }]);
    });
  });
});
