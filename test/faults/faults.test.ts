// What breaks in production, under load, with a ledger: nothing acknowledged is lost, nothing is
// done twice, no one waits longer than the deadline, and the service comes back by itself. `npm run
// test:faults` runs it; it needs the programs of Postgres and PgBouncer.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi } from '../support/app.ts';
import { type Load, startLoad } from '../support/ledger.ts';
import type { PgBouncer } from '../support/testbed/pgbouncer.ts';
import { type FaultyProxy, startProxy } from '../support/testbed/proxy.ts';
import { startTestbed, type Testbed } from '../support/testbed/testbed.ts';
import { createUndoClient, historyFaults, storedRows } from '../support/undo-ledger.ts';

const enabled = Boolean(process.env.TEST_FAULTS);

/** The deadline of a request, and what a busy machine may add to it, in milliseconds. */
const timeout = 2000;
const slack = 1500;

const recovery = 15_000;

type Fault = (load: Load) => Promise<void>;

describe.skipIf(!enabled)('faults under load (npm run test:faults)', () => {
  let bed: Testbed;
  let bouncer: PgBouncer;
  let proxy: FaultyProxy;
  beforeAll(async () => {
    bed = await startTestbed();
    await migrate({ url: bed.url, direction: 'up' }, createLogger('warn'));
    bouncer = await bed.pgBouncer();
    proxy = await startProxy(bed.port);
  });
  afterAll(async () => {
    await proxy.close();
    await bed.close();
  });

  const terminateAll = () =>
    bed.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );

  const ways = {
    direct: () => ({ url: bed.url, preparedStatements: true }),
    PgBouncer: () => ({ url: bouncer.url, preparedStatements: bouncer.preparedStatements }),
    proxy: () => ({ url: bed.urlAt(proxy.port), preparedStatements: true }),
  };

  const idleServer = async (): Promise<void> => {
    // What was given up on may still be running: it ends before the books are compared.
    for (let n = 0; n < 200; n++) {
      const active = await bed.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE state <> 'idle' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
      if (active.length === 0) return;
      await sleep(100);
    }
  };

  /** Two clients that delete, undo and restore until `end`, which returns how many changes they made. */
  const startUndoing = async (api: Api) => {
    const users = [await api.newUser(), await api.newUser()];
    const clients = users.map((user) => ({ user, ...createUndoClient() }));
    let going = true;
    const done = Promise.allSettled(clients.map(({ user, work }) => work(user.send, () => going)));
    return async (): Promise<number> => {
      going = false;
      for (const end of await done) if (end.status === 'rejected') throw end.reason;
      let changes = 0;
      for (const { user, ledger, acknowledged } of clients) {
        expect(await storedRows(user.send)).toEqual(ledger);
        expect(await bed.query(historyFaults, [user.id])).toEqual([]);
        const made = await bed.query<{ change: string }>(
          'SELECT DISTINCT change::text FROM history WHERE owner_id = $1',
          [user.id],
        );
        const there = new Set(made.map(({ change }) => change));
        expect([...acknowledged].filter((change) => !there.has(change))).toEqual([]);
        changes += acknowledged.size;
      }
      return changes;
    };
  };

  const survive = async (name: string, way: keyof typeof ways, fault: Fault): Promise<void> => {
    const api: Api = await startApi({
      postgres: { ...ways[way](), poolMax: 8, close: async () => {} },
      timeout,
      logLevel: 'fatal',
    });
    try {
      const load = await startLoad(api, 6);
      const endUndoing = await startUndoing(api);
      await sleep(300);
      await fault(load);
      const recoveredIn = await load.recovered(recovery);
      await sleep(300);
      await idleServer();
      const figures = await load.end((owner) =>
        bed.query('SELECT title, version FROM tasks WHERE owner_id = $1', [owner]),
      );
      const changes = await endUndoing();
      const { statuses, faults, ...counts } = figures;
      console.log(
        JSON.stringify({
          fault: name,
          way,
          ...counts,
          changes,
          longest: Math.round(counts.longest),
          recoveredIn,
          statuses,
        }),
      );
      expect(faults).toEqual([]);
      expect(figures).toMatchObject({ lost: 0, doubled: 0 });
      expect(figures.longest).toBeLessThan(timeout + slack);
      expect(figures.acknowledged).toBeGreaterThan(0);
      expect(changes).toBeGreaterThan(0);
    } finally {
      await api.close();
    }
  };

  test.for(['direct', 'PgBouncer'] as const)(
    'Postgres is killed with -9 and started again, %s',
    async (way) => {
      await survive('Postgres killed', way, async () => {
        await bed.kill();
        await sleep(700);
        await bed.start();
      });
    },
  );

  test.for(['direct', 'PgBouncer'] as const)('every backend is terminated, five times, %s', async (way) => {
    await survive('backends terminated', way, async () => {
      for (let n = 0; n < 5; n++) {
        await terminateAll();
        await sleep(200);
      }
    });
  });

  test.for(['SIGKILL', 'SIGINT'] as const)('PgBouncer ends by %s and is started again', async (signal) => {
    await survive(`PgBouncer restarted by ${signal}`, 'PgBouncer', async () => {
      await bouncer.stop(signal);
      await sleep(500);
      await bouncer.start();
    });
  });

  test('the network forwards nothing and closes nothing, then it is cut', async () => {
    await survive('network stalled, then cut', 'proxy', async () => {
      proxy.stall();
      await sleep(2 * timeout);
      proxy.cut();
    });
  });

  test.for(['direct', 'PgBouncer'] as const)('others have taken all connections, %s', async (way) => {
    await survive('too many clients', way, async () => {
      await terminateAll();
      const others: pg.Client[] = [];
      for (let refused = 0; refused < 3; ) {
        const client = new pg.Client(bed.url);
        client.on('error', () => {});
        try {
          await client.connect();
          others.push(client);
          if (others.length % 8 === 0)
            await bed
              .query(`
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND application_name IN ('tasks-api', '')
              AND query <> '' AND backend_type = 'client backend'`)
              .catch(() => {});
        } catch {
          refused += 1;
        }
      }
      await sleep(1000);
      await Promise.all(others.map((client) => client.end()));
    });
  });

  test.for(['direct', 'PgBouncer'] as const)('Postgres is read-only for a while, %s', async (way) => {
    await survive('read-only', way, async () => {
      await bed.query('ALTER DATABASE postgres SET default_transaction_read_only = on');
      await terminateAll();
      await sleep(800);
      const client = new pg.Client(bed.url);
      await client.connect();
      await client.query('SET default_transaction_read_only = off');
      await client.query('ALTER DATABASE postgres RESET default_transaction_read_only');
      await client.end();
      await terminateAll();
    });
  });

  const withTrigger = (body: string, during: () => Promise<void>) => async (): Promise<void> => {
    await bed.query(`
      CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
      CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION trouble();
    `);
    await during();
    await bed.query('DROP FUNCTION trouble() CASCADE');
  };

  test('the disk is full for a while', async () => {
    const full = `RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';`;
    await survive(
      'disk full',
      'direct',
      withTrigger(full, () => sleep(700).then(() => {})),
    );
  });

  test.for(['direct', 'PgBouncer'] as const)('statements take longer than the deadline, %s', async (way) => {
    await survive(
      'slow statements',
      way,
      withTrigger('PERFORM pg_sleep(3);', () => sleep(timeout + 500).then(() => {})),
    );
  });

  test('another session holds the lock of an owner: only that owner waits, and not longer than the deadline', async () => {
    await survive("an owner's row locked", 'direct', async ({ users: [first, second] }) => {
      const client = new pg.Client(bed.url);
      await client.connect();
      await client.query('BEGIN');
      await client.query('SELECT seq FROM owner_clock WHERE owner_id = $1 FOR UPDATE', [first?.id]);
      await sleep(200);
      const blocked = first?.send('POST', 'tasks', { json: { title: 'waits' } });
      expect((await second?.send('POST', 'tasks', { json: { title: 'does not wait' } }))?.status).toBe(201);
      expect((await blocked)?.status).toBe(503);
      await client.query('ROLLBACK');
      await client.end();
    });
  });
});
