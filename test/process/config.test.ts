// The environment: all errors are reported together, no value is repeated, and an empty value is
// the same as none.
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, readMaintenanceConfig } from '../../src/config.ts';
import { newDirectory, runToEnd } from '../support/process.ts';

const secret = 'thirty-two bytes of a secret, or more of it';
const url = 'postgresql://someone:hunter2@db.example.com:6543/tasks';
const complete = { DATABASE_URL: url, JWT_SECRET: secret };

const webhookSecret = (length: number, byte = 1) => `whsec_${Buffer.alloc(length, byte).toString('base64')}`;
const webhookSecrets = `${webhookSecret(24)} ${webhookSecret(64, 2)}`;

const faultsOf = (record: Record<string, string>): readonly string[] => {
  try {
    readConfig(record);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

const names = (faults: readonly string[]) => faults.map((fault) => fault.split(':')[0]);

describe('the configuration', () => {
  test('without any variable uses the embedded database, on this machine only', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      logLevel: 'info',
      database: null,
      shardUrls: [],
      preparedStatements: true,
      shardingKey: null,
      connectTimeout: 15_000,
      databaseTimeout: 10_000,
      readyProbe: 'query',
      maxRequests: 500,
      maxWaiting: 1000,
      maxConnections: 2000,
      rateLimit: 600,
      historyDays: 30,
      corsOrigins: [],
      trustedProxies: 0,
      publicUrl: null,
      mcp: true,
      metricsPort: null,
      metricsOnApi: true,
      workers: 1,
      shutdownDelay: 0,
      shutdownTimeout: 10_000,
      dataDir: '.data',
      key: null,
      issuers: [],
      audiences: [],
      requireScopes: false,
      webhook: null,
    });
  });

  test('reads every variable', () => {
    const record = {
      PORT: '8080',
      HOST: '10.0.0.1',
      DATABASE_URL: url,
      DATABASE_URL_UNPOOLED: 'postgres://db.example.com/direct',
      DATABASE_POOL_MAX: '25',
      DATABASE_PREPARED_STATEMENTS: 'false',
      DATABASE_CONNECT_TIMEOUT_MS: '2500',
      DATABASE_TIMEOUT_MS: '3000',
      DATABASE_SHARDING_KEY: 'pgdog.sharding_key',
      READY_PROBE: 'idle',
      MAX_REQUESTS: '100',
      MAX_WAITING: '200',
      MAX_CONNECTIONS: '1000',
      RATE_LIMIT: '0',
      HISTORY_DAYS: '3650',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
      TRUST_PROXY: '2',
      PUBLIC_URL: 'https://EXAMPLE.com:443/tasks',
      MCP: 'true',
      METRICS_PORT: '9100',
      METRICS_ON_API: 'false',
      WEB_CONCURRENCY: '4',
      SHUTDOWN_DELAY_MS: '1000',
      SHUTDOWN_TIMEOUT_MS: '20000',
      DATA_DIR: '/var/lib/tasks',
      JWT_JWKS_URL: 'https://id.example.com/jwks',
      JWT_ISSUER: 'https://id.example.com, https://agents.example.com',
      JWT_AUDIENCE: 'tasks,https://example.com/tasks',
      REQUIRE_SCOPES: 'true',
      WEBHOOK_URL: 'https://me:hunter2@hooks.example.com/tasks?key=1',
      WEBHOOK_SECRET: webhookSecrets,
      LOG_LEVEL: 'debug',
      NODE_ENV: 'production',
    };
    expect(readConfig(record)).toEqual({
      port: 8080,
      host: '10.0.0.1',
      logLevel: 'debug',
      database: { url, poolMax: 6 },
      shardUrls: [],
      preparedStatements: false,
      shardingKey: 'pgdog.sharding_key',
      connectTimeout: 2500,
      databaseTimeout: 3000,
      readyProbe: 'idle',
      maxRequests: 100,
      maxWaiting: 200,
      maxConnections: 1000,
      rateLimit: 0,
      historyDays: 3650,
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      trustedProxies: 2,
      publicUrl: 'https://example.com/tasks',
      mcp: true,
      metricsPort: 9100,
      metricsOnApi: false,
      workers: 4,
      shutdownDelay: 1000,
      shutdownTimeout: 20_000,
      dataDir: '/var/lib/tasks',
      key: { jwksUrl: new URL('https://id.example.com/jwks') },
      issuers: ['https://id.example.com', 'https://agents.example.com'],
      audiences: ['tasks', 'https://example.com/tasks'],
      requireScopes: true,
      webhook: {
        url: new URL('https://me:hunter2@hooks.example.com/tasks?key=1'),
        secrets: [Buffer.alloc(24, 1), Buffer.alloc(64, 2)],
      },
    });
  });

  test('listens on all addresses with a database', () => {
    const config = readConfig(complete);
    expect(config.host).toBe('0.0.0.0');
    expect(config.database).toEqual({ url, poolMax: 10 });
    expect(config.key).toEqual({ secret });
    expect(readConfig({ DATABASE_URL: url, BETTER_AUTH_SECRET: secret }).key).toEqual({ secret });
  });

  test('for the commands that prepare databases needs their direct addresses, and no key for tokens', () => {
    const urls = (record: Record<string, string>) => readMaintenanceConfig(record).urls;
    expect(urls({})).toEqual([]);
    expect(urls({ DATABASE_URL: url })).toEqual([url]);
    expect(urls({ DATABASE_URL_UNPOOLED: url })).toEqual([url]);
    const shards = ['postgres://one.example.com/a', 'postgres://two.example.com/b'];
    expect(urls({ DATABASE_URL: url, DATABASE_URL_UNPOOLED: `\n  ${shards.join('\n  ')}\n` })).toEqual(
      shards,
    );
    const second = () => urls({ DATABASE_URL_UNPOOLED: `${url} postgres://u:hunter2@two.example.com/b?x=1` });
    expect(second).toThrow(/DATABASE_URL_UNPOOLED: address 2 of 2 x is a parameter that cannot be honoured/);
    expect(second).not.toThrow(/hunter2/);
  });

  test('accepts several direct addresses for several databases, and one for a single database', () => {
    const shards = ['postgres://one.example.com/a', 'postgres://two.example.com/b'];
    const shardUrls = (unpooled: string) =>
      readConfig({ ...complete, DATABASE_URL_UNPOOLED: unpooled }).shardUrls;
    expect(shardUrls(shards.join(' '))).toEqual(shards);
    expect(shardUrls(url)).toEqual([]);
  });

  test('accepts an address as Neon prints it', () => {
    const neon = 'postgresql://u:p@ep-x-pooler.eu.aws.neon.tech/db?sslmode=require&channel_binding=require';
    expect(readConfig({ ...complete, DATABASE_URL: neon }).database?.url).toBe(neon);
  });

  test('treats an empty value as absent', () => {
    const variables = [
      ...[
        'PORT',
        'HOST',
        'DATABASE_URL',
        'DATABASE_URL_UNPOOLED',
        'DATABASE_POOL_MAX',
        'DATA_DIR',
        'NODE_ENV',
      ],
      ...['DATABASE_PREPARED_STATEMENTS', 'DATABASE_CONNECT_TIMEOUT_MS', 'JWT_SECRET', 'BETTER_AUTH_SECRET'],
      ...['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE', 'LOG_LEVEL'],
    ];
    expect(readConfig(Object.fromEntries(variables.map((name) => [name, ''])))).toEqual(readConfig({}));
    expect(names(faultsOf({ DATABASE_URL: url, JWT_SECRET: '' }))).toEqual(['JWT_SECRET']);
  });

  test.each([
    ['PORT', ['-1', '65536', '3000.5', 'http', '0x10', '1e3', ' ', '٣', '99999999999']],
    ['DATABASE_URL', ['db.example.com', 'mysql://db/x', 'postgresql://u:%ZZ@db/x', `${url}?sslmode=prefer`]],
    ['DATABASE_URL_UNPOOLED', ['http://db.example.com', 'postgresql://db/%E0%A4']],
    ['DATABASE_POOL_MAX', ['0', '-1', 'many', '1001', '2.5']],
    ['DATABASE_PREPARED_STATEMENTS', ['yes', '0', 'TRUE']],
    ['DATABASE_SHARDING_KEY', ['key_of_shard', 'a.', 'a.b.c', "pgdog.key TO '1'; --", 'pgdog."key"']],
    ['DATABASE_TIMEOUT_MS', ['0', '10s']],
    ['MAX_REQUESTS', ['0', 'all']],
    ['MAX_WAITING', ['-1', 'all']],
    ['MAX_CONNECTIONS', ['0', 'all']],
    ['RATE_LIMIT', ['-1', 'none']],
    ['HISTORY_DAYS', ['-1', '3651', '30d', 'forever']],
    ['MCP', ['yes', '1']],
    ['TRUST_PROXY', ['true', '11']],
    [
      'PUBLIC_URL',
      [
        ...['example.com', '/tasks', 'ftp://example.com', 'https://', 'https://me:hunter2@example.com'],
        ...[
          'https://example.com/',
          'https://example.com/tasks/',
          'https://example.com?',
          'https://example.com#a',
        ],
        ...[
          'https://example.com//tasks',
          'https://example.com/a b',
          "https://example.com/'",
          ' https://example.com',
        ],
      ],
    ],
    ['METRICS_PORT', ['65536']],
    ['METRICS_ON_API', ['1', 'yes']],
    ['WEB_CONCURRENCY', ['0', '65']],
    ['SHUTDOWN_DELAY_MS', ['-1']],
    ['SHUTDOWN_TIMEOUT_MS', ['0']],
    ['DATABASE_CONNECT_TIMEOUT_MS', ['0', '15s', '600001', '-5']],
    ['JWT_SECRET', ['short', 'thirty-one bytes of a secret...']],
    ['BETTER_AUTH_SECRET', ['short']],
    [
      'JWT_JWKS_URL',
      ['id.example.com', 'ftp://id.example.com/jwks', 'https://me:hunter2@id.example.com/jwks'],
    ],
    ['JWT_ISSUER', ['https://me:hunter2@id.example.com/', 'tasks, https://me@id.example.com', 'a,,b']],
    ['LOG_LEVEL', ['loud', 'INFO']],
  ])('refuses a bad %s without repeating it', (name, values) => {
    for (const value of values) {
      const key = /JWKS|BETTER/.test(name) ? {} : { JWT_SECRET: secret };
      const faults = faultsOf({ DATABASE_URL: url, ...key, [name]: value });
      expect(names(faults)).toEqual([name]);
      if (value.length > 3) expect(faults[0]?.slice(name.length)).not.toContain(value);
    }
  });

  test.each([
    [
      'WEBHOOK_URL',
      [
        ...[
          'hooks.example.com',
          'ftp://hooks.example.com',
          'http://hooks.example.com',
          'https://a.example#b',
        ],
        ...['http://127.0.0.1.example.com', 'http://localhost.example.com', 'http://10.0.0.1'],
      ],
    ],
    [
      'WEBHOOK_SECRET',
      [
        ...['hunter2', webhookSecret(23), webhookSecret(65), webhookSecret(32).replace('whsec_', '')],
        ...[`${webhookSecret(32)}!`, `${webhookSecret(32)},${webhookSecret(32)}`],
        ...[`${webhookSecret(32)} whsec_`, Array(6).fill(webhookSecret(32)).join(' ')],
      ],
    ],
  ])('refuses a bad %s without repeating it', (name, values) => {
    const good = { WEBHOOK_URL: 'https://hooks.example.com', WEBHOOK_SECRET: webhookSecret(32) };
    expect(faultsOf({ ...complete, ...good })).toEqual([]);
    for (const value of values) {
      const faults = faultsOf({ ...complete, ...good, [name]: value });
      expect([value, names(faults)]).toEqual([value, [name]]);
      expect(faults[0]).not.toContain(value);
    }
    expect(names(faultsOf({ ...complete, [name]: good[name as keyof typeof good] }))).not.toEqual([name]);
  });

  test('sends the webhook by http to this machine only, and names the secret that is malformed', () => {
    const urlOf = (address: string) =>
      readConfig({ ...complete, WEBHOOK_URL: address, WEBHOOK_SECRET: webhookSecret(32) }).webhook?.url.href;
    for (const address of [
      'http://localhost:1/',
      'http://127.0.0.1:1/',
      'http://[::1]:1/',
      'https://a.example/',
    ]) {
      expect(urlOf(address)).toBe(address);
    }
    const faults = faultsOf({ ...complete, WEBHOOK_SECRET: `${webhookSecret(32)} x` });
    expect(faults.join()).toContain('WEBHOOK_SECRET: secret 2 of 2 must be whsec_');
    expect(names(faults)).toContain('WEBHOOK_URL');
  });

  test('has the metrics on the API’s port with the embedded database, or if it is set', () => {
    const onApi = (record: Record<string, string>) => readConfig(record).metricsOnApi;
    expect(onApi({})).toBe(true);
    expect(onApi({ METRICS_ON_API: 'false' })).toBe(false);
    expect(onApi({ METRICS_PORT: '9100' })).toBe(false);
    expect(onApi(complete)).toBe(false);
    expect(onApi({ ...complete, METRICS_ON_API: 'true' })).toBe(true);
    const told = { ...complete, METRICS_ON_API: 'true' };
    expect(names(faultsOf({ ...told, METRICS_PORT: '9100' }))).toEqual(['METRICS_ON_API']);
    expect(names(faultsOf({ ...told, WEB_CONCURRENCY: '2' }))).toEqual(['METRICS_ON_API']);
  });

  test('serves agents with the embedded database, or where tokens are for this service', () => {
    const mcp = (record: Record<string, string>) => readConfig(record).mcp;
    expect([mcp({}), mcp({ MCP: 'false' }), mcp({ MCP: 'true' }), mcp(complete)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const [address, audience] = [{ PUBLIC_URL: 'https://example.com' }, { JWT_AUDIENCE: 'tasks' }];
    for (const [set, missing] of [
      [{}, 'PUBLIC_URL and JWT_AUDIENCE'],
      [address, 'JWT_AUDIENCE'],
      [audience, 'PUBLIC_URL'],
    ] as const) {
      expect(faultsOf({ ...complete, MCP: 'true', ...set })[0]).toContain(`MCP: set ${missing}: an agent`);
    }
    expect(mcp({ ...complete, MCP: 'true', ...address, ...audience })).toBe(true);
  });

  test('refuses a public URL at whose /mcp the metadata of two resources would be, with agents only', () => {
    for (const path of ['/mcp', '/tasks/mcp']) {
      const below = { PUBLIC_URL: `https://example.com${path}` };
      expect(names(faultsOf({ ...complete, ...below, MCP: 'true', JWT_AUDIENCE: 'tasks' }))).toEqual([
        'PUBLIC_URL',
      ]);
      expect(names(faultsOf(below))).toEqual(['PUBLIC_URL']);
      expect(faultsOf({ ...complete, ...below })).toEqual([]);
    }
    expect(faultsOf({ PUBLIC_URL: 'https://example.com/mcp/tasks' })).toEqual([]);
    expect(faultsOf({ PUBLIC_URL: 'https://example.com/amcp' })).toEqual([]);
    // A host of that name has no path.
    expect(faultsOf({ PUBLIC_URL: 'http://mcp' })).toEqual([]);
    expect(names(faultsOf({ PUBLIC_URL: 'http://mcp/mcp' }))).toEqual(['PUBLIC_URL']);
  });

  test('needs exactly one way to verify tokens', () => {
    expect(names(faultsOf({ DATABASE_URL: url }))).toEqual(['JWT_SECRET']);
    const both = { ...complete, JWT_JWKS_URL: 'https://id.example.com/jwks' };
    expect(names(faultsOf(both))).toEqual(['JWT_JWKS_URL']);
    const two = { ...complete, BETTER_AUTH_SECRET: 'another secret of at least 32 characters' };
    expect(names(faultsOf(two))).toEqual(['BETTER_AUTH_SECRET']);
    expect(names(faultsOf({ ...complete, BETTER_AUTH_SECRET: complete.JWT_SECRET }))).toEqual([]);
  });

  test('needs a database in production and with an unpooled address', () => {
    expect(names(faultsOf({ NODE_ENV: 'production' }))).toEqual(['DATABASE_URL']);
    expect(names(faultsOf({ DATABASE_URL_UNPOOLED: url }))).toEqual(['DATABASE_URL']);
  });

  test('with every possible error ends each program with all of them at once, and no value', async () => {
    const bad = {
      PORT: 'port-value',
      DATABASE_URL_UNPOOLED: 'unpooled-value',
      DATABASE_POOL_MAX: 'pool-value',
      DATABASE_PREPARED_STATEMENTS: 'prepared-value',
      DATABASE_CONNECT_TIMEOUT_MS: 'timeout-value',
      JWT_SECRET: 'secret-value',
      BETTER_AUTH_SECRET: 'better-value',
      JWT_JWKS_URL: 'jwks-value',
      LOG_LEVEL: 'level-value',
    };
    const env = { ...bad, NODE_ENV: 'production', DATA_DIR: await newDirectory() };
    const ofDatabases = ['DATABASE_CONNECT_TIMEOUT_MS', 'DATABASE_URL_UNPOOLED', 'LOG_LEVEL'];
    const all = [
      ...[...Object.keys(bad), 'DATABASE_URL', 'DATABASE_URL'],
      ...['BETTER_AUTH_SECRET', 'JWT_JWKS_URL'],
    ];
    for (const [script, args, expected] of [
      ['src/start.js', [], all],
      ['src/commands/token.ts', ['alice'], all],
      ['src/commands/migrate.ts', [], ofDatabases],
      ['src/commands/limits.ts', [], ofDatabases],
    ] as const) {
      const { code, stdout, stderr } = await runToEnd(script, args, env);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const [heading, ...faults] = stderr.trimEnd().split('\n');
      expect(heading).toBe('The environment has errors:');
      const named = names(faults.map((fault) => fault.trim()));
      expect(named.toSorted()).toEqual(expected.toSorted());
      expect(stderr).not.toMatch(/-value/);
    }
  });
});
