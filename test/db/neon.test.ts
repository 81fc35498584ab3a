// Neon as its proxy shows it: start-up parameters get lost, and errors have only their messages.
import { sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi } from '../support/app.ts';
import {
  isRealPostgres,
  queryPostgres,
  startEmptyPostgres,
  startPostgres,
  type TestPostgres,
} from '../support/postgres.ts';
import { type NeonProxy, startNeonProxy } from '../support/testbed/neon-proxy.ts';

describe('a database with other defaults, behind the proxy', () => {
  let direct: Pick<TestPostgres, 'url' | 'close'>;
  let proxy: NeonProxy;
  /** The same database, through the pooler if the tests run behind one. */
  let target: string;
  beforeAll(async () => {
    direct = await startEmptyPostgres();
    await migrate({ url: direct.url, direction: 'up' }, createLogger('silent'));
    const url = new URL(process.env.TEST_DATABASE_URL ?? direct.url);
    url.pathname = new URL(direct.url).pathname;
    target = url.href;
    proxy = await startNeonProxy(target);
  });
  afterAll(async () => {
    await proxy.close();
    await direct.close();
  });

  // The embedded database is one session, which a new connection finds unchanged.
  const setDefault = async (name: string, value: string) => {
    const [{ database } = { database: '' }] = await queryPostgres<{ database: string }>(
      direct.url,
      'SELECT current_database() AS database',
    );
    const owner = isRealPostgres ? `ALTER DATABASE "${database}" ` : '';
    await queryPostgres(direct.url, `${owner}SET ${name} = '${value}'`);
    onTestFinished(async () => void (await queryPostgres(direct.url, `${owner}RESET ${name}`)));
  };

  const start = async (): Promise<Api> => {
    const api = await startApi({
      postgres: {
        url: proxy.url,
        poolMax: isRealPostgres ? 4 : 1,
        preparedStatements: isRealPostgres && process.env.DATABASE_PREPARED_STATEMENTS !== 'false',
        close: async () => {},
      },
    });
    onTestFinished(() => api.close());
    return api;
  };
  const setting = (name: string) =>
    sql.type(z.object({ value: z.string() }))`SELECT current_setting(${name}) AS value`;
  const title = 'Grüße, \\ 日本 🦆';
  const time = /^20\d\d-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/;

  test.each([
    ['DateStyle', 'German', /^ISO, /],
    ['DateStyle', 'SQL, MDY', /^ISO, /],
    ['TimeZone', 'Asia/Kolkata', /^(Etc\/)?UTC$/],
    ['client_encoding', 'LATIN1', /^UTF8$/],
    ['standard_conforming_strings', 'off', /^on$/],
  ])('%s = %s: the service makes it %s, and reads what it has written', async (name, value, needed) => {
    await setDefault(name, value);
    const api = await start();
    expect(await api.database.any(setting(name))).toEqual([{ value: expect.stringMatching(needed) }]);
    const user = await api.newUser();
    const created = await user.send('POST', 'tasks', { json: { title } });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ title, created_at: expect.stringMatching(time) });
    expect((await user.send('GET', 'tasks')).json.items).toEqual([created.json]);
  });

  // Behind a transaction pooler (npm run test:pgbouncer), both get the same session.
  test.skipIf(!isRealPostgres)(
    'other clients keep the default, whichever client used the session before',
    async () => {
      await setDefault('DateStyle', 'German');
      const user = await (await start()).newUser();
      const created = await user.create({ title });
      for (let n = 0; n < 4; n++) {
        expect(await queryPostgres(target, 'SHOW DateStyle')).toEqual([{ DateStyle: 'German, DMY' }]);
        expect((await user.send('GET', 'tasks')).json.items).toEqual([created]);
      }
    },
  );
});

describe('an error of the proxy before the session', () => {
  let postgres: TestPostgres;
  let proxy: NeonProxy;
  beforeAll(async () => {
    postgres = await startPostgres();
    proxy = await startNeonProxy(postgres.url);
  });
  afterAll(async () => {
    await proxy.close();
    await postgres.close();
  });

  const start = async (timeout: number): Promise<Api> => {
    const api = await startApi({ postgres: { ...postgres, url: proxy.url, close: async () => {} }, timeout });
    onTestFinished(() => api.close());
    return api;
  };
  const countOf = async (api: Api, kind: string): Promise<number> => {
    const { text } = await api.send('GET', '/metrics');
    return Number(RegExp(`^database_errors_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  /** The lines that do not belong to a request. */
  const reports = ({ logs }: Api) => logs.filter(({ request_id }) => request_id === undefined);

  test.each([
    ['refused', 'database "nowhere" does not exist'],
    ['refused', 'This IP address 192.0.2.1 is not allowed to connect to this endpoint.'],
    ['refused', 'Control plane request failed: endpoint is disabled'],
    ['resources', 'Your account or project has exceeded the compute time quota. Upgrade your plan.'],
  ])('that waiting does not fix is %s at once, for all: %s', async (kind, message) => {
    proxy.refuse(message);
    const attempts = proxy.attempts;
    // No test waits for as long as this: failures come earlier.
    const api = await start(600_000);
    const user = await api.newUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => user.send('GET', 'tasks')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    // Another one is opened only if the first is slow.
    expect(proxy.attempts - attempts).toBeLessThanOrEqual(5);
    expect(await countOf(api, kind)).toBe(30);
    expect(reports(api)).toMatchObject([{ level: 'error', kind, err: { code: 'XX000', message } }]);

    proxy.refuse(null);
    await expect.poll(async () => (await user.send('GET', 'tasks')).status, { timeout: 10_000 }).toBe(200);
    expect(reports(api).slice(1)).toMatchObject([{ msg: 'connected to the database again' }]);
  });

  test.each([
    ['connection', "Couldn't connect to compute node"],
    ['resources', 'Failed to acquire permit to connect to the database.'],
  ])('that passes is %s, tried again with one attempt for all who wait: %s', async (kind, message) => {
    proxy.refuse(message);
    const attempts = proxy.attempts;
    const api = await start(1500);
    const user = await api.newUser();
    const answers = await Promise.all(Array.from({ length: 100 }, () => user.send('GET', 'tasks')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(await countOf(api, kind)).toBe(100);
    // 50 ms doubled five times is more than the deadline.
    expect(proxy.attempts - attempts).toBeGreaterThan(1);
    expect(proxy.attempts - attempts).toBeLessThanOrEqual(8);
    expect(reports(api)).toMatchObject([{ level: 'error', kind, msg: 'no connection to the database' }]);

    proxy.refuse(null);
    await expect.poll(async () => (await user.send('GET', 'tasks')).status, { timeout: 10_000 }).toBe(200);
    expect(reports(api).slice(1)).toMatchObject([{ msg: 'connected to the database again' }]);
  });
});
