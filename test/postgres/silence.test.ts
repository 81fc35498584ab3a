// A database that was there and says nothing more: what the metrics call it, so that no one adds
// instances against a broken network.
import { sql } from 'slonik';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/observability/log.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { sharedPostgres } from '../support/app.ts';
import { startProxy } from '../support/testbed/proxy.ts';

const postgres = sharedPostgres();
const one = sql.type(z.object({ n: z.int() }))`SELECT 1 AS n`;

test('requests of a silent database are not called too many', async () => {
  const url = new URL(postgres().url);
  const proxy = await startProxy(Number(url.port));
  url.port = String(proxy.port);
  const kinds: string[] = [];
  const database = await openDatabase(
    { url: url.href, poolMax: 1, preparedStatements: false, timeout: 1000, connectTimeout: 60_000 },
    createLogger('silent'),
    { waited: () => {}, failed: (kind) => kinds.push(kind), refused: () => {}, cancelled: () => {} },
  );
  onTestFinished(async () => {
    proxy.cut();
    await database.close();
    await proxy.close();
  });
  await database.any(one);
  proxy.stall();
  for (let n = 0; n < 3; n++) await expect(database.any(one)).rejects.toMatchObject({ status: 503 });
  expect(kinds[0]).toBe('deadline');
  expect(kinds).not.toContain('overloaded');
});
