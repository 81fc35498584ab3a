// `npm run migrate` and `npm run limits` for owners spread over several databases: each at its
// direct address, without the variables for tokens, and safe to repeat.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isRealPostgres, queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';
import { linesOf, runToEnd } from '../support/process.ts';

const dead = 'postgresql://u:hunter2@127.0.0.1:1/none';

describe('over several databases', { timeout: 120_000 }, () => {
  let shards: Pick<TestPostgres, 'url' | 'close'>[];
  let urls: string[];
  beforeAll(async () => {
    shards = [await startEmptyPostgres(), await startEmptyPostgres()];
    urls = shards.map(({ url }) => url);
  });
  afterAll(() => Promise.all(shards.map(({ close }) => close())));

  const run = (script: 'migrate' | 'limits', over: readonly string[], args: readonly string[] = []) =>
    runToEnd(`src/commands/${script}.ts`, args, { DATABASE_URL_UNPOOLED: over.join(' ') });
  const secretOf = async (url = '') =>
    (await queryPostgres<{ secret: string }>(url, 'SELECT secret FROM sync_secret'))[0]?.secret;
  const nameOf = (url = '') => {
    const { host, pathname } = new URL(url);
    return host + pathname;
  };
  const addOwner = (url = '') =>
    queryPostgres(url, 'INSERT INTO owner_clock (owner_id, seq) VALUES ($1, 1)', [randomUUID()]);

  test('one that is down is reported, does not stop the migration of the others, and can be repeated', async () => {
    const [first = '', second = ''] = urls;
    const partly = await run('migrate', [first, dead, second]);
    expect(partly.code).toBe(1);
    expect(partly.stderr).toMatch(/^Not migrated: 2 of 3, 127\.0\.0\.1:1\/none: [^\n]*ECONNREFUSED[^\n]*\n$/);
    expect(partly.stdout + partly.stderr).not.toContain('hunter2');
    expect(linesOf(partly.stdout).map(({ database, msg }) => [database, msg])).toEqual([
      [nameOf(first), 'migrated'],
      [nameOf(second), 'migrated'],
    ]);
    // Only then are the secrets compared.
    expect(await secretOf(first)).not.toBe(await secretOf(second));
    const again = await run('migrate', urls);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(again.stdout).filter(({ msg }) => msg === 'nothing to migrate')).toHaveLength(2);
  });

  describe('sync_secret', () => {
    beforeEach(async () => {
      expect((await run('migrate', urls)).code).toBe(0);
      for (const url of urls) {
        await queryPostgres(url, 'DELETE FROM owner_clock');
        await queryPostgres(url, 'UPDATE sync_secret SET secret = $1', [randomUUID()]);
      }
    });

    test('of the first is copied to all if there are no owners yet', async () => {
      const before = await secretOf(urls[0]);
      const { code, stdout } = await run('migrate', urls);
      expect(code).toBe(0);
      expect(stdout).toContain(
        `"database":"${nameOf(urls[1])}","msg":"sync_secret is now the same as in the other`,
      );
      expect(stdout).not.toContain(String(before));
      expect(await Promise.all(urls.map(secretOf))).toEqual([before, before]);
      const again = await run('migrate', urls);
      expect(linesOf(again.stdout).map(({ msg }) => msg)).toEqual([
        'nothing to migrate',
        'nothing to migrate',
      ]);
      expect(await Promise.all(urls.map(secretOf))).toEqual([before, before]);
    });

    test('of a database with owners is copied to all, in whatever order they are listed', async () => {
      await addOwner(urls[1]);
      const before = await secretOf(urls[1]);
      expect((await run('migrate', urls)).code).toBe(0);
      expect(await Promise.all(urls.map(secretOf))).toEqual([before, before]);
    });

    test('of databases with owners stays unchanged, and differences are reported', async () => {
      for (const url of urls) await addOwner(url);
      const before = await Promise.all(urls.map(secretOf));
      const { code, stderr } = await run('migrate', urls);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Migrated, but .* different rows in sync_secret: [^\n]+\n$/);
      for (const url of urls) expect(stderr).toContain(nameOf(url));
      for (const secret of before) expect(stderr).not.toContain(String(secret));
      expect(await Promise.all(urls.map(secretOf))).toEqual(before);
    });
  });

  test.skipIf(!isRealPostgres)('limits are set on each, and one that is down is reported', async () => {
    const [first = '', second = ''] = urls;
    const { code, stdout, stderr } = await run('limits', [first, dead, second]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No limits changed: 2 of 3, 127\.0\.0\.1:1\/none: [^\n]*ECONNREFUSED[^\n]*\n$/);
    expect(stdout + stderr).not.toContain('hunter2');
    const limitOf = async (url: string) =>
      (await queryPostgres<{ limit: string }>(url, `SELECT current_setting('statement_timeout') AS limit`))[0]
        ?.limit;
    expect(await Promise.all(urls.map(limitOf))).toEqual(['10s', '10s']);
    expect((await run('limits', urls, ['reset'])).code).toBe(0);
    expect(await Promise.all(urls.map(limitOf))).toEqual(['0', '0']);
  });
});
