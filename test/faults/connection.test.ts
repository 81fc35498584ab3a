// TLS, channel binding, limits, migrations and prepared statements against real servers. `npm run
// test:faults` runs it.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { changeLimits } from '../../src/db/role-limits.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi } from '../support/app.ts';
import type { PgBouncer } from '../support/testbed/pgbouncer.ts';
import { type FaultyProxy, startProxy } from '../support/testbed/proxy.ts';
import { startTestbed, type Testbed } from '../support/testbed/testbed.ts';

const quiet = createLogger('silent');

describe.skipIf(!process.env.TEST_FAULTS)('connections (npm run test:faults)', () => {
  let bed: Testbed;
  let bouncer: PgBouncer;
  let elsewhere: FaultyProxy;
  beforeAll(async () => {
    bed = await startTestbed();
    bouncer = await bed.pgBouncer();
    // An address that the server's certificate does not name.
    elsewhere = await startProxy(bed.port, { host: '127.0.0.2' });
  });
  afterAll(async () => {
    await elsewhere.close();
    await bed.close();
  });

  const serve = (url: string, preparedStatements = true): Promise<Api> =>
    startApi({ postgres: { url, poolMax: 4, preparedStatements, close: async () => {} }, timeout: 10_000 });

  const outcome = async (url: string): Promise<string> => {
    const api = await serve(url);
    try {
      const { status } = await api.send('GET', '/readyz');
      return status === 200 ? 'ready' : JSON.stringify(api.logs.at(-1));
    } finally {
      await api.close();
    }
  };

  test('two deployments that migrate a new database at once end well, and one of them did the work', async () => {
    const ran = await Promise.all(
      [0, 1, 2].map(() => migrate({ url: bed.url, direction: 'up' }, createLogger('silent'))),
    );
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await outcome(bed.url)).toBe('ready');
  });

  test('sslmode=verify-full takes the server that the authority vouches for, under its own name only', async () => {
    const { ca } = bed.certificates;
    expect(await outcome(bed.url)).toBe('ready');
    expect(await outcome(bed.urlAt(bed.port, 'sslmode=verify-full'))).toMatch(/certificate|UNABLE_TO/i);
    const other = (parameters: string) =>
      bed.urlAt(elsewhere.port, parameters).replace('localhost', '127.0.0.2');
    expect(await outcome(other(`sslmode=verify-full&sslrootcert=${ca}`))).toContain(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await outcome(other(`sslmode=verify-ca&sslrootcert=${ca}`))).toBe('ready');
    expect(await outcome(other('sslmode=require'))).toBe('ready');
  });

  test('channel_binding=require is kept: with it by Postgres, and refused where the server has none', async () => {
    const binding = `sslmode=verify-full&sslrootcert=${bed.certificates.ca}&channel_binding=require`;
    expect(await outcome(bed.urlAt(bed.port, binding))).toBe('ready');
    // PgBouncer has no channel binding; Neon's own pooler does.
    expect(await outcome(bed.urlAt(bouncer.port, binding))).toContain('channel_binding=require');
  });

  test('a wrong password is not tried again and again', async () => {
    const api = await serve(bed.url.replace('bed-password', 'wrong'));
    try {
      const user = await api.newUser();
      const started = performance.now();
      expect((await user.send('GET', 'tasks')).status).toBe(503);
      expect(performance.now() - started).toBeLessThan(8000);
      expect(JSON.stringify(api.logs)).toContain('28P01');
      expect(JSON.stringify(api.logs)).not.toContain('wrong');
    } finally {
      await api.close();
    }
  });

  test('limits live on the role, hold through the pooler, spare migrations, and can be taken back', async () => {
    const options = { url: bed.url, deadline: 700, timeout: 5000 };
    const limit = async () =>
      (await bed.query<{ statement_timeout: string }>('SHOW statement_timeout'))[0]?.statement_timeout;
    await changeLimits({ ...options, action: 'set' }, quiet);
    expect(await limit()).toBe('700ms');
    await bed.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    await bed.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM pg_sleep(5); RETURN NEW; END $$`);
    await bed.query('CREATE TRIGGER slow BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION slow()');
    const api = await serve(bouncer.url, bouncer.preparedStatements);
    try {
      const user = await api.newUser();
      expect((await user.send('POST', 'tasks', { json: { title: 'slow' } })).status).toBe(503);
      expect(JSON.stringify(api.logs)).toContain('57014');
      expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
    } finally {
      await api.close();
    }
    await bed.query('DROP FUNCTION slow() CASCADE');
    expect(await migrate({ url: bed.url, direction: 'up' }, quiet)).toEqual([]);
    await changeLimits({ ...options, action: 'reset' }, quiet);
    expect(await limit()).toBe('0');
  });

  test('a migration through the pooler leaves the session that it was lent as it was, and no lock', async () => {
    await bed.query("ALTER ROLE postgres SET statement_timeout = '7s'");
    // One session, which whoever comes next will meet.
    const narrow = await bed.pgBouncer({ default_pool_size: 1 });
    try {
      for (const direction of ['down', 'up'] as const) {
        expect(await migrate({ url: narrow.url, direction }, quiet)).toHaveLength(1);
        const client = new pg.Client(narrow.url);
        client.on('error', () => {});
        await client.connect();
        expect((await client.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '7s' }]);
        expect((await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).rows).toEqual([]);
        await client.end();
      }
    } finally {
      await bed.query('ALTER ROLE postgres RESET statement_timeout');
      await narrow.stop('SIGKILL');
    }
  });

  test('a pooler without prepared statements: the log names the switch, and requests succeed', async () => {
    const old = await bed.pgBouncer({ max_prepared_statements: 0, default_pool_size: 3 });
    const api = await serve(old.url);
    try {
      const users = await Promise.all(Array.from({ length: 6 }, () => api.newUser()));
      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all(
          users.flatMap((user) => [
            user.send('POST', 'tasks', { json: { title: `${round}` } }),
            user.send('GET', 'tasks'),
          ]),
        );
        expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
      }
      for (const user of users) expect((await user.send('GET', 'tasks')).json.items).toHaveLength(5);
      expect(
        api.logs.filter(({ msg }) => String(msg).includes('DATABASE_PREPARED_STATEMENTS=false')),
      ).toHaveLength(1);
    } finally {
      await api.close();
      await old.stop('SIGKILL');
    }
  });
});
